/**
 * Compares the accounts of a task with what was fetched and writes everything that comes of it in one transaction: reports, discrepancies,
 * entries of the audit trail, events, the task's end, and with the last task the run's. Either all of it is there or none, and only the
 * worker that holds the task can do it. Accounts are locked in one order, so that runs that share them take turns.
 */
import { accountName, duplicateOf } from '@tidemark/contracts';
import type { ProviderFailure, Tolerance } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant } from '@tidemark/kernel';
import { actualOf } from '../accounts/actual.js';
import { basesOf } from '../accounts/basis.js';
import type { AccountBasis } from '../accounts/basis.js';
import { compareAccount } from '../accounts/compare-account.js';
import { movesOf } from '../accounts/moves.js';
import { otherAccounts } from '../accounts/other-accounts.js';
import type { ReconciliationDeps } from '../deps.js';
import type { OwnAccount } from '../explanation/explanation-input.js';
import type { Fetched } from '../fetch/fetch-connection.js';
import { lockAccounts } from '../projections/accounts/query.js';
import type { KnownAccount } from '../projections/accounts/query.js';
import { transactionsSince } from '../projections/transactions/query.js';
import { completeIfDone } from './complete-run.js';
import { endTask, lockTask } from './queue.js';
import { saveAndTell } from './save-and-tell.js';
import type { AccountOutcome } from './save-outcomes.js';
import type { Task } from './task.js';

const NEW_YORK = 'America/New_York';

export async function commitTask(deps: ReconciliationDeps, worker: string, task: Task, fetched: Fetched): Promise<void> {
  const done = await deps.log.transaction(async (tx) => {
    await lockTask(tx, worker, task);
    const accounts = await lockAccounts(tx, task.userId, task.accountIds);
    const outcomes = await outcomesOf(deps, tx, task, fetched, accounts);
    await saveAndTell(deps, tx, task, outcomes, instant(deps.clock.now()));
    await endTask(tx, task, failureOf(task, fetched, outcomes));
    return { outcomes, ended: await completeIfDone(deps, tx, task.runId) };
  });
  // Only a whole earlier commit of this very task can have left its events, and that ended the task.
  if (!done.ok) throw new Error(`task ${task.taskId} could not be written: ${done.error.kind}`);
  const { outcomes, ended } = done.value.value;
  for (const [result, all] of Map.groupBy(outcomes, ({ result: became }) => became)) deps.metrics.compared(result, all.length);
  deps.logger.info({ runId: task.runId, connectionId: task.connectionId, userId: task.userId, accounts: outcomes.length, results: [...new Set(outcomes.map(({ result }) => result))], ended }, 'accounts were compared');
}

async function outcomesOf(deps: ReconciliationDeps, tx: LogTransaction, task: Task, fetched: Fetched, accounts: ReadonlyMap<string, KnownAccount>): Promise<AccountOutcome[]> {
  const there = task.accountIds.flatMap((id) => accounts.get(id) ?? []).sort((a, b) => (a.account.accountId < b.account.accountId ? -1 : 1));
  const ids = there.map(({ account }) => account.accountId);
  if (fetched.kind === 'failed') return ids.map((accountId) => ({ accountId, result: 'failed', reason: fetched.failure.detail }));
  if (fetched.kind === 'disconnected') return ids.map((accountId) => ({ accountId, result: 'skipped', reason: 'The account is disconnected: connect its institution again to compare it.' }));
  const bases = await basesOf(tx, ids);
  const { rows: [run] } = await tx.query<{ tolerance: Tolerance }>('SELECT tolerance FROM reconciliation_run WHERE run_id = $1', [task.runId]);
  const tolerance = run?.tolerance ?? deps.tolerance;
  const since = [...bases.values()].map(({ at }) => at).sort()[0] ?? instant(deps.clock.now());
  let everyone: Promise<readonly OwnAccount[]> | null = null;
  const others = () => (everyone ??= otherAccounts(tx, { userId: task.userId, runId: task.runId, since, overlapDays: deps.settings.overlapDays }));
  const outcomes: AccountOutcome[] = [];
  for (const account of there) outcomes.push(await outcomeOf({ deps, tx, fetched, tolerance, others }, account, bases.get(account.account.accountId)));
  return outcomes;
}

interface Context {
  readonly deps: ReconciliationDeps;
  readonly tx: LogTransaction;
  readonly fetched: Extract<Fetched, { kind: 'fetched' | 'unasked' }>;
  readonly tolerance: Tolerance;
  /** Every account of the user, read once. */
  readonly others: () => Promise<readonly OwnAccount[]>;
}

async function outcomeOf({ deps, tx, fetched, tolerance, others }: Context, known: KnownAccount, basis: AccountBasis | undefined): Promise<AccountOutcome> {
  const { account, providerAccountId } = known;
  const { accountId } = account;
  if (!basis) return { accountId, result: 'skipped', reason: 'No snapshot of it has been captured yet and no book was imported: there is nothing to compare with.' };
  const actual = await actualOf(tx, accountId, providerAccountId, basis, fetched);
  if (actual.kind !== 'actual') return { accountId, result: actual.kind, reason: actual.reason };
  const moves = fetched.kind === 'fetched' ? (fetched.value.moves.get(providerAccountId ?? '') ?? null) : null;
  const stored = await transactionsSince(tx, accountId, earlier(moves?.from ?? '9', basis.at.slice(0, 10)), basis.at);
  const comparison = await compareAccount(tx, {
    accountId, tolerance, basis, standing: deps.tolerance,
    timeZone: known.timeZone ?? NEW_YORK,
    duplicateOf: duplicateOf(account),
    actual: actual.state,
    moves: movesOf({ accountId, provider: account.provider, stored, fetched: moves, fetchedAt: instant(deps.clock.now()) }),
    others: async () => (await others()).filter((one) => one.accountId !== accountId),
  });
  return { accountId, result: comparison.result, reason: comparison.result === 'stale' ? staleReason(accountName(account), actual.state.providerAsOf) : null, comparison };
}

const earlier = (a: string, b: string): string => (a < b ? a : b);

function staleReason(name: string, asOf: string | null): string {
  return `What the provider says of ${name} is of ${asOf ?? 'an unknown time'}, which is older than what is expected: differences are not held against it.`;
}

/** Also where the provider answered and some of the accounts were not in the answer. */
function failureOf(task: Task, fetched: Fetched, outcomes: readonly AccountOutcome[]): ProviderFailure | null {
  const failed = outcomes.filter(({ result }) => result === 'failed');
  if (failed.length === 0) return null;
  const { code, detail, retryable } = fetched.kind === 'failed' ? fetched.failure : { code: 'provider_malformed' as const, detail: failed[0]?.reason ?? '', retryable: false };
  return { connectionId: task.connectionId, provider: task.provider, accountIds: failed.map(({ accountId }) => accountId), code, detail: detail.slice(0, 2_000), retryable, attempts: task.attempt };
}
