/** A day of a scope as a chart shows it. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import { exact, halfEven, scaled, subtract, written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { ScopeDay } from './scope-day.js';

/** The value within a day, where it was watched. */
export interface DayRangeOfValue {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
}

/**
 * gain = positions − their cost basis (cash is no gain); its percentage is of the size of the cost basis, 2 digits, and has no meaning where
 * that is nothing. Where the value is not whole there is no gain: what has no price would look like a loss of all that it cost.
 */
export function pointOf(day: ScopeDay, range?: DayRangeOfValue): historyRpc.HistoryPoint {
  const { date, value, cash, costBasis, inflow, outflow, securities, origin, quality, complete } = day;
  const { gain, gainPercent } = !complete || value === null || cash === null || costBasis === null ? NO_GAIN : gainOf(value, cash, costBasis);
  return {
    date, value, cash, costBasis, gain,
    gainPercent,
    netFlow: inflow === null || outflow === null ? null : outflow === '0' ? inflow : subtract(inflow, outflow),
    open: range?.open ?? null, high: range?.high ?? null, low: range?.low ?? null, close: range?.close ?? null,
    securitiesCount: securities, origin, quality,
  };
}

const NO_GAIN = { gain: null, gainPercent: null };
const PERCENT_DIGITS = 2;
/** 100 % at two digits after the point. */
const HUNDREDTHS = 10_000n;

/** Each amount is parsed once: an answer has hundreds of points. */
function gainOf(value: Decimal, cash: Decimal, costBasis: Decimal): { gain: Decimal; gainPercent: Decimal | null } {
  const [worth, money, paid] = [exact(value), exact(cash), exact(costBasis)];
  const scale = Math.max(worth.scale, money.scale, paid.scale);
  const basis = scaled(paid, scale);
  const digits = scaled(worth, scale) - scaled(money, scale) - basis;
  return { gain: written({ digits, scale }), gainPercent: basis === 0n ? null : written({ digits: halfEven(digits * HUNDREDTHS, basis < 0n ? -basis : basis), scale: PERCENT_DIGITS }) };
}
