/**
 * What one line of a snapshot is worth.
 *
 *   cash        `currency:XXX`: its value is its quantity, in XXX, whatever price stands beside it; owed cash is negative
 *   position    quantity × multiplier × price, once, in the line's currency; a line without a currency is in the snapshot's,
 *               one whose currency is null is in a currency that nobody knows, and its value counts nowhere
 *   shown       counted in the account's cash already (a money-market sweep): shown, in no sum
 *
 * Nothing of an asset is worth nothing, priced or not. A price that is missing makes the value null.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { absolute, decimal, isCash, isZero, multiply, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { PricedLine } from './market-view.js';
import { convert } from './rate.js';
import type { Conversion } from './rate.js';

export interface ValuedLine {
  readonly line: PricedLine;
  readonly role: 'cash' | 'position' | 'shown';
  readonly multiplier: Decimal;
  /** What `value` is in; null where nobody knows. */
  readonly currency: string | null;
  readonly value: Decimal | null;
  /** In the base currency of the conversion. */
  readonly baseValue: Decimal | null;
  /** What the line's cost basis is in; null where nobody knows. */
  readonly costCurrency: string | null;
  /** What was paid, or received for a short side (negative, like its value), in `costCurrency`; null where unknown. */
  readonly cost: Decimal | null;
  /** `cost` in the base currency of the conversion. */
  readonly baseCost: Decimal | null;
  /** Why a value is missing. */
  readonly missing: 'price_missing' | 'rate_missing' | null;
}

export function valueLine(line: PricedLine, snapshotCurrency: string, to: Conversion): ValuedLine {
  const role = line.countedAsCash ? 'shown' : isCash(line.asset) ? 'cash' : 'position';
  const currency = currencyOf(line, snapshotCurrency);
  const multiplier = line.multiplier ?? '1';
  const value = nativeValue(line, multiplier);
  const baseValue = convert(value, currency, to) ?? nothing(value);
  const missing = value === null ? 'price_missing' : baseValue === null ? 'rate_missing' : null;
  const costCurrency = line.costCurrency === undefined ? currency : line.costCurrency;
  const cost = signedCost(line);
  return { line, role, multiplier, currency, value, baseValue, costCurrency, cost, baseCost: convert(cost, costCurrency, to) ?? nothing(cost), missing };
}

function signedCost(line: BalanceLine): Decimal | null {
  if (line.costBasis == null) return null;
  return line.quantity.startsWith('-') ? negate(absolute(line.costBasis)) : line.costBasis;
}

/** Nothing is nothing in every currency. */
function nothing(value: Decimal | null): Decimal | null {
  return value !== null && isZero(value) ? '0' : null;
}

function currencyOf(line: BalanceLine, snapshotCurrency: string): string | null {
  if (isCash(line.asset)) return line.asset.slice('currency:'.length);
  return line.currency === undefined ? snapshotCurrency : line.currency;
}

function nativeValue(line: BalanceLine, multiplier: Decimal): Decimal | null {
  if (isCash(line.asset)) return decimal(line.quantity);
  if (line.price == null) return isZero(line.quantity) ? '0' : null;
  return multiply(multiplier === '1' ? line.quantity : multiply(line.quantity, multiplier), line.price);
}
