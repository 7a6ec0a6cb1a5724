/** Cash of all the accounts that count, by currency, with what each account adds to it. Zero cash is a fact and is listed. */
import type { snapshotsRpc } from '@tidemark/contracts';
import { sum } from '@tidemark/money';
import type { AccountEntry } from './portfolio.js';
import { sumKnown } from './sum-known.js';
import type { ValuedLine } from './value-line.js';

type CashRow = snapshotsRpc.PortfolioPositions['cash'][number];

export function cashOf(entries: readonly AccountEntry[]): CashRow[] {
  const found = new Map<string, { entry: AccountEntry; line: ValuedLine }[]>();
  for (const entry of entries) {
    if (!entry.counted) continue;
    for (const line of entry.now?.lines ?? []) {
      if (line.role === 'cash' && line.currency) found.set(line.currency, [...(found.get(line.currency) ?? []), { entry, line }]);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, held]) => cashRow(currency, held));
}

function cashRow(currency: string, held: readonly { entry: AccountEntry; line: ValuedLine }[]): CashRow {
  const accounts = [...new Set(held.map(({ entry }) => entry))];
  return {
    currency,
    amount: sum(held.map(({ line }) => line.line.quantity)),
    baseValue: sumKnown(held.map(({ line }) => line.baseValue)),
    weight: null,
    accounts: accounts.map(({ account }) => ({
      accountId: account.accountId,
      provider: account.provider,
      amount: sum(held.filter(({ entry }) => entry.account === account).map(({ line }) => line.line.quantity)),
    })),
  };
}
