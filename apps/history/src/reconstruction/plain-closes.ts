/**
 * Closes as plain numbers, where they fit: the walk over assets and days reads them a thousand times more often than anybody prepares
 * them. Made once for each prepared series, which all accounts share, and forgotten with it.
 */
import type { PreparedCloses } from './model.js';
import { FRESH_DAYS } from './quality.js';

export interface PlainCloses {
  /** Digits; index i is day `firstDay + i`. */
  readonly digits: Float64Array;
  /** No digits are more than this. */
  readonly most: number;
  /** The first index with a close. From there on every one is. */
  readonly first: number;
  /** No close is older than may be, on any day. */
  readonly fresh: boolean;
}

/** Products with half a position's units stay far below 2^53. */
const MOST = 2 ** 32;

const KNOWN = new WeakMap<PreparedCloses, PlainCloses | 'unfit'>();

/** Null where they do not fit. */
export function plainCloses(closes: PreparedCloses): PlainCloses | null {
  let plain = KNOWN.get(closes);
  if (plain === undefined) {
    plain = prepare(closes) ?? 'unfit';
    KNOWN.set(closes, plain);
  }
  return plain === 'unfit' ? null : plain;
}

function prepare({ newest, age }: PreparedCloses): PlainCloses | null {
  const first = newest.findIndex((digits) => digits !== null);
  if (first < 0) return null;
  const digits = new Float64Array(newest.length);
  let most = 0;
  let fresh = true;
  for (let index = first; index < newest.length; index += 1) {
    const close = newest[index] ?? null;
    if (close === null || close < 0n || close > BigInt(MOST)) return null;
    digits[index] = Number(close);
    most = Math.max(most, digits[index] as number);
    if ((age[index] as number) > FRESH_DAYS) fresh = false;
  }
  return { digits, most, first, fresh };
}
