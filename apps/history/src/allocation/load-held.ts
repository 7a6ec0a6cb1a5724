/** Loads what a user holds now: the newest snapshot of each account in scope that counts, the closes of its assets, the day's rates. */
import { accountName, notCounted } from '@tidemark/contracts';
import type { Account, BalanceLine, NotCounted, Problem } from '@tidemark/contracts';
import { instant, ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf, lastClosedDay } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import { isCash, written } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { HistoryReads } from '../reads/read-context.js';
import type { PreparedCloses } from '../reconstruction/model.js';
import { why } from '../returns/figure.js';
import type { Why } from '../returns/figure.js';
import { readScopeAccounts } from '../series/scope-accounts.js';
import type { ScopeAsked } from '../series/scope-accounts.js';
import type { HeldAccount, KnownClose, MarketNow } from './held-lines.js';
import { valueHeld } from './total.js';
import type { Held } from './total.js';

export interface HeldNow extends Held {
  readonly base: string;
  readonly asOf: string;
  /** Accounts of the scope that count in no total now, for whoever misses them. */
  readonly aside: readonly Why[];
}

export interface SnapshotRow {
  readonly account_id: string;
  readonly captured_at: string;
  readonly currency: string;
  readonly lines: readonly BalanceLine[];
}

export async function loadHeld(reads: HistoryReads, asked: ScopeAsked): Promise<Result<HeldNow, Problem>> {
  const scope = await readScopeAccounts(reads.database, asked);
  if (!scope.ok) return scope;
  const { base, all, inScope } = scope.value;
  const asOf = instant(reads.clock.now());
  // Of all: one of which nothing is known takes no other's place.
  const snapshots = await newestSnapshots(reads.database, all.map(({ account }) => account.accountId));
  const aside = notCounted(all.map(({ account }) => account), asOf, ({ accountId }) => snapshots.has(accountId));
  const counted = inScope.map(({ account }) => account).filter(({ accountId }) => !aside.has(accountId));
  const accounts = counted.map((account): HeldAccount => {
    const snapshot = snapshots.get(account.accountId);
    return { accountId: account.accountId, name: accountName(account), provider: account.provider, snapshot: snapshot ? { capturedAt: snapshot.captured_at, currency: snapshot.currency, lines: snapshot.lines } : null };
  });
  return ok({ ...valueHeld(accounts, await marketNow(reads, accounts, base, asOf)), base, asOf, aside: inScope.flatMap(({ account }) => asideReason(account, aside.get(account.accountId))) });
}

const WORDS = { duplicate: 'it is the same account as another', excluded: 'you took it out', closed: 'it is closed', disconnected: 'its connection was removed' } as const;

function asideReason(account: Account, reason: NotCounted | undefined): Why[] {
  return reason ? [{ ...why('no_history', `${accountName(account)} is in no total: ${WORDS[reason]}.`), accountId: account.accountId }] : [];
}

/** As the snapshots service has "latest": the greatest capturedAt, of equal ones the later in the log. */
export async function newestSnapshots(client: SqlClient, accountIds: readonly string[]): Promise<Map<string, SnapshotRow>> {
  const { rows } = await client.query<SnapshotRow>(
    `SELECT s.* FROM unnest($1::uuid[]) AS a(account_id) CROSS JOIN LATERAL (
       SELECT account_id, captured_at, currency, lines FROM captured_snapshot WHERE account_id = a.account_id ORDER BY captured_at DESC, epoch DESC, position DESC LIMIT 1) s`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, row]));
}

export async function marketNow({ prices }: HistoryReads, accounts: readonly HeldAccount[], base: string, asOf: string): Promise<MarketNow> {
  const day = dayNumber(lastClosedDay(asOf));
  const lines = accounts.flatMap(({ snapshot }) => (snapshot ? snapshot.lines.map((line) => ({ line, currency: snapshot.currency })) : []));
  const currencies = new Set([base, ...lines.flatMap(({ line, currency }) => (isCash(line.asset) ? line.asset.slice('currency:'.length) : (line.currency ?? currency)))]);
  const assets = [...new Set(lines.map(({ line }) => line.asset))].filter((asset) => !isCash(asset));
  const symbols = await prices.symbolsFor(assets);
  const closes = await prices.closes([...new Set([...symbols.values()].filter((symbol) => symbol !== null))], day, day);
  for (const { currency } of closes.values()) currencies.add(currency);
  const rates = await prices.ratesFor([...currencies], day, day);
  return {
    at: asOf,
    base,
    close: (asset: AssetId) => closeOn(closes.get(symbols.get(asset) ?? ''), day),
    rate: (currency) => rates.rate(currency, base, day),
  };
}

function closeOn(series: PreparedCloses | undefined, day: DayNumber): KnownClose | null {
  const digits = series?.newest[day - series.firstDay];
  if (!series || digits == null) return null;
  return { day: dayOf(day - (series.age[day - series.firstDay] ?? 0)), close: written({ digits, scale: series.scale }), currency: series.currency };
}
