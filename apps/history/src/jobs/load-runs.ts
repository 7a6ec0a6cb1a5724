/** Reads what a batch of runs needs: accounts, snapshots and transactions, in one statement each, however many accounts there are. */
import { createHash } from 'node:crypto';
import type { BalanceLine } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import type { Clock } from '@tidemark/kernel';
import { calendarDayNumber, dayNumber, lastClosedDay, marketDayNumber, marketOf, XNYS } from '@tidemark/market';
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
  /** Nothing that has closed depends on what caused it. */
  readonly unneeded: boolean;
  readonly restsOn: string;
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

/** What is known of a run before its lines and transactions are read. */
interface Sketch {
  readonly job: Job;
  readonly account: HistoryAccount | undefined;
  readonly market: Market;
  readonly lastClosed: DayNumber;
  readonly firstSyncAt: string | null;
  readonly captured: readonly DatedHead[];
  readonly restsOn: string;
}

export async function loadRuns(client: SqlClient, jobs: readonly Job[], clock: Clock): Promise<LoadedRun[]> {
  const ids = jobs.map((job) => job.accountId);
  const [accounts, heads] = await Promise.all([accountsById(client, ids), snapshotHeads(client, ids)]);
  const byAccount = Map.groupBy(heads, (head) => head.accountId);
  const sketches = jobs.map((job) => sketchOf(job, accounts.get(job.accountId), byAccount.get(job.accountId) ?? [], clock));
  const needed = sketches.filter((sketch) => !isUnneeded(sketch));
  const [transactions, snapshots] = await Promise.all([
    transactionsOf(client, needed.map(({ job }) => job.accountId)),
    snapshotsById(client, needed.flatMap(({ captured }) => captured.map((head) => head.snapshotId))),
  ]);
  return sketches.map((sketch) => {
    if (isUnneeded(sketch)) return { job: sketch.job, unneeded: true, restsOn: sketch.restsOn, input: null, assets: new Map(), currencies: new Set() };
    const captured = sketch.captured.flatMap(({ snapshotId, capturedAt, day }) => {
      const stored = snapshots.get(snapshotId);
      return stored ? [{ snapshotId, capturedAt, day, calendarDay: calendarDayNumber(Date.parse(capturedAt), sketch.market), currency: stored.currency, lines: stored.lines }] : [];
    });
    return loadedRun(sketch, captured, resolveTransactions(transactions.get(sketch.job.accountId) ?? []));
  });
}

function sketchOf(job: Job, account: HistoryAccount | undefined, heads: readonly SnapshotHead[], clock: Clock): Sketch {
  const market = marketOfAccount(account);
  const lastClosed = dayNumber(lastClosedDay(instant(clock.now()), market));
  const captured = anchorsOf(heads, market);
  const firstSyncAt = heads.find((head) => head.syncId !== null)?.capturedAt ?? null;
  return { job, account, market, lastClosed, firstSyncAt, captured, restsOn: restsOn(captured, lastClosed) };
}

/**
 * The snapshots that the closed days rest on: those of closed days, and, where the last closed day has none of its own, what followed.
 * Another snapshot of the open day changes nothing that has closed.
 */
function restsOn(captured: readonly DatedHead[], lastClosed: DayNumber): string {
  const closed = captured.filter((head) => head.day <= lastClosed);
  const rests = closed.at(-1)?.day === lastClosed ? closed : captured;
  return createHash('sha256').update(rests.map((head) => `${head.snapshotId} ${head.day}`).join('\n')).digest('hex').slice(0, 32);
}

function isUnneeded({ job, restsOn: now }: Sketch): boolean {
  return job.cause === 'snapshot' && job.revision > 0 && job.restsOn === now;
}

function loadedRun(sketch: Sketch, captured: readonly CapturedSnapshot[], transactions: ReconstructionInput['transactions']): LoadedRun {
  const { job, account, market, lastClosed, firstSyncAt } = sketch;
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
  const found = { job, unneeded: false, restsOn: sketch.restsOn, assets, currencies };
  if (!first) return { ...found, input: null };
  const range = runRange({ firstSnapshotDay: first.day, firstSyncAt, tellsTransactions: account?.transactions ?? true, lastClosed });
  const input = { accountId: job.accountId, currency: account?.currency ?? first.currency, ...range, snapshots: captured, transactions, marketDayOf: (at: string) => marketDayNumber(Date.parse(at), market) };
  return { ...found, input: range.to < range.from ? null : input };
}

/**
 * Of each market day the last one, the day's captured state; and the very first of all, from which the past is undone: what a later one of
 * that day shows otherwise happened since, whether or not its transactions have been told yet, and must not change the years before.
 */
function anchorsOf(heads: readonly SnapshotHead[], market: Market): DatedHead[] {
  const dated = heads.map((head) => ({ ...head, day: marketDayNumber(Date.parse(head.capturedAt), market) }));
  return dated.filter(({ day }, at) => at === 0 || day !== dated[at + 1]?.day);
}

export function marketOfAccount(account: Pick<HistoryAccount, 'timeZone'> | undefined): Market {
  return account?.timeZone == null ? XNYS : marketOf(account.timeZone);
}
