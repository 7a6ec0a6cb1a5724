/**
 * What an attempt makes of a delivery: delivered, tried again later, or parked. Waits double from a second to an hour, each somewhere
 * between half of itself and itself, so that what failed together does not come back together; a receiver that names a wait gets it. The last attempt
 * is at the end of the time that a delivery is tried for. Pure.
 */
import type { Delivery, Outcome, Settled } from './delivery.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 3_600_000;

/** @param at now, in milliseconds; @param retryForMs how long it is tried; @param random from 0 to less than 1 */
export function settle(delivery: Delivery, outcome: Outcome, { at, retryForMs, random }: { readonly at: number; readonly retryForMs: number; readonly random: number }): Settled {
  if (outcome.kind === 'delivered') return { delivery, at, status: 'delivered', nextAttemptAt: null, error: null };
  if (outcome.kind === 'refused') return { delivery, at, status: 'parked', nextAttemptAt: null, error: outcome.reason };
  const end = Date.parse(delivery.since) + retryForMs;
  if (at >= end) return { delivery, at, status: 'parked', nextAttemptAt: null, error: `given up after ${delivery.attempts} ${delivery.attempts === 1 ? 'attempt' : 'attempts'}; the last: ${outcome.reason}` };
  const wait = Math.max(waitOf(delivery.tries, random), outcome.retryAfterMs ?? 0);
  return { delivery, at, status: 'retrying', nextAttemptAt: Math.min(at + wait, end), error: outcome.reason };
}

function waitOf(tries: number, random: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(Math.max(tries, 1) - 1, 30), LONGEST_WAIT_MS);
  return Math.ceil(longest * (0.5 + random / 2));
}
