/**
 * What an account is worth at an instant: Σ quantity × multiplier × price of its positions + its cash, from one snapshot.
 *
 * Sums are of what is known; `complete` says whether that is everything, and every line that is not known is named by the lines
 * themselves. A sum of nothing known is null. The provider's own total is never booked: the difference to it is shown.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { absolute, compare, isZero, multiply, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { convert } from './rate.js';
import type { Conversion } from './rate.js';
import { sumKnown, sumOfAll } from './sum-known.js';
import { valueLine } from './value-line.js';
import type { ValuedLine } from './value-line.js';

/** The part of a stored snapshot that has worth. */
export interface HeldSnapshot {
  readonly snapshotId: string;
  readonly capturedAt: string;
  readonly currency: string;
  /** The provider's own total, in `currency`; null where it gives none. */
  readonly balance: Decimal | null;
  readonly balances: readonly BalanceLine[];
}

export interface ValuedAccount {
  readonly snapshot: HeldSnapshot;
  readonly lines: readonly ValuedLine[];
  /** In the account's own currency. */
  readonly value: Decimal | null;
  readonly baseValue: Decimal | null;
  /** The part of `baseValue` that is cash. */
  readonly baseCash: Decimal | null;
  /** Every line that belongs in the sum has a base value. */
  readonly complete: boolean;
  /** Provider's total − value, in the account's currency; null where either is not wholly known. */
  readonly unexplained: Decimal | null;
}

export function valueAccount(snapshot: HeldSnapshot, to: Conversion): ValuedAccount {
  const lines = snapshot.balances.map((line) => valueLine(line, snapshot.currency, to));
  const counted = lines.filter((line) => line.role !== 'shown');
  const own: Conversion = { ...to, base: snapshot.currency };
  const ownValues = counted.map((line) => (line.value !== null && isZero(line.value) ? '0' : convert(line.value, line.currency, own)));
  return {
    snapshot,
    lines,
    value: sumKnown(ownValues),
    baseValue: sumKnown(counted.map((line) => line.baseValue)),
    baseCash: sumKnown(counted.filter((line) => line.role === 'cash').map((line) => line.baseValue)),
    complete: counted.every((line) => line.baseValue !== null),
    unexplained: difference(snapshot.balance, sumOfAll(ownValues)),
  };
}

/** A difference that rounding does not explain: over 1 unit of the currency and over half a percent of the provider's total. */
export function differs(unexplained: Decimal | null, balance: Decimal | null): boolean {
  if (unexplained === null || balance === null) return false;
  const size = absolute(unexplained);
  return compare(size, '1') > 0 && compare(multiply(size, '200'), absolute(balance)) > 0;
}

function difference(balance: Decimal | null, value: Decimal | null): Decimal | null {
  return balance === null || value === null ? null : subtract(balance, value);
}
