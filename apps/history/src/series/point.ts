/** A day of a scope as a chart shows it. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import { absolute, divide, isZero, multiply, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { ScopeDay } from './scope-day.js';

/** The value within a day, where it was watched. */
export interface DayRangeOfValue {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
}

/** gain = positions − their cost basis (cash is no gain); its percentage is of the size of the cost basis, 2 digits, and has no meaning where that is nothing. */
export function pointOf(day: ScopeDay, range?: DayRangeOfValue): historyRpc.HistoryPoint {
  const { date, value, cash, costBasis, inflow, outflow, securities, origin, quality } = day;
  const gain = value === null || cash === null || costBasis === null ? null : subtract(subtract(value, cash), costBasis);
  return {
    date, value, cash, costBasis, gain,
    gainPercent: gain === null || costBasis === null || isZero(costBasis) ? null : divide(multiply(gain, '100'), absolute(costBasis), 2),
    netFlow: inflow === null || outflow === null ? null : subtract(inflow, outflow),
    open: range?.open ?? null, high: range?.high ?? null, low: range?.low ?? null, close: range?.close ?? null,
    securitiesCount: securities, origin, quality,
  };
}
