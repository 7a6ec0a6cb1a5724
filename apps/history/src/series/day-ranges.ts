/** Open, high, low and last of the days on which a scope was watched live. Only what somebody watched is stored. */
import { dayOf } from '@tidemark/market';
import { decimal } from '@tidemark/money';
import { scopeSeries } from '../intraday/days/recorder.js';
import type { DayNumber } from '../reconstruction/model.js';
import { jsonRows } from '../storage/read-together.js';
import type { ReadPart } from '../storage/read-together.js';
import type { DayRangeOfValue } from './point.js';
import type { ScopeAsked } from './scope-accounts.js';

/** By day, `YYYY-MM-DD`. */
export type DayRanges = ReadonlyMap<string, DayRangeOfValue>;
export type DayOfRange = readonly [day: string, range: DayRangeOfValue];

type Fields = readonly [day: string, open: string, high: string, low: string, last: string];

/** As part of the statement that reads the days. */
export function dayRangesPart(asked: ScopeAsked, { base, from, to }: { readonly base: string; readonly from: DayNumber; readonly to: DayNumber }): ReadPart<DayOfRange[]> {
  const series = scopeSeries(asked.userId, { account: asked.account ?? null, source: asked.source ?? 'all' });
  return jsonRows(
    ['day', 'open::text', 'high::text', 'low::text', 'last::text'],
    (parameter) => `intraday_day WHERE series = ${parameter(series)} AND currency = ${parameter(base)} AND day BETWEEN ${parameter(dayOf(from))} AND ${parameter(dayOf(to))} AND user_id = ${parameter(asked.userId)}`,
    'day',
    ([day, open, high, low, last]: Fields): DayOfRange => [day, { open: decimal(open), high: decimal(high), low: decimal(low), close: decimal(last) }],
  );
}
