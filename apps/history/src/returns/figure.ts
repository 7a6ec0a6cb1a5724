/**
 * A figure, or the reason why there is none: returns answer one or the other, never a zero that stands for "not known".
 *
 * Where exact ends: sums, differences, products and quotients of amounts are exact and rounded once, here, half-even. What needs a
 * logarithm, a root, a power or an iteration (volatility, XIRR and its conversion) is a dimensionless rate and is computed in double
 * precision from exact quotients; its answer is given to the same number of digits, of which a double holds about fifteen.
 */
import type { historyRpc } from '@tidemark/contracts';
import { decimal, parseDecimal } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { lessOne, rounded } from './ratio.js';
import type { Ratio } from './ratio.js';

/** Digits after the point of every rate of return and of every statistic of them. */
export const RATE_DIGITS = 10;

export type Why = historyRpc.HistoryReason;

export function why(code: historyRpc.HistoryReasonCode, detail: string, days: { from?: string | undefined; to?: string | undefined } = {}): Why {
  return { code, detail, ...(days.from === undefined ? {} : { from: days.from }), ...(days.to === undefined ? {} : { to: days.to }) };
}

export function known(value: Decimal): historyRpc.Figure {
  return { value };
}

export function unknown(reason: Why): historyRpc.Figure {
  return { value: null, reason };
}

/** growth − 1, rounded once. */
export function rateOf(growth: Ratio): Decimal {
  return rounded(lessOne(growth), RATE_DIGITS);
}

/** A rate that was computed in double precision, as a decimal. @throws where it is no finite number */
export function rateText(rate: number): Decimal {
  const text = parseDecimal(rate.toFixed(RATE_DIGITS));
  if (text === null || !Number.isFinite(rate)) throw new RangeError(`not a rate: ${rate}`);
  return decimal(text);
}
