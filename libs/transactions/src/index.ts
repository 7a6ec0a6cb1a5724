export { TRANSACTION_KINDS } from './model.js';
export type { NormalisedTransaction, TransactionDoubt, TransactionKind } from './model.js';
export { normalise } from './normalise.js';
export type { NormaliseContext } from './normalise.js';
export { applyCancellations, resolveTransactions } from './resolve-transactions.js';
export { isKnownType, TRANSACTION_TABLE } from './table/table.js';
export type { CashRule, Flow, TableEntry, TransactionSource, UnitsRule, When } from './table/entry.js';
