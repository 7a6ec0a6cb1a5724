/**
 * How a position moved since the close before: value now minus value then, in the position's currency, over units that did not change.
 * Units that changed may be a trade, a split or a transfer, and only transactions tell which: then the change is unknown.
 */
import { compare, multiply, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { sumOfAll } from './sum-known.js';
import type { ValuedLine } from './value-line.js';

/** An account's lines of one asset and side, now and at the close before. */
export interface HeldThen {
  readonly lines: readonly ValuedLine[];
  readonly before: readonly ValuedLine[];
}

/** @param currency what the answer is in @returns null where unknown */
export function positionChange(rows: readonly HeldThen[], currency: string | null): Decimal | null {
  return sumOfAll(rows.map(({ lines, before }) => (sameUnits(lines, before) && [...lines, ...before].every((line) => line.currency === currency) ? moved(lines, before) : null)));
}

function moved(lines: readonly ValuedLine[], before: readonly ValuedLine[]): Decimal | null {
  const now = sumOfAll(lines.map((line) => line.value));
  const then = sumOfAll(before.map((line) => line.value));
  return now === null || then === null ? null : subtract(now, then);
}

function sameUnits(lines: readonly ValuedLine[], before: readonly ValuedLine[]): boolean {
  const [now, then] = [lines[0], before[0]];
  if (!now || !then) return false;
  if (lines.length === 1 && before.length === 1 && now.line.quantity === then.line.quantity && now.multiplier === then.multiplier) return true;
  return compare(units(lines), units(before)) === 0;
}

function units(lines: readonly ValuedLine[]): Decimal {
  return sum(lines.map((line) => multiply(line.line.quantity, line.multiplier)));
}
