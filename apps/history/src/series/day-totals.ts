/**
 * What the accounts of a scope add up to, a slot a day. Days one at a time, or a stretch of days of one account at once: of a year of an
 * account nearly all days are plain amounts of one currency, and as columns they are added several times faster than day by day.
 */
import { AMOUNTS, ORIGIN_CODES } from '../storage/day-columns.js';
import type { AmountKind, DayColumns, Knowable } from '../storage/day-columns.js';
import { listedAt } from '../storage/amount-column.js';
import { ScopeSums } from './scope-sums.js';

export class DayTotals {
  readonly sums: Readonly<Record<AmountKind, ScopeSums>>;
  /** Accounts that are part of the day. */
  readonly members: Uint16Array;
  /** Those of them of which anything is known. */
  readonly knowing: Uint16Array;
  readonly securities: Int32Array;
  readonly quality: Uint8Array;
  readonly incomplete: Uint8Array;
  /** Indices into ORIGIN_CODES. */
  readonly origin: Uint8Array;

  constructor(count: number) {
    const sums = () => new ScopeSums(count);
    this.sums = { value: sums(), cash: sums(), costBasis: sums(), inflow: sums(), outflow: sums() };
    this.members = new Uint16Array(count);
    this.knowing = new Uint16Array(count);
    this.securities = new Int32Array(count);
    this.quality = new Uint8Array(count).fill(100);
    this.incomplete = new Uint8Array(count);
    this.origin = new Uint8Array(count).fill(ORIGIN_CODES.indexOf('captured'));
  }

  /** One account's day, but for its amounts. @param pending it is carried from the day before */
  count(slot: number, columns: DayColumns, at: number, pending = false): void {
    const quality = columns.quality[at] as number;
    this.members[slot] = (this.members[slot] as number) + 1;
    this.securities[slot] = (this.securities[slot] as number) + (columns.securities[at] as number);
    this.origin[slot] = worse(this.origin[slot] as number, pending ? CARRIED : (columns.origin[at] as number));
    this.lower(slot, pending ? Math.min(PENDING, quality) : quality);
    const complete = columns.complete[at] as boolean;
    if (!complete) this.incomplete[slot] = 1;
    if (complete || columns.amounts.value.some((column) => listedAt(column, at))) this.knowing[slot] = (this.knowing[slot] as number) + 1;
  }

  lower(slot: number, score: number): void {
    if (score < (this.quality[slot] as number)) this.quality[slot] = score;
  }

  /** Amounts of `length` days that follow one another, of columns that `isPlainIn` the base currency. */
  addStretch(kind: AmountKind, slot: number, columns: DayColumns, at: number, length: number): void {
    const into = this.sums[kind];
    const known = isKnowable(kind) ? columns.known[kind] : null;
    // What is unknown stays unknown, whatever is added to it.
    if (known) for (let day = 0; day < length; day += 1) if (!known[at + day]) into.spoil(slot + day);
    for (const { plain, scale } of columns.amounts[kind]) into.addColumn(slot, plain as Float64Array, at, length, scale);
  }
}

/** Every amount is in that currency and a whole number in floating point, so that no rate is needed and nothing can be missing. */
export function isPlainIn(base: string, { currencies, amounts }: DayColumns): boolean {
  return currencies.every((currency) => currency === base) && AMOUNTS.every((kind) => amounts[kind].every(({ plain }) => plain !== null));
}

/** Quality of a day of which the close of one account is still under way. */
const PENDING = 90;
const CARRIED = ORIGIN_CODES.indexOf('carried');
/** The less certain origin stands for the day: carried, then reconstructed, then captured. */
const CERTAINTY = [1, 2, 0];
const worse = (a: number, b: number): number => ((CERTAINTY[a] as number) <= (CERTAINTY[b] as number) ? a : b);
export const isKnowable = (kind: AmountKind): kind is Knowable => kind !== 'value' && kind !== 'cash';
