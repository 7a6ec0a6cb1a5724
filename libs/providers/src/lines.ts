/** Balance lines and their sums. Pure. */
import type { BalanceLine } from '@tidemark/contracts';
import { add, compare, isCash, multiply, round, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

/** Cash of one currency: one unit is worth one. A currency that is none of ISO's has no price. */
export function cashLine(asset: string, amount: Decimal, code: string): BalanceLine {
  return isCash(asset) ? { asset, quantity: amount, currency: code, price: '1', value: amount } : { asset, quantity: amount, symbol: code, currency: null, price: null, value: null };
}

/** The same asset twice in one account is one line, where both say the same of a unit; else both stay. */
export function merged(lines: readonly BalanceLine[]): BalanceLine[] {
  const kept: BalanceLine[] = [];
  for (const line of lines) {
    const twin = kept.findIndex((other) => sameUnit(other, line));
    const known = kept[twin];
    if (known === undefined) kept.push(line);
    else kept[twin] = joined(known, line);
  }
  return kept;
}

function sameUnit(a: BalanceLine, b: BalanceLine): boolean {
  return a.asset === b.asset && a.price === b.price && a.multiplier === b.multiplier && a.currency === b.currency && a.countedAsCash === b.countedAsCash;
}

function joined(a: BalanceLine, b: BalanceLine): BalanceLine {
  return {
    ...a,
    quantity: add(a.quantity, b.quantity),
    ...('value' in a ? { value: bothOrNull(a.value, b.value) } : {}),
    ...('costBasis' in a ? { costBasis: bothOrNull(a.costBasis, b.costBasis) } : {}),
    ...('vestedQuantity' in a ? { vestedQuantity: bothOrNull(a.vestedQuantity, b.vestedQuantity) } : {}),
  };
}

function bothOrNull(a: Decimal | null | undefined, b: Decimal | null | undefined): Decimal | null {
  return a === null || a === undefined || b === null || b === undefined ? null : add(a, b);
}

/** What the lines other than cash are worth in `currency`; null where one has no value or another currency. */
export function holdingsValue(lines: readonly BalanceLine[], currency: string | null): Decimal | null {
  const held = lines.filter((line) => !isCash(line.asset) && line.countedAsCash !== true);
  const values = held.map((line) => (line.currency === currency ? (line.value ?? null) : null));
  return currency === null || values.some((value) => value === null) ? null : sum(values.filter((value) => value !== null));
}

/** The cash in `currency`; null where there is no statement of it, or cash of another currency beside it. */
export function cashValue(lines: readonly BalanceLine[], currency: string | null): Decimal | null {
  const cash = lines.filter((line) => isCash(line.asset));
  if (currency === null || cash.length === 0 || cash.some((line) => line.currency !== currency)) return null;
  return sum(cash.map((line) => line.quantity));
}

/** Digits on each side of the point that an event keeps (`DecimalText` in @tidemark/contracts). */
const KEPT_DIGITS = 40;

/** A product as an event can keep it: exact unless it has more digits than any amount, null where it is larger than any. */
export function product(a: Decimal, b: Decimal): Decimal | null {
  const rounded = round(multiply(a, b), KEPT_DIGITS);
  return /^-?\d{1,40}(\.|$)/.test(rounded) ? rounded : null;
}

/** quantity × multiplier × price, once. */
export function worth(quantity: Decimal, price: Decimal | null, multiplier: Decimal | null): Decimal | null {
  if (price === null) return null;
  const units = multiplier === null || compare(multiplier, '1') === 0 ? quantity : multiply(quantity, multiplier);
  return product(units, price);
}
