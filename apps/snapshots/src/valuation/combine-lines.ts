/**
 * Lines of one asset and side put together: an account's several lots into its row, and the rows of several accounts into a position.
 *
 * Quantities add up as they stand where all lines count in the same unit. Where one provider counts option contracts (multiplier 100)
 * and another the shares under them (multiplier 1), adding them as they stand would be wrong: then all are counted in underlying units.
 * A cost basis of a short side is what was received for it, so it is negative like its value, and gain = value − cost basis on both sides.
 */
import { absolute, divide, isZero, multiply, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { sumKnown, sumOfAll } from './sum-known.js';
import type { ValuedLine } from './value-line.js';

export interface HeldLine extends ValuedLine {
  readonly capturedAt: string;
}

export interface Combined {
  readonly quantity: Decimal;
  readonly multiplier: Decimal;
  /** What price, value and gains are in; null where the lines are in several or in one that nobody knows. */
  readonly currency: string | null;
  /** The newest price among the lines; each line is valued at its own. */
  readonly price: Decimal | null;
  /** Of the lines whose price is known; null where none is. */
  readonly value: Decimal | null;
  readonly baseValue: Decimal | null;
  readonly costBasis: Decimal | null;
  /** What costs are in: the currency above, unless they are stated in another. Null where they are in several. */
  readonly costCurrency: string | null;
}

export interface Gain {
  /** Per unit, as a price is, in the currency of costs. */
  readonly averageCost: Decimal | null;
  readonly unrealizedGain: Decimal | null;
  /** Of the cost basis, 2 digits. */
  readonly unrealizedGainPercent: Decimal | null;
}

export function combineLines(lines: readonly HeldLine[]): Combined {
  const multiplier = theSame(lines.map((line) => line.multiplier)) ?? '1';
  const currency = theSame(lines.map((line) => line.currency));
  const costCurrency = theSame(lines.map((line) => line.costCurrency));
  return {
    quantity: sum(lines.map((line) => (line.multiplier === multiplier ? line.line.quantity : multiply(line.line.quantity, line.multiplier)))),
    multiplier,
    currency,
    price: currency === null ? null : newestPrice(lines),
    value: currency === null ? null : sumKnown(lines.map((line) => line.value)),
    baseValue: sumKnown(lines.map((line) => line.baseValue)),
    costBasis: costCurrency === null ? null : sumOfAll(lines.map(({ cost }) => cost)),
    costCurrency,
  };
}

/** Known only where the value and the cost basis of every line are, in one currency. */
export function gainOf(lines: readonly HeldLine[], { quantity, multiplier, currency, value, costBasis, costCurrency }: Combined): Gain {
  if (costBasis === null) return { averageCost: null, unrealizedGain: null, unrealizedGainPercent: null };
  const units = multiplier === '1' ? quantity : multiply(quantity, multiplier);
  const gain = value !== null && currency === costCurrency && lines.every((line) => line.value !== null) ? subtract(value, costBasis) : null;
  return {
    averageCost: isZero(units) ? null : divide(costBasis, units),
    unrealizedGain: gain,
    unrealizedGainPercent: gain === null || isZero(costBasis) ? null : divide(multiply(gain, '100'), absolute(costBasis), 2),
  };
}

function newestPrice(lines: readonly HeldLine[]): Decimal | null {
  let newest: HeldLine | null = null;
  for (const line of lines) if (line.line.price != null && (newest === null || knownSince(line) > knownSince(newest))) newest = line;
  return newest?.line.price ?? null;
}

function knownSince(line: HeldLine): number {
  return Date.parse(line.line.priceAsOf ?? line.capturedAt);
}

function theSame<T>(values: readonly T[]): T | null {
  const first = values[0];
  return first !== undefined && values.every((value) => value === first) ? first : null;
}
