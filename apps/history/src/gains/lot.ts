/** Lots: what was acquired at once, of one asset in one account, and what is left of it. Pure; a list is changed in place by its owner. */
import type { Day } from '@tidemark/market';
import { compared, least, minus, NOTHING, over, sign, times, total, totalKnown } from './amount.js';
import type { Ratio } from './amount.js';

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

/** Every lot at the average cost of all; unknown where the cost of one is. Their dates stay their own. */
export function averaged(lots: Lot[]): void {
  const units = unitsIn(lots);
  const basis = totalKnown(lots.map((lot) => lot.basis));
  const unknown = lots.find((lot) => lot.basis === null);
  lots.forEach((lot, index) => (lots[index] = { ...lot, basis: basis === null ? null : times(basis, over(lot.units, units)), why: unknown?.why ?? null }));
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

/** Lowers the cost of all lots by an amount, in proportion to their units. @returns what was more than they had cost; unknown costs stay unknown */
export function lowered(lots: Lot[], amount: Ratio): Ratio {
  const units = unitsIn(lots);
  let excess = NOTHING;
  lots.forEach((lot, index) => {
    if (lot.basis === null) return;
    const left = minus(lot.basis, times(amount, over(lot.units, units)));
    if (sign(left) < 0) excess = minus(excess, left);
    lots[index] = { ...lot, basis: sign(left) < 0 ? NOTHING : left };
  });
  return excess;
}
