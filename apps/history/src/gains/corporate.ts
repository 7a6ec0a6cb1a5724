/** Steps that move cost from one lot to another: transfers, mergers, spin-offs, options that are used. Pure. */
import type { AssetId, Decimal } from '@tidemark/money';
import { minus, negated, over, plus, ratio, sign, times, total } from './amount.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';
import type { Books, Position } from './books.js';
import { takeOldest, unitsIn } from './lot.js';
import type { Lot } from './lot.js';
import type { Step } from './step.js';
import { tradeValue } from './trade-value.js';

/** By the transaction of the spin-off: the asset it came from, and which part of that asset's cost goes with it (0.2 is a fifth). */
export type Allocations = ReadonlyMap<string, { readonly from: AssetId; readonly share: Decimal }>;

/** Lots leave without being sold: to another own account, or for nothing that is known here. */
export function handOver(books: Books, { units, transaction, handover }: Step, position: Position): void {
  if (transaction === null) return;
  const { taken } = books.takeLongs(position, negated(units), transaction);
  if (handover?.role === 'gives') books.lotsUnderWay.set(handover.id, [...(books.lotsUnderWay.get(handover.id) ?? []), ...taken]);
}

/** Lots arrive: those that another own account gave up, with their dates and costs; else their cost is not known. */
export function receive(books: Books, { accountId, asset, units, transaction, handover }: Step, { longs }: Position): void {
  if (transaction === null) return;
  const given = handover?.role === 'gets' ? (books.lotsUnderWay.get(handover.id) ?? []) : [];
  longs.push(...given);
  const rest = minus(units, unitsIn(given));
  if (sign(rest) <= 0) return;
  longs.push({ transactionId: transaction.transactionId, acquired: null, units: rest, basis: null, currency: transaction.currency, short: false, why: `it came in by ${named(transaction.kind)} on ${transaction.date}, which does not tell it` });
  books.note('cost_basis_missing', `What came in by ${named(transaction.kind)} brought no cost with it.`, { accountId, asset, date: transaction.date });
}

function named(kind: string): string {
  return kind.replaceAll('_', ' ');
}

/** Shares for shares: the lots change their asset and count, and keep cost and dates. For cash: a sale. For both: what belongs to which is not told. */
export function merge(books: Books, step: Step, position: Position): void {
  const { accountId, units, transaction, handover } = step;
  if (transaction === null || handover === null) return;
  if (sign(units) > 0) return handover.role === 'gets' ? convert(books, step, position) : receive(books, { ...step, handover: null }, position);
  if (handover.role === 'gives') return handOver(books, step, position);
  const { taken } = books.takeLongs(position, negated(units), transaction);
  const value = handover.role === 'sold' && handover.cash !== null ? ratio(handover.cash) : null;
  books.close({ accountId, transaction, units: negated(units), value, why: value === null ? 'it was exchanged in a merger, and which part of its cost goes where is not told' : null }, taken);
}

/** The new shares, in the lots of the old ones. */
function convert(books: Books, step: Step, position: Position): void {
  const { handover, units } = step;
  const given = books.lotsUnderWay.get(handover?.id ?? '') ?? [];
  const before = unitsIn(given);
  if (sign(before) === 0) return receive(books, { ...step, handover: null }, position);
  position.longs.push(...given.map((lot) => ({ ...lot, units: times(lot.units, over(units, before)) })));
  position.longs.sort(byDate);
  books.lotsUnderWay.delete(handover?.id ?? '');
}

const byDate = (a: Lot, b: Lot): number => ((a.acquired ?? '') < (b.acquired ?? '') ? -1 : (a.acquired ?? '') > (b.acquired ?? '') ? 1 : 0);

/** The new shares take a part of what the old ones cost, and their dates; which part, and whose, a row does not tell. */
export function spinOff(books: Books, step: Step, position: Position, allocation: { from: AssetId; share: Decimal } | null): void {
  const { accountId, asset, units, transaction } = step;
  if (sign(units) < 0 || transaction === null) return handOver(books, step, position);
  const parent = allocation === null ? [] : books.position(accountId, allocation.from).longs;
  if (allocation === null || parent.length === 0) {
    receive(books, step, position);
    return books.note('cost_basis_missing', `Part of what the company that spun off ${asset} had cost belongs to it; which part is not known, so gains of that company are too low.`, { accountId, asset, date: transaction.date });
  }
  const [share, before] = [ratio(allocation.share), unitsIn(parent)];
  parent.forEach((lot, index) => {
    const given = lot.basis === null ? null : times(lot.basis, share);
    position.longs.push({ ...lot, units: times(units, over(lot.units, before)), basis: given });
    parent[index] = { ...lot, basis: lot.basis === null || given === null ? null : minus(lot.basis, given) };
  });
}

/** An option that is used gives its premium to its shares. Settled in cash it is closed for that cash. */
export function useOption(books: Books, step: Step, position: Position): void {
  const { accountId, units, transaction, handover } = step;
  if (transaction === null) return;
  const comes = sign(units) > 0;
  const size = comes ? units : negated(units);
  const { taken } = comes ? takeOldest(position.shorts, size) : books.takeLongs(position, size, transaction);
  if (handover?.role === 'gives') {
    const known = books.premiums.get(handover.id);
    const premium = premiumIn(taken);
    books.premiums.set(handover.id, known === null || premium === null ? null : plus(known ?? NOTHING, premium));
    return;
  }
  const settled = transaction.cash !== null && sign(ratio(transaction.cash)) !== 0;
  const { value, why } = settled ? tradeValue(transaction) : { value: null, why: 'it belongs to shares that no transaction shows' };
  books.close({ accountId, transaction, units: size, value, why }, taken);
}

/** As cash: what was paid is below zero. */
function premiumIn(lots: readonly Lot[]): Ratio | null {
  if (lots.some(({ basis }) => basis === null)) return null;
  return total(lots.map(({ basis, short }) => (short ? (basis ?? NOTHING) : negated(basis ?? NOTHING))));
}
