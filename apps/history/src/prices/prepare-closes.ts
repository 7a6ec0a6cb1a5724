/** One symbol's stored closes as the engine reads them: an integer a day at one scale, the newest close on or before it and how old that is. */
import { exact, scaled } from '@tidemark/money';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import type { DayClose, DaySplit } from './gate.decide.js';

const OLDEST = 32_767;

/** @param closes oldest first, some before `from` too, so that the first day has what is carried into it */
export function prepareCloses(series: { symbol: string; currency: string; closes: readonly DayClose[]; splits: readonly DaySplit[] }, from: DayNumber, to: DayNumber): PreparedCloses {
  const parsed = series.closes.filter(({ day }) => day <= to).map(({ day, close }) => ({ day, amount: exact(close) }));
  const scale = parsed.reduce((most, { amount }) => Math.max(most, amount.scale), 0);
  const length = Math.max(0, to - from + 1);
  const newest: (bigint | null)[] = [];
  const age = new Int16Array(length);
  let next = 0;
  let value: bigint | null = null;
  let valueDay = 0;
  for (let index = 0; index < length; index += 1) {
    for (let close = parsed[next]; close && close.day <= from + index; close = parsed[(next += 1)]) {
      value = scaled(close.amount, scale);
      valueDay = close.day;
    }
    newest.push(value);
    age[index] = value === null ? 0 : Math.min(OLDEST, from + index - valueDay);
  }
  return { symbol: series.symbol, currency: series.currency, firstDay: from, scale, newest, age, splits: series.splits };
}
