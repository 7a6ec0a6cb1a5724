export { TRANSACTION_KINDS } from './model.js';
export type { NormalisedTransaction, TransactionDoubt, TransactionKind } from './model.js';
