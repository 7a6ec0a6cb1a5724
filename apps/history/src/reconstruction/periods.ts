/** The account's days by what stands behind them: before, between and after its snapshots; each with its origin and what lowers it altogether. */
import type { Effect } from './book.js';
import type { Ledger } from './ledger.js';
import type { AccountDay, DayNumber, ReconstructionInput } from './model.js';
import { SCORE } from './quality.js';
import type { Marks } from './quality.js';
import { SAID } from './said.js';
import { SETTLED_WITHIN } from './sides.js';
import type { Timeline } from './sides.js';

interface Ground {
  readonly input: ReconstructionInput;
  readonly ledger: Ledger;
  readonly timeline: Timeline;
  /** Of every segment: what happened in it joins its two ends. */
  readonly proven: readonly boolean[];
  readonly first: DayNumber;
  readonly marks: Marks;
}

/** An account whose transactions nobody gives: what happens between its snapshots is not known, and before the first nothing is. */
export function withoutTransactions({ transactions, wholeFrom }: ReconstructionInput): boolean {
  return transactions.length === 0 && wholeFrom === null;
}

export function markPeriods(ground: Ground): AccountDay['origin'][] {
  const { timeline, first, marks } = ground;
  const origins = new Array<AccountDay['origin']>(marks.length).fill('reconstructed');
  beforeFirst(ground);
  const { days } = timeline;
  for (let segment = 1; segment < days.length; segment += 1) between(ground, segment, origins);
  afterLast(ground, origins);
  days.forEach((day) => {
    if (day >= first && day - first < marks.length) origins[day - first] = 'captured';
  });
  markCut(ground, origins);
  markOmissions(ground, origins);
  for (const effect of ground.ledger.effects) if (effect.segment !== effect.first) markSide(ground, effect);
  return origins;
}

/**
 * That the snapshots agree only so tells on which side of one a transaction lies, and not when it happened: one that a snapshot of its day
 * does not show may have come after the close, or the snapshot was old; one that a snapshot of days before shows may have happened on any of
 * them. And it tells only where both sides are confirmed: else any row of the amount that is missing would do.
 */
function markSide({ timeline: { days }, proven, first, marks }: Ground, { transaction, date, day, segment, first: expected }: Effect): void {
  const start = segment > expected ? date : Math.max(date - SETTLED_WITHIN, days[segment - 1] ?? -Infinity);
  const end = transaction?.external === true ? day : day - 1;
  if (start < day) marks.lowerDays(start - first, end - first, SCORE.assumed, marks.reason('side_assumed', 'On which of these days a transaction happened is not known: only its side of a snapshot is.'));
  const sides = [...proven.keys()].slice(Math.min(segment, expected), Math.max(segment, expected) + 1);
  if (sides.every((side) => proven[side] === true)) return;
  const reason = marks.reason('side_assumed', 'On which side of a snapshot a transaction lies is assumed: only one of the two is confirmed.');
  for (const side of sides) if (proven[side] === true) marks.lowerDays((days[side - 1] ?? -Infinity) - first, (days[side] ?? Infinity) - 1 - first, SCORE.assumed, reason);
}

function beforeFirst({ input, ledger, timeline, proven, first, marks }: Ground): void {
  const end = (timeline.days[0] as DayNumber) - 1 - first;
  const whole = input.wholeFrom ?? (proven[0] === true ? (ledger.effects[0]?.date ?? Infinity) : Infinity);
  if (proven[0] !== true) marks.lowerDays(0, end, SCORE.unverified, marks.reason('opening_unverified', 'Nothing confirms that the transactions before the first snapshot are complete.'));
  if (whole > first) marks.lowerDays(0, Math.min(end, whole - 1 - first), SCORE.cut, marks.reason('history_cut', CUT));
}

const CUT = 'The transactions of this time are not known to be complete.';

