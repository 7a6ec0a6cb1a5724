/**
 * What an account is worth at an instant: Σ quantity × multiplier × price of its positions + its cash, from one snapshot.
 *
 * Sums are of what is known; `complete` says whether that is everything, and every line that is not known is named by the lines
 * themselves. A sum of nothing known is null. The provider's own total is never booked: the difference to it is shown.
 */
import { absolute, compare, multiply, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { PricedLine } from './market-view.js';
import type { Conversion } from './rate.js';
import { sumKnown } from './sum-known.js';
import { valueLine } from './value-line.js';
import type { ValuedLine } from './value-line.js';

/** The part of a stored snapshot that has worth. */
export interface HeldSnapshot {
  readonly snapshotId: string;
  readonly capturedAt: string;
  readonly currency: string;
  /** The provider's own total, in `currency`; null where it gives none. */
  readonly balance: Decimal | null;
  readonly balances: readonly PricedLine[];
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
  const baseValues = counted.map((line) => line.baseValue);
  const baseValue = sumKnown(baseValues);
  const complete = !baseValues.includes(null);
  const own = snapshot.currency === to.base ? { value: baseValue, complete } : ownValue(snapshot, to);
  return {
    snapshot,
    lines,
    value: own.value,
    baseValue,
    baseCash: sumKnown(counted.filter((line) => line.role === 'cash').map((line) => line.baseValue)),
    complete,
    unexplained: snapshot.balance === null || own.value === null || !own.complete ? null : subtract(snapshot.balance, own.value),
  };
}

/** The same in the account's own currency. */
function ownValue(snapshot: HeldSnapshot, to: Conversion): { value: Decimal | null; complete: boolean } {
  const values = snapshot.balances.map((line) => valueLine(line, snapshot.currency, { ...to, base: snapshot.currency })).filter((line) => line.role !== 'shown').map((line) => line.baseValue);
  return { value: sumKnown(values), complete: !values.includes(null) };
}

/** A difference that rounding does not explain: over 1 unit of the currency and over half a percent of the provider's total. */
export function differs(unexplained: Decimal | null, balance: Decimal | null): boolean {
  if (unexplained === null || balance === null) return false;
  const size = absolute(unexplained);
  return compare(size, '1') > 0 && compare(multiply(size, '200'), absolute(balance)) > 0;
}
