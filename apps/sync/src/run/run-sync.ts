/** One attempt at one sync, from the claimed job to its end. Never throws but for lost locks and faults of our own database. */
import { BrokenInvariant, instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isTransient } from '@tidemark/postgres';
import { findConnection } from '../connection/query.js';
import type { SyncDeps } from '../deps.js';
import type { Job } from '../job/job.js';
import { LockLost } from '../job/job.js';
import { ProvidersNotReady } from '../provider-directory.js';
import { saveSteps } from '../job/job-queue.js';
import { commitSync } from './commit-sync.js';
import type { Counts } from './commit-sync.js';
import { eventId, syncStream } from './context.js';
import type { Attempt, Linked } from './context.js';
import { stopSync } from './fail-sync.js';
import { failure } from './failure.js';
import type { Stop } from './failure.js';
import { fetchAccounts, fetchTransactions, observeAccounts } from './fetch-steps.js';
import { askForRefresh } from './refresh-step.js';
import { Steps } from './steps.js';

export async function runSync(deps: SyncDeps, job: Job, worker: string): Promise<void> {
  const began = deps.clock.now();
  const steps = new Steps(deps.clock, (taken) => saveSteps(deps.database, job, worker, taken, instant(began)));
  const attempt: Attempt = { deps, job, worker, steps, began, notes: [] };
  const result = await guarded(attempt, () => take(attempt));
  const became = result.ok ? 'completed' : await stopSync(attempt, result.error);
  const durationMs = Math.max(0, deps.clock.now() - began);
  deps.metrics.synced(job.provider, job.reason, became, durationMs);
  const about = { syncId: job.syncId, connectionId: job.connectionId, userId: job.userId, provider: job.provider, reason: job.reason, attempt: job.attempt, durationMs };
  if (result.ok) deps.logger.info({ ...about, ...result.value, notes: attempt.notes.length }, 'sync completed');
  else deps.logger[became === 'put_back' ? 'debug' : 'warn']({ ...about, outcome: became, ...('code' in result.error ? { code: result.error.code } : {}), detail: result.error.detail }, 'sync not completed');
}

/** A fault of ours is no reason to blame the provider, but must not stop the queue either. */
async function guarded(attempt: Attempt, work: () => Promise<Result<Counts, Stop>>): Promise<Result<Counts, Stop>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockLost || isTransient(error)) throw error;
    if (error instanceof ProvidersNotReady) return refuse({ kind: 'not_yet', waitMs: 1_000, detail: error.message });
    attempt.deps.logger.error({ err: error, syncId: attempt.job.syncId, connectionId: attempt.job.connectionId }, 'a sync failed unexpectedly');
    const malformed = error instanceof BrokenInvariant;
    return refuse(failure(malformed ? 'provider_malformed' : 'provider_error', 'retry', malformed ? `what the provider sent cannot be recorded: ${error.message}` : 'something went wrong on our side; it is being tried again'));
  }
}

async function take(attempt: Attempt): Promise<Result<Counts, Stop>> {
  const { steps, job } = attempt;
  // Each attempt beyond the last ended without a word: it takes its worker down with it.
  if (job.attempt > attempt.deps.settings.backoff.attempts) return refuse(failure('provider_error', 'retry', 'the sync was interrupted too often; it is given up until its next turn'));
  const linked = await resolve(attempt);
  if (!linked.ok) return linked;
  await announce(attempt);
  if (job.refreshState === 'reserved' || job.refreshState === 'asked') {
    const asked = await steps.run('refresh', () => askForRefresh(attempt, linked.value), (told) => told);
    if (!asked.ok) return asked;
  }
  const fetched = await steps.run('accounts', () => fetchAccounts(attempt, linked.value), ({ accounts }) => `${accounts.length} account(s)`);
  if (!fetched.ok) return fetched;
  const observed = await steps.run('register', () => observeAccounts(attempt, fetched.value));
  if (!observed.ok) return observed;
  const common = { linked: linked.value, fetched: fetched.value, accountIds: observed.value };
  if (observed.value.size === 0) {
    steps.skip('transactions', 'there is no account');
    return commitSync(attempt, { ...common, transactions: null });
  }
  const transactions = await steps.run('transactions', () => fetchTransactions(attempt, linked.value, observed.value.values()), ({ fetched: { pages }, from, to }) => `${pages.reduce((sum, page) => sum + page.transactions.length, 0)} from ${from} to ${to}`);
  return transactions.ok ? commitSync(attempt, { ...common, transactions: transactions.value }) : transactions;
}

/** Whom to read and with what: by the connection's stored provider, never a guess. */
async function resolve({ deps, job }: Attempt): Promise<Result<Linked, Stop>> {
  const connection = await findConnection(deps.database, job.connectionId, job.userId);
  if (!connection || connection.status === 'pending') return refuse({ kind: 'not_yet', waitMs: 500, detail: 'the connection is not known here yet' });
  if (connection.status === 'disconnected') return refuse({ kind: 'dropped', detail: 'the connection was removed' });
  const { credentialRef, providerConnectionId } = connection;
  if (!credentialRef || !providerConnectionId) return refuse({ kind: 'not_yet', waitMs: 500, detail: 'the link of the connection is not known here yet' });
  const provider = await deps.providers.get(connection.provider);
  if (!provider) return refuse(failure('provider_error', 'retry', `the provider ${connection.provider} is not switched on in this installation`));
  const credential = await deps.credentials.get(credentialRef);
  if (!credential) return refuse(failure('provider_auth', 'relink', 'the credential of this connection is not there any more: link the institution again'));
  return ok({ connection, port: provider.port, credential, providerConnectionId });
}

/** Once a sync, however many attempts it takes: the log refuses the copy. */
async function announce({ deps, job, began }: Attempt): Promise<void> {
  const { userId, connectionId, syncId, provider, reason } = job;
  await deps.log.append({ userId, stream: syncStream(connectionId), expectedVersion: 'any', events: [{ id: eventId(syncId, 'started'), type: 'SyncStarted', time: instant(began), data: { userId, connectionId, syncId, provider, reason }, correlationId: syncId }] });
}
