/**
 * When a rule says something: a state machine without a clock. A rule is armed; a figure over its threshold raises it, once. It is armed
 * again only when the figure has come back past the threshold by the hysteresis, so that one that trembles at the threshold raises once.
 * After an alert the rule is quiet for a while: what becomes true then is told when the quiet is over, if it is still true by then.
 */
import type { AlertKind } from '@tidemark/contracts';
import { absolute, add, compare, divide, multiply, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

/** Where a figure stands towards a rule: `between` is back over the threshold, and not yet by the hysteresis. */
export type Stand = 'over' | 'between' | 'back';

export interface Level {
  readonly raised: boolean;
  /** What the figure is of, where it starts anew (a day's change); null where it does not. */
  readonly period: string | null;
}

export const ARMED: Level = { raised: false, period: null };

export interface Quiet {
  readonly quietSeconds: number;
  /** When the rule last said something, of whatever it watches, since it was set or changed. */
  readonly quietFrom: string | null;
}

export interface Judged {
  readonly level: Level;
  readonly raise: boolean;
  /** True, and not told before this (milliseconds); null where there is nothing to tell later. */
  readonly quietUntil: number | null;
}

/** @param at milliseconds since the epoch; @param period what the figure is of: another than before starts armed */
export function judgeLevel(before: Level, stand: Stand, quiet: Quiet, at: number, period: string | null = null): Judged {
  const raised = before.raised && before.period === period;
  if (stand !== 'over') return { level: { raised: raised && stand === 'between', period }, raise: false, quietUntil: null };
  if (raised) return { level: { raised, period }, raise: false, quietUntil: null };
  const until = quietUntil(quiet, at);
  return until === null ? { level: { raised: true, period }, raise: true, quietUntil: null } : { level: { raised: false, period }, raise: false, quietUntil: until };
}

/** When the quiet that holds at `at` is over; null where the rule may speak. */
export function quietUntil({ quietSeconds, quietFrom }: Quiet, at: number): number | null {
  if (quietFrom === null) return null;
  const until = Date.parse(quietFrom) + quietSeconds * 1_000;
  return at < until ? until : null;
}

export interface Threshold {
  readonly kind: AlertKind;
  readonly threshold: Decimal;
  readonly hysteresis: Decimal;
}

/** A balance is over an amount that it is beyond; a day's change is over a percentage that it has reached. */
export function standOf({ kind, threshold, hysteresis }: Threshold, figure: Decimal): Stand {
  const margin = kind === 'balance_below' || kind === 'balance_above' ? divide(multiply(absolute(threshold), hysteresis), '100') : hysteresis;
  if (kind === 'balance_below') return compare(figure, threshold) < 0 ? 'over' : compare(figure, add(threshold, margin)) >= 0 ? 'back' : 'between';
  const beyond = compare(figure, threshold);
  if (beyond > 0 || (beyond === 0 && kind === 'day_change_percent')) return 'over';
  return compare(figure, subtract(threshold, margin)) <= 0 ? 'back' : 'between';
}
