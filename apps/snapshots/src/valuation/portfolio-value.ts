/**
 * The answer to "what is it all worth". `value` is the sum of what is known; where that is not everything, `complete` is false, the
 * reasons name what is missing, and `quality` is lowered. Where nothing at all is known it is null. Accounts that do not count are
 * listed with the reason, with percent null, and are in no total.
 */
import type { snapshotsRpc } from '@tidemark/contracts';
import { percentages } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { accountName } from '@tidemark/contracts';
import { dayChange } from './day-change.js';
import { valuePortfolio } from './portfolio.js';
import type { AccountEntry, Holdings, Scope } from './portfolio.js';
import { qualityOf, reasonsOf } from './quality.js';
import { sumKnown } from './sum-known.js';

export function portfolioValue(holdings: Holdings, scope: Scope): snapshotsRpc.PortfolioValue {
  const entries = valuePortfolio(holdings, scope);
  const totals = totalsOf(entries);
  const day = dayChange(entries, holdings.previousClose);
  const options = { at: holdings.at, gains: false };
  const percents = shares(entries.map((entry) => (entry.counted ? (entry.now?.baseValue ?? null) : null)));
  return {
    value: totals.value,
    currency: holdings.base,
    cash: totals.cash,
    dayChange: day.change,
    dayChangePercent: day.percent,
    asOf: holdings.at,
    complete: totals.complete,
    quality: qualityOf(entries, options),
    unpriced: entries.filter((entry) => entry.counted).flatMap(unpricedOf),
    parked: entries.filter((entry) => entry.parked).map((entry) => entry.account.accountId),
    reasons: [...reasonsOf(entries, options), ...day.reasons],
    accounts: entries.map((entry, index) => valueAccountRow(entry, percents[index] ?? null)),
  };
}

export interface Totals {
  readonly value: Decimal | null;
  readonly cash: Decimal | null;
  readonly complete: boolean;
}

/** The one place where a portfolio's value is summed. */
export function totalsOf(entries: readonly AccountEntry[]): Totals {
  const counted = entries.filter((entry) => entry.counted);
  return {
    value: sumKnown(counted.map((entry) => entry.now?.baseValue ?? null)),
    cash: sumKnown(counted.map((entry) => entry.now?.baseCash ?? null)),
    complete: counted.every((entry) => entry.now?.complete ?? false),
  };
}

/** Shares of 100 % of the parts that are known, which sum to exactly 100; null for the others, and for all where the sum is not positive. */
export function shares(parts: readonly (Decimal | null)[]): (Decimal | null)[] {
  const known = percentages(parts.filter((part) => part !== null));
  let next = 0;
  return parts.map((part) => (part === null ? null : (known[next++] ?? null)));
}

function valueAccountRow(entry: AccountEntry, percent: Decimal | null): snapshotsRpc.ValueAccount {
  const { account, now } = entry;
  return {
    accountId: account.accountId,
    name: accountName(account),
    institution: account.institutionName,
    provider: account.provider,
    currency: now?.snapshot.currency ?? account.currency,
    value: now?.value ?? null,
    baseValue: now?.baseValue ?? null,
    percent,
    counted: entry.counted,
    reason: entry.why ?? (now ? (now.lines.find((line) => line.role !== 'shown' && line.missing)?.missing ?? null) : 'no_snapshot'),
    asOf: now?.snapshot.capturedAt ?? null,
  };
}

function unpricedOf({ account, now }: AccountEntry): { accountId: string; asset: string }[] {
  const lines = now?.lines.filter((line) => line.role !== 'shown' && line.missing === 'price_missing') ?? [];
  return lines.map((line) => ({ accountId: account.accountId, asset: line.line.asset }));
}