/** Two snapshots of a time whose transactions are not whole agree on what came and went between them, too. Of a captured day only the flows are in doubt. */
function markCut({ input: { wholeFrom }, timeline, first, marks }: Ground, origins: readonly AccountDay['origin'][]): void {
  const start = timeline.days[0] as DayNumber;
  if (wholeFrom === null || wholeFrom <= start) return;
  const reason = marks.reason('history_cut', CUT);
  for (let index = Math.max(start - first, 0); index < Math.min(wholeFrom - first, marks.length); index += 1) marks.lowerDays(index, index, origins[index] === 'captured' ? SCORE.flow : SCORE.cut, reason);
}

function between({ input, ledger, timeline, proven, first, marks }: Ground, segment: number, origins: AccountDay['origin'][]): void {
  if (proven[segment] === true) return;
  const [start, end] = [timeline.days[segment - 1] as DayNumber, timeline.days[segment] as DayNumber];
  if (ledger.effects.some((effect) => effect.segment === segment) || !withoutTransactions(input)) {
    const reason = marks.reason('discrepancy', 'Two snapshots and the transactions between them do not agree.');
    marks.lowerDays(start + 1 - first, end - 1 - first, SCORE.discrepancy, reason);
    if (start < end) marks.lowerDays(start - first, start - first, SCORE.unverified, reason);
    return;
  }
  marks.lowerDays(start + 1 - first, end - 1 - first, SCORE.carried, marks.reason('carried', 'Units as the snapshot before stated them.'));
  for (let index = Math.max(start + 1 - first, 0); index < Math.min(end - first, origins.length); index += 1) origins[index] = 'carried';
}

/** Known until the newest transaction, carried from then on. The close of the last snapshot's own day is what it states, unless more is known of that day, or the day's trading came after it. */
function afterLast({ ledger, timeline, first, marks }: Ground, origins: AccountDay['origin'][]): void {
  const count = timeline.days.length;
  const last = timeline.days[count - 1] as DayNumber;
  const after = ledger.effects.filter((effect) => effect.segment === count);
  const newest = after.reduce((day, effect) => Math.max(day, effect.day), last);
  const reason = marks.reason(SAID.carried.code, SAID.carried.detail);
  const open = after.some((effect) => effect.day === last) || (timeline.calendarDays[count - 1] as DayNumber) < last;
  marks.lowerDays(last + (open ? 0 : 1) - first, newest - first, SCORE.unverified, reason);
  marks.lowerDays(newest + 1 - first, marks.length - 1, SCORE.carried, reason);
  for (let index = Math.max(newest + 1 - first, 0); index < origins.length; index += 1) origins[index] = 'carried';
}

const DETAIL = {
  unknown_transaction: 'A transaction of unknown type is left out.',
  cash_effect_unknown: 'The cash that a transaction moved is not known.',
  units_effect_unknown: 'The units that a transaction moved are not known.',
  pending_transaction: 'A pending transaction is left out until it is booked.',
} as const;

/** Undone from the first snapshot, what is missing is missing before it happened; played forward from a snapshot, after it. Captured days know better. */
function markOmissions({ ledger, timeline, proven, first, marks }: Ground, origins: readonly AccountDay['origin'][]): void {
  const { days, calendarDays } = timeline;
  for (const { date, code, reach } of ledger.omissions) {
    const pending = code === 'pending_transaction';
    const segment = calendarDays.filter((day) => (pending ? day <= date : day < date)).length;
    if (pending && proven[segment] === true) continue;
    const undone = segment === 0 && !pending;
    const start = undone ? date - (reach ?? Infinity) : Math.max(days[segment - 1] ?? date, pending ? date : -Infinity);
    const end = undone ? date - 1 : (days[segment] ?? Infinity) - 1;
    const reason = marks.reason(code, DETAIL[code]);
    for (let index = Math.max(start - first, 0); index <= Math.min(end - first, marks.length - 1); index += 1) {
      if (origins[index] !== 'captured' || (segment === days.length && !pending)) marks.lowerDays(index, index, pending ? SCORE.pending : SCORE.omitted, reason);
    }
  }
}
