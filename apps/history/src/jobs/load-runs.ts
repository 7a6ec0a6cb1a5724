/** Reads what a batch of runs needs: accounts, snapshots and transactions, in one statement each, however many accounts there are. */
import type { BalanceLine } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import type { Clock } from '@tidemark/kernel';
import { dayNumber, lastClosedDay, marketDayNumber, marketOf, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { AssetId } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { resolveTransactions } from '@tidemark/transactions';
import { accountsById } from '../projections/accounts/query.js';
import type { HistoryAccount } from '../projections/accounts/row.js';
import { snapshotHeads, snapshotsById } from '../projections/captured-snapshots/query.js';
import type { SnapshotHead } from '../projections/captured-snapshots/query.js';
import { transactionsOf } from '../projections/transactions/query.js';
import type { CapturedSnapshot, DayNumber, ReconstructionInput } from '../reconstruction/model.js';
import type { Job } from './job.js';
import { runRange } from './run-range.js';

/** What is known of an asset, for finding its symbol. Null where only a transaction names it. */
export interface AssetSeen {
  readonly asset: AssetId;
  readonly line: BalanceLine | null;
}

export interface LoadedRun {
  readonly job: Job;
  /** All but the prices; null where there is nothing to compute from. */
  readonly input: Omit<ReconstructionInput, 'closesOf'> | null;
  /** Everything the account held or traded, cash included. */
  readonly assets: ReadonlyMap<AssetId, AssetSeen>;
  /** Currencies that anything of it is in. */
  readonly currencies: ReadonlySet<string>;
}

interface DatedHead extends SnapshotHead {
  readonly day: DayNumber;
}

export async function loadRuns(client: SqlClient, jobs: readonly Job[], clock: Clock): Promise<LoadedRun[]> {
  const ids = jobs.map((job) => job.accountId);
  const [accounts, heads, transactions] = await Promise.all([accountsById(client, ids), snapshotHeads(client, ids), transactionsOf(client, ids)]);
  const byAccount = Map.groupBy(heads, (head) => head.accountId);
  const dated = new Map(ids.map((id) => [id, newestOfEachDay(byAccount.get(id) ?? [], marketOfAccount(accounts.get(id)))]));
  const snapshots = await snapshotsById(client, [...dated.values()].flatMap((one) => one.map((head) => head.snapshotId)));
  return jobs.map((job) => {
    const captured = (dated.get(job.accountId) ?? []).flatMap(({ snapshotId, capturedAt, day }) => {
      const stored = snapshots.get(snapshotId);
      return stored ? [{ snapshotId, capturedAt, day, currency: stored.currency, lines: stored.lines }] : [];
    });
    const account = accounts.get(job.accountId);
    const market = marketOfAccount(account);
    const firstSync = byAccount.get(job.accountId)?.find((head) => head.syncId !== null);
    const lastClosed = dayNumber(lastClosedDay(instant(clock.now()), market));
    return loadedRun({ job, account, captured, firstSyncAt: firstSync?.capturedAt ?? null, lastClosed, transactions: resolveTransactions(transactions.get(job.accountId) ?? []) });
  });
}

function loadedRun(given: { job: Job; account: HistoryAccount | undefined; captured: CapturedSnapshot[]; firstSyncAt: string | null; lastClosed: DayNumber; transactions: ReconstructionInput['transactions'] }): LoadedRun {
  const { job, account, captured, firstSyncAt, lastClosed, transactions } = given;
  const first = captured[0];
  const assets = new Map<AssetId, AssetSeen>();
  const currencies = new Set<string>();
  for (const { asset, currency } of transactions) {
    if (asset !== null) assets.set(asset, { asset, line: null });
    if (currency !== null) currencies.add(currency);
  }
  for (const snapshot of captured) {
    currencies.add(snapshot.currency);
    for (const line of snapshot.lines) {
      assets.set(line.asset, { asset: line.asset, line });
      if (line.currency != null) currencies.add(line.currency);
    }
  }
  for (const asset of assets.keys()) if (asset.startsWith('currency:')) currencies.add(asset.slice('currency:'.length));
  if (!first) return { job, input: null, assets, currencies };
  const range = runRange({ firstSnapshotDay: first.day, firstSyncAt, tellsTransactions: account?.transactions ?? true, lastClosed });
  const input = { accountId: job.accountId, currency: account?.currency ?? first.currency, ...range, snapshots: captured, transactions };
  return { job, input: range.to < range.from ? null : input, assets, currencies };
}

/** Of each market day the last one: the day's captured state. */
function newestOfEachDay(heads: readonly SnapshotHead[], market: Market): DatedHead[] {
  const newest = new Map<DayNumber, DatedHead>();
  for (const head of heads) {
    const day = marketDayNumber(Date.parse(head.capturedAt), market);
    newest.delete(day);
    newest.set(day, { ...head, day });
  }
  return [...newest.values()];
}

export function marketOfAccount(account: Pick<HistoryAccount, 'timeZone'> | undefined): Market {
  return account?.timeZone == null ? XNYS : marketOf(account.timeZone);
}
