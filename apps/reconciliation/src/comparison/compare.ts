/**
 * The judgement of every difference: pure, exact, one line an asset that either side names.
 *
 * The same on both sides, zero against absent included: `matched`. At most `allowed` apart, or nothing but dust on both sides:
 * `within_tolerance`. Nothing (or dust) expected and something there: `missing_local`; the reverse: `missing_remote`. Else `mismatch`.
 * `allowed` is max(absolute, relative × |expected|). Where one of the two is dust, the relative part is of the larger one: whichever side is
 * called expected, the line is then judged alike, and more tolerance never finds more.
 */
import type { DiscrepancyKind, Outcome, Tolerance } from '@tidemark/contracts';
import { DISCREPANCY_KINDS } from '@tidemark/contracts';
import { absolute, compare as compareDecimals, decimal, isZero, subtract } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { allowedFor, levelFor } from './tolerance.js';
import type { Level } from './tolerance.js';

/** `difference` = actual − expected; `allowed` ≥ 0. All in units of the asset. */
export interface ComparedLine {
  readonly asset: AssetId;
  readonly expected: Decimal;
  readonly actual: Decimal;
  readonly difference: Decimal;
  readonly allowed: Decimal;
  readonly outcome: Outcome;
}

/** @returns a line for every asset of either side, by asset id */
export function compare(expected: ReadonlyMap<AssetId, Decimal>, actual: ReadonlyMap<AssetId, Decimal>, tolerance: Tolerance): ComparedLine[] {
  const assets = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return assets.map((asset) => comparedLine(asset, expected.get(asset) ?? '0', actual.get(asset) ?? '0', levelFor(tolerance, asset)));
}

export function isDiscrepancy(outcome: Outcome): outcome is DiscrepancyKind {
  return (DISCREPANCY_KINDS as readonly Outcome[]).includes(outcome);
}

function comparedLine(asset: AssetId, expectedText: Decimal, actualText: Decimal, level: Level): ComparedLine {
  const [expected, actual] = [decimal(expectedText), decimal(actualText)];
  const difference = actual === expected ? '0' : subtract(actual, expected);
  const allowed = decimal(allowedFor(level, isDust(expected, level) || isDust(actual, level) ? larger(expected, actual) : expected));
  return { asset, expected, actual, difference, allowed, outcome: outcomeOf(expected, actual, difference, allowed, level) };
}

function outcomeOf(expected: Decimal, actual: Decimal, difference: Decimal, allowed: Decimal, level: Level): Outcome {
  if (isZero(difference)) return 'matched';
  const [nothingExpected, nothingThere] = [isDust(expected, level), isDust(actual, level)];
  if (compareDecimals(absolute(difference), allowed) <= 0 || (nothingExpected && nothingThere)) return 'within_tolerance';
  if (nothingExpected) return 'missing_local';
  return nothingThere ? 'missing_remote' : 'mismatch';
}

function isDust(quantity: Decimal, level: Level): boolean {
  return isZero(quantity) || (!isZero(level.dust) && compareDecimals(absolute(quantity), level.dust) <= 0);
}

function larger(a: Decimal, b: Decimal): Decimal {
  return compareDecimals(absolute(a), absolute(b)) >= 0 ? a : b;
}
