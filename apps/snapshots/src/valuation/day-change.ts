/**
 * Value now minus value at the close before, over the accounts that count now: an account that left or was excluded in between is on
 * neither side, so that its leaving is no loss. What came in or went out since then (a deposit) is in the difference: flows are not
 * taken out here.
 *
 * An account's change is known only where both values are, and where the same things are unknown in both: a price that went missing
 * must not look like a loss. Where one account's change is unknown, the portfolio's is.
 */
import type { snapshotsRpc } from '@tidemark/contracts';
import { compare, divide, multiply, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { AccountEntry } from './portfolio.js';
import { sumOfAll } from './sum-known.js';
import type { ValuedAccount } from './value-account.js';

export interface DayChange {
  readonly change: Decimal | null;
  /** Of the value at the close before, 2 digits. */
  readonly percent: Decimal | null;
  readonly reasons: snapshotsRpc.Reason[];
}

export function dayChange(entries: readonly AccountEntry[], previousClose: string): DayChange {
  const counted = entries.filter((entry) => entry.counted);
  const changes = counted.map(changeOf);
  const reasons = counted
    .filter((entry, index) => entry.now && changes[index] === null)
    .map((entry) => ({ code: 'previous_value_missing' as const, accountId: entry.account.accountId, detail: `The same holdings have no known value at the close before, ${previousClose}.` }));
  const change = sumOfAll(changes);
  if (change === null) return { change, percent: null, reasons };
  const before = sum(counted.map((entry) => entry.before?.baseValue ?? '0'));
  if (compare(before, '0') > 0) return { change, percent: divide(multiply(change, '100'), before, 2), reasons };
  return { change, percent: null, reasons: [{ code: 'zero_denominator', detail: `The value at the close before, ${previousClose}, is ${before}: a percentage of it means nothing.` }] };
}

function changeOf({ now, before }: AccountEntry): Decimal | null {
  if (!now || !before || now.baseValue === null || before.baseValue === null) return null;
  return unknowns(now) === unknowns(before) ? subtract(now.baseValue, before.baseValue) : null;
}

function unknowns(account: ValuedAccount): string {
  return account.lines
    .filter((line) => line.role !== 'shown' && line.missing)
    .map((line) => line.line.asset)
    .sort()
    .join(' ');
}
