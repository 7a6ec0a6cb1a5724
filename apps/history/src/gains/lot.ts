/** Lots: what was acquired at once, of one asset in one account, and what is left of it. Pure; a list is changed in place by its owner. */
import type { Day } from '@tidemark/market';
import { compared, least, minus, negated, over, plusAsIs, sign, times, timesAsIs, total } from './amount.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';

export interface Lot {
  /** What acquired it; null: it was there before the first transaction that is known. */
  readonly transactionId: string | null;
  /** Null: unknown. */
  readonly acquired: Day | null;
  /** Above zero. */
  readonly units: Ratio;
  /** What `units` cost, fees included; of a short lot what was received for them. Null: unknown, because of `why`. */
  readonly basis: Ratio | null;
  readonly currency: string | null;
  readonly short: boolean;
  readonly why: string | null;
}

export const unitsIn = (lots: readonly Lot[]): Ratio => total(lots.map(({ units }) => units));

/** A part of a lot, with its share of the basis. */
export function part(lot: Lot, units: Ratio): Lot {
  return { ...lot, units, basis: lot.basis === null ? null : times(lot.basis, over(units, lot.units)) };
}

/** Another count of units for the same money: a split, a stock dividend. */
export function rescaled(lots: Lot[], factor: Ratio): void {
  lots.forEach((lot, index) => (lots[index] = { ...lot, units: times(lot.units, factor) }));
}

/**
 * For the average method: the cost of all lots together, kept with the first of them, because what is in each of them no longer matters.
 * Unknown where the cost of one is. Their dates and units stay their own.
 */
export function pooled(lots: Lot[]): Ratio | null {
  const unknown = lots.find((lot) => lot.basis === null);
  const basis = unknown ? null : lots.reduce((sum, lot) => plusAsIs(sum, lot.basis ?? NOTHING), NOTHING);
  lots.forEach((lot, index) => (lots[index] = { ...lot, basis: basis === null ? null : index === 0 ? basis : NOTHING, why: unknown?.why ?? null }));
  return basis;
}

/** Takes the oldest units at the average cost of all. */
export function takeAverage(lots: Lot[], wanted: Ratio): { taken: Lot[]; short: Ratio } {
  const [basis, before, holder] = [pooled(lots), unitsIn(lots), lots[0]];
  // The cost is divided below; divided with the first lot it would be divided twice.
  if (holder && basis !== null) lots[0] = { ...holder, basis: NOTHING };
  const { taken, short } = takeOldest(lots, wanted);
  const first = lots[0];
  if (basis === null) return { taken, short };
  if (first) lots[0] = { ...first, basis: timesAsIs(basis, over(unitsIn(lots), before)) };
  return { taken: taken.map((lot) => ({ ...lot, basis: timesAsIs(basis, over(lot.units, before)) })), short };
}

/** Takes units from the front, the oldest first. @returns what was taken, and how much of what was wanted was not there */
export function takeOldest(lots: Lot[], wanted: Ratio): { taken: Lot[]; short: Ratio } {
  const taken: Lot[] = [];
  let rest = wanted;
  while (sign(rest) > 0 && lots.length > 0) {
    const [lot] = lots as [Lot];
    const units = least(lot.units, rest);
    taken.push(part(lot, units));
    keepRest(lots, 0, units);
    rest = minus(rest, units);
  }
  return { taken, short: rest };
}

/** Takes units of the lots that one transaction acquired. @returns null where there are not as many */
export function takeFrom(lots: Lot[], transactionId: string, wanted: Ratio): Lot[] | null {
  if (compared(unitsIn(lots.filter((lot) => lot.transactionId === transactionId)), wanted) < 0) return null;
  const taken: Lot[] = [];
  let rest = wanted;
  for (let index = lots.findIndex((lot) => lot.transactionId === transactionId); sign(rest) > 0; index = lots.findIndex((lot) => lot.transactionId === transactionId)) {
    const lot = lots[index] as Lot;
    const units = least(lot.units, rest);
    taken.push(part(lot, units));
    keepRest(lots, index, units);
    rest = minus(rest, units);
  }
  return taken;
}

function keepRest(lots: Lot[], index: number, units: Ratio): void {
  const lot = lots[index] as Lot;
  const left = minus(lot.units, units);
  if (sign(left) === 0) lots.splice(index, 1);
  else lots[index] = part(lot, left);
}

/** Lowers the cost of all lots by an amount, in proportion to their units, or that of all together. @returns what was more than they had cost; unknown costs stay unknown */
export function lowered(lots: Lot[], amount: Ratio, together: boolean): Ratio {
  const units = unitsIn(lots);
  if (together) pooled(lots);
  let excess = NOTHING;
  lots.forEach((lot, index) => {
    if (lot.basis === null) return;
    const share = together ? (index === 0 ? amount : NOTHING) : times(amount, over(lot.units, units));
    const left = plusAsIs(lot.basis, negated(share));
    if (sign(left) < 0) excess = minus(excess, left);
    lots[index] = { ...lot, basis: sign(left) < 0 ? NOTHING : left };
  });
  return excess;
}
