/**
 * Which quotes are believed. A price of nothing or less, one from before the last or from the future, one outside of the trading hours of its
 * market, and one that jumps by a factor are dropped: a jump of eight times between two trades is a wrong number, or a split that nobody told of, and then the
 * units do not match either. A price that was dropped is no measure for the next one.
 */
import type { Exact } from '@tidemark/money';
import { scaled } from '@tidemark/money';

export const DROPS = ['not_positive', 'out_of_order', 'future', 'outside_session', 'spike', 'not_followed', 'malformed'] as const;
export type Drop = (typeof DROPS)[number];

export const LARGEST_JUMP = 8n;
/** Clocks differ a little. */
export const AHEAD_MS = 60_000;

export interface Judged {
  readonly price: Exact;
  readonly at: number;
}

export interface Known {
  readonly now: number;
  readonly open: boolean;
  /** The last quote that was believed. */
  readonly last: Judged | null;
  /** The last close, in units of today; asked only where there is no quote yet. */
  readonly close: Exact | null;
}

/** @returns why the quote is dropped, or null where it is believed */
export function judgeQuote({ price, at }: Judged, { now, open, last, close }: Known): Drop | null {
  if (price.digits <= 0n) return 'not_positive';
  if (at > now + AHEAD_MS) return 'future';
  if (!open) return 'outside_session';
  if (last && at < last.at) return 'out_of_order';
  const measure = last?.price ?? close;
  return measure && jumps(price, measure) ? 'spike' : null;
}

function jumps(price: Exact, measure: Exact): boolean {
  const scale = Math.max(price.scale, measure.scale);
  const [a, b] = [scaled(price, scale), scaled(measure, scale)];
  return b > 0n && (a >= b * LARGEST_JUMP || a * LARGEST_JUMP <= b);
}
