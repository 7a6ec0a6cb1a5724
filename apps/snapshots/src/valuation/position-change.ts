/**
 * How a position moved since the close before: value now minus value then, in the position's currency, over units that did not change.
 * Units that changed may be a trade, a split or a transfer, and only transactions tell which: then the change is unknown.
 */
import { compare, multiply, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { AccountEntry } from './portfolio.js';
import type { ValuedAccount } from './value-account.js';
import type { ValuedLine } from './value-line.js';

/** @param entries the accounts that hold it; @param currency what the answer is in @returns null where unknown */
export function positionChange(entries: readonly AccountEntry[], asset: string, belongs: (line: ValuedLine) => boolean, currency: string | null): Decimal | null {
  const changes: Decimal[] = [];
  for (const entry of entries) {
    const now = holdingOf(entry.now, asset, belongs, currency);
    const before = holdingOf(entry.before, asset, belongs, currency);
    if (!now || !before || compare(now.units, before.units) !== 0) return null;
    changes.push(subtract(now.value, before.value));
  }
  return sum(changes);
}

function holdingOf(account: ValuedAccount | null, asset: string, belongs: (line: ValuedLine) => boolean, currency: string | null): { units: Decimal; value: Decimal } | null {
  const lines = account?.lines.filter((line) => line.line.asset === asset && belongs(line)) ?? [];
  const values = lines.map((line) => line.value).filter((value) => value !== null);
  if (currency === null || values.length < lines.length || lines.some((line) => line.currency !== currency)) return null;
  return lines.length === 0 ? null : { units: sum(lines.map((line) => multiply(line.line.quantity, line.multiplier))), value: sum(values) };
}
