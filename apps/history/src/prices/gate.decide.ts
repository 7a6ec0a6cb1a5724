/**
 * What may become a close. A source answers zeros, spikes, dividends in the place of prices, two prices for a day; stored once, such a number is
 * in every history of every user. What is suspicious is kept apart with its reason and asked for again, and its day has no close until then.
 *
 * A price is compared with the last good one before it, splits in between taken into account. A jump by more than SPIKE is
 *  - a spike where the prices return within some days (so do a dividend in the place of a price and a misplaced decimal point),
 *  - unconfirmed where the answer ends before that can be seen,
 *  - a level shift where they stay: true collapses happen, but from SHIFT on it is far more likely that a split is missing in the source.
 * The ratios are of plausibility, so they are computed in floating point; no amount is.
 */
import { weekday } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import { compare } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { PriceKind } from '../price-source/price-kind.js';
import type { DayRange } from './ask.decide.js';

export interface DayClose {
  readonly day: DayNumber;
  readonly close: Decimal;
}

export interface DaySplit {
  readonly day: DayNumber;
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

export const SUSPICIONS = ['not_positive', 'out_of_range', 'not_a_trading_day', 'duplicate_differs', 'spike', 'far_below', 'unconfirmed_jump', 'level_shift', 'split_adjusted'] as const;
export type Suspicion = (typeof SUSPICIONS)[number];

export interface Quarantined extends DayClose {
  readonly reason: Suspicion;
}

export interface GateInput {
  readonly kind: PriceKind;
  readonly asked: DayRange;
  /** As the source gave them. */
  readonly closes: readonly DayClose[];
  readonly splits: readonly DaySplit[];
  /** Good closes that are stored already, around the range; oldest first. */
  readonly known: readonly DayClose[];
}

export interface GateResult {
  /** Oldest first. */
  readonly good: readonly DayClose[];
  readonly quarantined: readonly Quarantined[];
}

const SPIKE: Readonly<Record<PriceKind, number>> = { security: 4, crypto: 4, fx: 1.5 };
const SHIFT: Readonly<Record<PriceKind, number>> = { security: 15, crypto: 15, fx: 2 };
/** So many later closes may tell whether a jump is a spike. */
const LOOK_AHEAD = 8;
/** A split by less than this moves a price no more than a bad day does. */
const TELLING_SPLIT = 1.9;

export function gate(input: GateInput): GateResult {
  const quarantined: Quarantined[] = [];
  const refuse = (close: DayClose, reason: Suspicion): void => void quarantined.push({ ...close, reason });
  const single = oneADay(input, refuse);
  const quoted = asQuoted(single, input.splits, refuse);
  const good = withoutJumps(quoted, input, refuse);
  return { good, quarantined: quarantined.sort((a, b) => a.day - b.day) };
}

type Refuse = (close: DayClose, reason: Suspicion) => void;

/** Closes above zero, of days that were asked for and could trade; a day with two different ones has none. */
function oneADay({ kind, asked, closes }: GateInput, refuse: Refuse): DayClose[] {
  const byDay = new Map<DayNumber, DayClose | null>();
  for (const close of closes) {
    if (close.day < asked.from || close.day > asked.to) refuse(close, 'out_of_range');
    else if (kind === 'security' && weekday(close.day) > 5) refuse(close, 'not_a_trading_day');
    else if (compare(close.close, '0') <= 0) refuse(close, 'not_positive');
    else {
      const other = byDay.get(close.day);
      if (other === undefined) byDay.set(close.day, close);
      else if (other === null) refuse(close, 'duplicate_differs');
      else if (compare(other.close, close.close) !== 0) {
        refuse(other, 'duplicate_differs');
        refuse(close, 'duplicate_differs');
        byDay.set(close.day, null);
      }
    }
  }
  return [...byDay.values()].filter((close) => close !== null).sort((a, b) => a.day - b.day);
}

/** Where prices do not move with a large split, those before it are adjusted for it, and would be multiplied with units that are not. */
function asQuoted(closes: DayClose[], splits: readonly DaySplit[], refuse: Refuse): DayClose[] {
  let rest = closes;
  for (const split of splits) {
    const factor = Number(split.numerator) / Number(split.denominator);
    if (factor < TELLING_SPLIT && factor > 1 / TELLING_SPLIT) continue;
    const before = rest.findLast(({ day }) => day < split.day);
    const after = rest.find(({ day }) => day >= split.day);
    if (!before || !after) continue;
    const raw = Math.log(Number(after.close) / Number(before.close));
    if (Math.abs(raw) >= Math.abs(raw + Math.log(factor))) continue;
    for (const close of rest) if (close.day < split.day) refuse(close, 'split_adjusted');
    rest = rest.filter(({ day }) => day >= split.day);
  }
  return rest;
}

function withoutJumps(closes: readonly DayClose[], { kind, splits, known }: GateInput, refuse: Refuse): DayClose[] {
  const level = leveller(splits);
  const asked = new Set(closes.map(({ day }) => day));
  // Stored neighbours confirm or refute, and are never refused themselves.
  const all = [...known.filter(({ day }) => !asked.has(day)).map((close) => ({ close, own: false })), ...closes.map((close) => ({ close, own: true }))].sort((a, b) => a.close.day - b.close.day);
  const levels = all.map(({ close }) => level(close));
  const good: DayClose[] = [];
  let last = firstLevel(all, levels, kind);
  for (let index = 0; index < all.length; index += 1) {
    const { close, own } = all[index] as (typeof all)[number];
    const now = levels[index] as number;
    const reason = own && last !== null ? suspicion(now, last, levels.slice(index + 1, index + 1 + LOOK_AHEAD), kind) : null;
    if (reason) {
      refuse(close, reason);
      continue;
    }
    last = now;
    if (own) good.push(close);
  }
  return good;
}

/** What the first price is compared with: a stored one before it, else itself where the second agrees; where it does not but the third agrees with the second, the first is wrong. */
function firstLevel(all: readonly { readonly own: boolean }[], [first, second, third]: readonly number[], kind: PriceKind): number | null {
  if (all[0]?.own !== true || first === undefined || second === undefined || third === undefined) return null;
  return apart(first, second) > SPIKE[kind] && apart(second, third) <= SPIKE[kind] ? second : first;
}

function apart(a: number, b: number): number {
  return Math.max(a / b, b / a);
}

function suspicion(now: number, last: number, later: readonly number[], kind: PriceKind): Suspicion | null {
  if (apart(now, last) <= SPIKE[kind]) return null;
  // Returned: the next price that is not at the new level is near the old one again.
  const returns = later.some((level) => apart(level, last) < Math.sqrt(SPIKE[kind]) || apart(level, last) < apart(level, now));
  if (returns) return now < last ? 'far_below' : 'spike';
  if (later.length === 0) return 'unconfirmed_jump';
  return apart(now, last) > SHIFT[kind] ? 'level_shift' : null;
}

/** A price as it would be in the units after all splits, so that days on both sides of one can be compared. */
function leveller(splits: readonly DaySplit[]): (close: DayClose) => number {
  return ({ day, close }) => splits.filter((split) => split.day > day).reduce((level, split) => (level * Number(split.denominator)) / Number(split.numerator), Number(close));
}
