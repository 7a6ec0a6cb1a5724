/**
 * What of a computed history has to be written. Pure. What was known and is otherwise now gets a new revision; days that nobody knew yet
 * are appended under the revision in force, for nothing that anybody has read moves. A closed month is written whole, since its block
 * must say everything at its revision; of the open months only the days that differ.
 */
import { dayOf } from '@tidemark/market';
import type { Decimal } from '@tidemark/money';
import { compare } from '@tidemark/money';
import type { AccountDay, DayNumber } from '../reconstruction/model.js';
import { fingerprint } from './day-columns.js';
import type { HistoryHead } from './history-head.js';
import { monthOf, nextMonth } from './partitions.js';
import type { StoredDay } from './read-days.js';

/** As in the event `HistoryRevised`: the value of a day that was known, by currency; null where that currency is not there. */
export interface MovedDay {
  readonly day: string;
  readonly currency: string;
  readonly before: Decimal | null;
  readonly after: Decimal | null;
}

export interface WritePlan {
  /** Something that was known is otherwise now. */
  readonly revised: boolean;
  readonly months: readonly { readonly month: DayNumber; readonly days: readonly AccountDay[] }[];
  readonly days: readonly AccountDay[];
  readonly gone: readonly DayNumber[];
  readonly moved: readonly MovedDay[];
  readonly daysMoved: number;
}

export interface WriteGiven {
  readonly head: HistoryHead;
  readonly openFrom: DayNumber;
  /** Of the whole months that the range touches. */
  readonly stored: ReadonlyMap<DayNumber, StoredDay>;
  /** Within the range, ascending. */
  readonly days: readonly AccountDay[];
  /** What was computed, inclusive: a stored day within it that is not among `days` is no longer part of the history. */
  readonly range: { readonly from: DayNumber; readonly to: DayNumber };
}

export function planWrite(given: WriteGiven): WritePlan {
  const { stored, openFrom, head } = given;
  const fresh = new Map(given.days.map((day) => [day.day, day]));
  const differ = [...fresh.values()].filter((day) => !same(stored.get(day.day)?.day ?? null, day));
  const removed = [...stored].filter(([day, at]) => at.day !== null && day >= given.range.from && day <= given.range.to && !fresh.has(day)).map(([day]) => day);
  const closed = monthsOf([...differ.map((day) => day.day), ...removed].filter((day) => day < openFrom));
  const open = differ.filter((day) => day.day >= openFrom);
  const gone = removed.filter((day) => day >= openFrom);
  const moved = [...differ.map((day) => day.day), ...removed].sort((a, b) => a - b).map((day) => movedOf(stored.get(day)?.day ?? null, fresh.get(day) ?? null));
  return {
    revised: head.revision > 0 && (closed.length > 0 || gone.length > 0 || open.some((day) => stored.has(day.day))),
    months: closed.map((month) => ({ month, days: wholeMonth(month, given, fresh) })),
    days: open,
    gone,
    moved: moved.flat(),
    daysMoved: moved.filter((amounts) => amounts.length > 0).length,
  };
}

/** Their first days, ascending. */
function monthsOf(days: readonly DayNumber[]): DayNumber[] {
  const months: DayNumber[] = [];
  let [month, next] = [0, 0];
  for (const day of days.toSorted((a, b) => a - b)) {
    if (day < next && months.length > 0) continue;
    month = monthOf(day);
    next = nextMonth(month);
    months.push(month);
  }
  return months;
}

function same(before: AccountDay | null, after: AccountDay): boolean {
  return before !== null && fingerprint(before) === fingerprint(after);
}

function wholeMonth(month: DayNumber, { stored, range }: WriteGiven, fresh: ReadonlyMap<DayNumber, AccountDay>): AccountDay[] {
  const days: AccountDay[] = [];
  for (let day = month; day < nextMonth(month); day += 1) {
    const known = day >= range.from && day <= range.to ? fresh.get(day) : stored.get(day)?.day;
    if (known) days.push(known);
  }
  return days;
}

/** Nothing moved where nothing was known. */
function movedOf(before: AccountDay | null, after: AccountDay | null): MovedDay[] {
  if (!before) return [];
  const amount = (day: AccountDay | null, currency: string) => day?.value.find((one) => one.currency === currency)?.amount ?? null;
  const currencies = [...new Set([...before.value, ...(after?.value ?? [])].map((one) => one.currency))].sort();
  return currencies
    .map((currency) => ({ day: dayOf(before.day), currency, before: amount(before, currency), after: amount(after, currency) }))
    .filter((move) => move.before === null || move.after === null || compare(move.before, move.after) !== 0);
}
