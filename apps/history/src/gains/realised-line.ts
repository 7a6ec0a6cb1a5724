/** A lot, or a part of one, that was given up: what it brought beside what it had cost. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { Day } from '@tidemark/market';
import { subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { negated, over, stored, times, total, write } from './amount.js';
import type { Ratio } from '../reconstruction/ratio.js';
import { isLongTerm } from './holding-period.js';
import type { Lot } from './lot.js';

/** As it is answered. `quantity` below zero: a short position was closed; its `costBasis` is what closing it cost. */
export type RealisedLine = historyRpc.Gains['realised']['lines'][number];

/** What closed the lots: a sale and its proceeds, or the covering of a short and its cost. Null: unknown, because of `why`. */
export interface Closing {
  readonly accountId: string;
  readonly transaction: NormalisedTransaction;
  readonly units: Ratio;
  readonly value: Ratio | null;
  readonly why: string | null;
}

/** One line a lot. The value is divided by units; where the lots are all of it, their values sum to it to the last digit. */
export function linesOf(closing: Closing, lots: readonly Lot[]): RealisedLine[] {
  const { value, units } = closing;
  const whole = lots.length > 0 && value !== null && sameUnits(lots, units);
  const values = lots.map((lot) => write(value === null ? null : times(value, over(lot.units, units))));
  if (whole) values[lots.length - 1] = subtract(stored(value), sum(values.slice(0, -1).map((one) => one ?? '0')));
  return lots.map((lot, index) => lineOf(closing, lot, values[index] ?? null));
}

/** More capital was returned than had been paid: a gain on no units. */
export function excessLine(accountId: string, transaction: NormalisedTransaction, excess: Ratio, acquired: Day | null): RealisedLine {
  const { transactionId, asset, date, currency } = transaction;
  return { accountId, asset: asset ?? '', currency, quantity: '0', costBasis: '0', gain: stored(excess), transactionId, acquired, sold: date, proceeds: stored(excess), longTerm: acquired === null ? null : isLongTerm(acquired, date) };
}

function sameUnits(lots: readonly Lot[], units: Ratio): boolean {
  const sum = total(lots.map((lot) => lot.units));
  return sum.n === units.n && sum.d === units.d;
}

function lineOf({ accountId, transaction, why }: Closing, lot: Lot, value: Decimal | null): RealisedLine {
  const { transactionId, asset, date, currency } = transaction;
  const foreign = lot.currency !== null && currency !== null && lot.currency !== currency ? `it was bought in ${lot.currency} and sold in ${currency}` : null;
  const basis = foreign === null ? write(lot.basis) : null;
  const [proceeds, costBasis] = lot.short ? [basis, value] : [value, basis];
  const gain = proceeds === null || costBasis === null ? null : subtract(proceeds, costBasis);
  const reason = basis === null ? { code: 'cost_basis_missing' as const, detail: `What it cost is not known: ${foreign ?? lot.why ?? 'its purchase is not'}.` } : value === null ? { code: 'cash_effect_unknown' as const, detail: `What it brought is not known: ${why ?? 'no amount is told'}.` } : null;
  return {
    accountId,
    asset: asset ?? '',
    currency: currency ?? lot.currency,
    quantity: stored(lot.short ? negated(lot.units) : lot.units),
    costBasis,
    gain,
    ...(reason === null ? {} : { reason: { ...reason, accountId, ...(asset === null ? {} : { asset }), from: date, to: date } }),
    transactionId,
    acquired: lot.acquired,
    sold: date,
    proceeds,
    // A short sale is short-term, however long it was open (IRC § 1233).
    longTerm: lot.short ? false : lot.acquired === null ? null : isLongTerm(lot.acquired, date),
  };
}
