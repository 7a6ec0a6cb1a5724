/**
 * Writes everything a sync took in one transaction: snapshots, transactions, what is known of them, the job's end, the connection's
 * next turn. Either all of it is there or none, and only the worker that holds the job can do it.
 */
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { changeJob } from '../job/job-queue.js';
import { nextSlot } from '../job/schedule.js';
import { buildSnapshot } from '../snapshot/build-snapshot.js';
import type { BalanceSnapshotCaptured } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import type { TransactionPage } from '@tidemark/providers';
import { diffTransactions } from '../transactions/diff-transactions.js';
import { loadKnown, saveKnown } from '../transactions/known-transactions.js';
import { accountAppend } from './account-events.js';
import type { AccountTaken } from './account-events.js';
import { eventId, syncStream } from './context.js';
import type { Attempt, Linked } from './context.js';
import { failure } from './failure.js';
import type { Stop } from './failure.js';
import type { FetchedAccounts, TransactionsOfRange } from './fetch-steps.js';
import { syncAgain } from './sync-again.js';

export interface Taken {
  readonly linked: Linked;
  readonly fetched: FetchedAccounts;
  readonly accountIds: ReadonlyMap<string, string>;
  /** Null where there is no account that could have any. */
  readonly transactions: TransactionsOfRange | null;
}

export interface Counts {
  readonly accounts: number;
  readonly snapshots: number;
  readonly transactions: number;
}

/** Removed while it was being read: nothing of it is written. */
class Removed extends Error {}

export async function commitSync(attempt: Attempt, taken: Taken): Promise<Result<Counts, Stop>> {
  const built = snapshotsOf(attempt, taken);
  if (!built.ok) return built;
  try {
    const done = await attempt.deps.log.transaction((tx) => write(attempt, taken, built.value, tx));
    if (done.ok) return ok(done.value.value);
    // Only a whole earlier commit of this very sync can have left these ids, and that ended the job.
    throw new Error(`sync ${attempt.job.syncId} could not be written: ${done.error.kind}`);
  } catch (error) {
    if (error instanceof Removed) return refuse({ kind: 'dropped', detail: 'the connection was removed while it was being read' });
    throw error;
  }
}

/** A whole account or a note; the sync fails only where accounts were there and none could be taken. */
function snapshotsOf({ job, notes }: Attempt, { fetched, accountIds }: Taken): Result<Map<string, BalanceSnapshotCaptured>, Stop> {
  const snapshots = new Map<string, BalanceSnapshotCaptured>();
  const refused: string[] = [];
  for (const account of fetched.accounts) {
    const accountId = accountIds.get(account.account.providerAccountId);
    if (!accountId) continue;
    const { userId, connectionId, provider, syncId, reason } = job;
    const built = buildSnapshot(account, { userId, connectionId, provider, syncId, reason, accountId, capturedAt: fetched.capturedAt });
    if (built.ok) snapshots.set(accountId, built.value);
    else refused.push(built.error.detail.slice(0, 500));
  }
  if (refused.length > 0 && snapshots.size === 0) return refuse(failure('provider_malformed', 'retry', refused.join('; ')));
  notes.push(...refused);
  return ok(snapshots);
}

async function write(attempt: Attempt, taken: Taken, snapshots: ReadonlyMap<string, BalanceSnapshotCaptured>, tx: LogTransaction): Promise<Counts> {
  const { deps, job, worker, steps, notes } = attempt;
  const { capturedAt } = taken.fetched;
  const now = deps.clock.now();
  // Taken before anything is written; a removal waits for this transaction or is seen here.
  const { rows } = await tx.query<{ status: string }>('SELECT status FROM linked_connection WHERE connection_id = $1 FOR SHARE', [job.connectionId]);
  if (rows[0]?.status === 'disconnected') throw new Removed();
  const accounts = await accountsOf(job.userId, taken, snapshots, notes, tx);
  const counts: Counts = {
    accounts: taken.accountIds.size,
    snapshots: snapshots.size,
    transactions: accounts.reduce((sum, { diff }) => sum + (diff?.recorded.length ?? 0) + (diff?.changed.length ?? 0) + (diff?.withdrawn.length ?? 0), 0),
  };
  const { again } = await changeJob(
    tx, job, worker, `status = 'completed', finished_at = $4, steps = $5, error = NULL, accounts = $6, snapshots = $7, transactions = $8, locked_by = NULL, locked_until = NULL`,
    [instant(now), JSON.stringify(steps.all), counts.accounts, counts.snapshots, counts.transactions],
  );
  await rememberSync(attempt, taken, now, tx);
  await syncAgain(tx, job, again, instant(now));
  for (const account of accounts) tx.append(accountAppend(job, account, capturedAt));
  const data = { userId: job.userId, connectionId: job.connectionId, syncId: job.syncId, provider: job.provider, ...counts, durationMs: Math.max(0, Math.round(now - attempt.began)), notes: notes.slice(0, 50) };
  tx.append({ userId: job.userId, stream: syncStream(job.connectionId), expectedVersion: 'any', events: [{ id: eventId(job.syncId, 'completed'), type: 'SyncCompleted', time: instant(now), data, correlationId: job.syncId, causationId: eventId(job.syncId, 'started') }] });
  return counts;
}

