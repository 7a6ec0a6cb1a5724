/**
 * What only the neighbours of a transaction tell. Pure; once per account, over all its transactions that were not withdrawn.
 *
 * Cancellations take another transaction away: the one they name, else the nearest earlier one of the same asset and the same sizes.
 * Where it is not there, it never counted either, and the cancellation stays as a doubt.
 *
 * A reinvestment spends income. Most providers report the income as a row of its own, so both are booked: + dividend, − purchase.
 * Some report the reinvestment alone; its cash would then leave an account into which it never came. By its nature it is
 * matched by income of the same size, so where no income of that asset is reported around it, no cash moves.
 */
import { absolute, compare, isNegative, isZero, negate } from '@tidemark/money';
import type { NormalisedTransaction, TransactionDoubt } from './model.js';

/** Days between a payment and its reinvestment. */
const APART = 7;
const DAY = 86_400_000;
const INCOME = new Set(['dividend', 'interest', 'capital_gain', 'return_of_capital']);

/** Both steps. The order of the rest is kept. */
export function resolveTransactions(transactions: readonly NormalisedTransaction[]): NormalisedTransaction[] {
  return withImpliedIncome(applyCancellations(transactions));
}

export function applyCancellations(transactions: readonly NormalisedTransaction[]): NormalisedTransaction[] {
  const cancellations = transactions.filter(({ kind }) => kind === 'cancel');
  if (cancellations.length === 0) return [...transactions];
  const gone = new Set<string>();
  // Those that name what they cancel come first, so that none is taken from them by likeness.
  for (const cancellation of [...cancellations].sort((a, b) => Number(b.cancels != null) - Number(a.cancels != null))) {
    const cancelled = cancelledBy(cancellation, transactions, gone);
    if (cancelled !== null) gone.add(cancelled.transactionId).add(cancellation.transactionId);
  }
  return transactions.filter(({ transactionId }) => !gone.has(transactionId)).map((transaction) => (transaction.kind === 'cancel' ? doubted(transaction, 'cancelled_missing') : transaction));
}

function cancelledBy(cancellation: NormalisedTransaction, transactions: readonly NormalisedTransaction[], gone: ReadonlySet<string>): NormalisedTransaction | null {
  const open = transactions.filter((other) => other.kind !== 'cancel' && !gone.has(other.transactionId));
  if (cancellation.cancels != null) return open.find(({ identity }) => identity === cancellation.cancels) ?? null;
  const alike = open.filter((other) => other.asset === cancellation.asset && other.date <= cancellation.date && sameSize(other.units, cancellation.units) && sameSize(other.cash, cancellation.cash));
  return alike.reduce<NormalisedTransaction | null>((nearest, other) => (nearest === null || other.date > nearest.date ? other : nearest), null);
}

function sameSize(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && compare(absolute(a), absolute(b)) === 0;
}

function withImpliedIncome(transactions: readonly NormalisedTransaction[]): NormalisedTransaction[] {
  const paid = transactions.filter(({ kind, cash }) => INCOME.has(kind) && cash !== null && !isNegative(cash) && !isZero(cash));
  return transactions.map((transaction) => {
    if (transaction.kind !== 'reinvestment' || transaction.cash === null || isZero(transaction.cash)) return transaction;
    if (paid.some((income) => paidFor(income, transaction))) return transaction;
    return { ...doubted(transaction, 'income_implied'), cash: '0', worth: absolute(transaction.cash) };
  });
}

/** Sizes may differ: tax is withheld, a part is paid out. Income that names no asset must be of the very size. */
function paidFor(income: NormalisedTransaction, reinvestment: NormalisedTransaction): boolean {
  if (Math.abs(Date.parse(income.date) - Date.parse(reinvestment.date)) > APART * DAY) return false;
  if (income.asset === reinvestment.asset) return true;
  return income.asset === null && income.cash !== null && reinvestment.cash !== null && compare(income.cash, negate(reinvestment.cash)) === 0;
}

function doubted(transaction: NormalisedTransaction, doubt: TransactionDoubt): NormalisedTransaction {
  return { ...transaction, doubts: [...transaction.doubts, doubt] };
}
