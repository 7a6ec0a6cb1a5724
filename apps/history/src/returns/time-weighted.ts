/** The time-weighted return: what one unit of money that was there all the time became, whoever paid in or out. Linked daily, not annualised. */
import type { historyRpc } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import type { DayGrowth } from './daily-growth.js';
import { known, rateOf, unknown, why } from './figure.js';
import type { Why } from './figure.js';
import { linked } from './growth.js';
import type { Growth } from './growth.js';

/** Π growth − 1 over the days that say something. */
export function timeWeighted(growths: Result<readonly DayGrowth[], Why>): historyRpc.Figure {
  if (!growths.ok) return unknown(growths.error);
  const told = saying(growths.value);
  if (told.length === 0) return unknown(why('too_few_days', 'There is no day with money in it.'));
  return known(rateOf(linked(told)));
}

/** The growths in order, days of nothing over nothing left out. */
export function saying(growths: readonly DayGrowth[]): Growth[] {
  return growths.flatMap(({ growth }) => (growth === null ? [] : [growth]));
}