async function accountsOf(userId: string, taken: Taken, snapshots: ReadonlyMap<string, BalanceSnapshotCaptured>, notes: string[], tx: LogTransaction): Promise<AccountTaken[]> {
  const { transactions, accountIds } = taken;
  const pages = Map.groupBy(transactions?.fetched.pages ?? [], (page) => page.providerAccountId);
  const strangers = [...pages.keys()].filter((id) => id !== '' && !accountIds.has(id)).length;
  // The provider withdrew some and did not say whose: whoever knows them takes them.
  const anybodys = (pages.get('') ?? []).flatMap((page) => page.withdrawn);
  if (strangers > 0) notes.push(`transactions of ${strangers} account(s) that the provider no longer lists were left out`);
  const answers = [...accountIds].map(([providerAccountId, accountId]) => {
    const own = pages.get(providerAccountId) ?? [];
    return { accountId, transactions: own.flatMap((page) => page.transactions), withdrawn: [...own.flatMap((page) => page.withdrawn), ...anybodys], wholeRange: isWhole(own, taken) };
  });
  if (!transactions) return answers.map(({ accountId }) => ({ accountId, snapshot: snapshots.get(accountId) ?? null, diff: null }));
  const { from, to, whole } = transactions;
  const asked = answers.map((one) => ({ accountId: one.accountId, identities: [...one.transactions.map((transaction) => transaction.identity), ...one.withdrawn] }));
  const known = await loadKnown(tx, asked, from, to);
  const diffs = answers.map(({ accountId, ...said }) => ({ accountId, diff: diffTransactions(accountId, known.get(accountId) ?? [], { ...said, from: whole ? beginning(said.transactions) : from, to }) }));
  await saveKnown(tx, userId, diffs);
  return diffs.map(({ accountId, diff }) => ({ accountId, snapshot: snapshots.get(accountId) ?? null, diff }));
}

/**
 * From when on what is missing in an answer of everything has been withdrawn: from its first row on. What is older the provider keeps no
 * longer, or does not give this time; an answer without any row withdraws nothing.
 */
function beginning(transactions: readonly { readonly date: string }[]): string {
  return transactions.reduce((first, { date }) => (date < first ? date : first), '9999-12-31');
}

/** An account without a page was not spoken of: nothing of it is missing. */
function isWhole(own: readonly TransactionPage[], { transactions }: Taken): boolean {
  return own.length > 0 && own.every((page) => page.wholeRange ?? transactions?.fetched.wholeRange ?? false);
}

/** The connection works: nothing blocks its schedule, and its next turn is set. */
async function rememberSync({ deps, job, began }: Attempt, { linked, transactions, accountIds }: Taken, now: number, tx: LogTransaction): Promise<void> {
  await tx.query(
    `INSERT INTO connection_sync AS s (connection_id, user_id, good_started_at, good_finished_at, next_scheduled_at, known_through, cursor, cursor_of, known_accounts, whole_read_at)
     VALUES ($1, $2, $3, $4, $5, $6::date, $7, $8, $9::uuid[], $11)
     ON CONFLICT (connection_id) DO UPDATE SET good_started_at = excluded.good_started_at, good_finished_at = excluded.good_finished_at, next_scheduled_at = excluded.next_scheduled_at,
       blocked = NULL, known_through = coalesce(excluded.known_through, s.known_through), cursor = coalesce(excluded.cursor, s.cursor), cursor_of = coalesce(excluded.cursor_of, s.cursor_of),
       known_accounts = excluded.known_accounts, whole_wanted = s.whole_wanted AND NOT $10::boolean, whole_read_at = coalesce(excluded.whole_read_at, s.whole_read_at)`,
    [job.connectionId, job.userId, instant(began), instant(now), instant(nextSlot(job.connectionId, deps.settings.intervalMs, now)), transactions?.to ?? null, transactions?.fetched.cursor ?? null, transactions?.fetched.cursor ? linked.providerConnectionId : null, [...accountIds.values()], linked.connection.wholeWanted, transactions?.whole ? instant(began) : null],
  );
}
