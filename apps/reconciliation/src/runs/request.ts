/**
 * Asks for a run, or joins the one that is open on the same scope. The unique partial index decides, so that two replicas that are asked
 * at once agree: whoever loses waits for the winner's commit and finds its run. The run, its tasks, the entry of the audit trail and the
 * event are one transaction.
 */
import { problem } from '@tidemark/contracts';
import type { LogPosition, Problem, RUN_REASONS, Tolerance } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, NAMESPACE, ok, refuse, uuidV5 } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { appendAudit } from '../audit/append-audit.js';
import { resolveTolerance } from '../comparison/tolerance.js';
import { openOf } from '../accounts/known.js';
import type { ReconciliationDeps } from '../deps.js';
import { endAll } from '../discrepancy/discrepancy.decide.js';
import { accountsOfUser, goneAt } from '../projections/accounts/query.js';
import type { KnownAccount } from '../projections/accounts/query.js';
import { completeIfDone } from './complete-run.js';
import { saveAndTell } from './save-and-tell.js';
import type { AccountOutcome } from './save-outcomes.js';
import { appended, eventId, runStream } from './run-events.js';

export type RunReason = (typeof RUN_REASONS)[number];

export interface RunRequest {
  readonly userId: string;
  readonly reason: RunReason;
  /** Null: all accounts. */
  readonly accountIds: readonly string[] | null;
  /** What this run has otherwise than configured. */
  readonly tolerance?: Tolerance | undefined;
}

export interface RequestedRun {
  readonly runId: string;
  readonly joined: boolean;
  readonly positions: readonly LogPosition[];
}

const TRIES = 5;
const MINUTE_MS = 60_000;

export async function requestRun(deps: ReconciliationDeps, request: RunRequest): Promise<Result<RequestedRun, Problem>> {
  const done = await deps.log.transaction((tx) => requested(deps, request, tx));
  // Its id is new: nothing can have been written under it.
  if (!done.ok) throw new Error(`a reconciliation could not be written: ${done.error.kind}`);
  const { value, positions } = done.value;
  if (!value.ok) return value;
  if (!value.value.joined) deps.wake();
  return ok({ ...value.value, positions });
}

async function requested(deps: ReconciliationDeps, request: RunRequest, tx: LogTransaction): Promise<Result<{ runId: string; joined: boolean }, Problem>> {
  const { userId, accountIds } = request;
  const all = await accountsOfUser(tx, userId);
  const known = new Map(all.map((one) => [one.account.accountId, one]));
  const strangers = (accountIds ?? []).flatMap((id, index) => (known.has(id) ? [] : [{ field: `accountIds/${index}`, message: `there is no account ${id}; ids of accounts of yours are accepted` }]));
  if (strangers.length > 0) return refuse(problem('not_found', strangers.length === 1 ? `There is no account ${accountIds?.find((id) => !known.has(id)) ?? ''}.` : `${strangers.length} of the accounts do not exist.`, { errors: strangers }));
  const scope = scopeOf(accountIds);
  const tolerance = resolveTolerance(deps.tolerance, request.tolerance);
  const now = instant(deps.clock.now());
  const wait = request.reason === 'requested' ? await waitOf(deps, tx, request.userId, scope) : null;
  if (wait !== null) return refuse(problem('rate_limited', `You asked for ${deps.settings.perMinute} reconciliations within a minute, which is the most: try again in ${wait} s.`, { extra: { retryAfter: wait } }));
  for (let tried = 0; tried < TRIES; tried += 1) {
    const runId = deps.newId();
    const { rowCount } = await tx.query(
      `INSERT INTO reconciliation_run (run_id, user_id, reason, scope, account_ids, tolerance, requested_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, scope) WHERE status IN ('queued', 'running') DO NOTHING`,
      [runId, userId, request.reason, scope, accountIds, JSON.stringify(tolerance), now],
    );
    if (rowCount > 0) {
      await begin(deps, tx, { ...request, runId, tolerance, now }, (accountIds ?? [...known.keys()]).flatMap((id) => known.get(id) ?? []));
      return ok({ runId, joined: false });
    }
    const { rows } = await tx.query<{ id: string }>(`SELECT run_id AS id FROM reconciliation_run WHERE user_id = $1 AND scope = $2 AND status IN ('queued', 'running')`, [userId, scope]);
    if (rows[0]) return ok({ runId: rows[0].id, joined: true });
  }
  throw new Error('a reconciliation of this scope is open and cannot be found');
}

/** Seconds until the user may ask for another run; null where now, and where there is one to join. */
async function waitOf({ clock, settings }: ReconciliationDeps, tx: LogTransaction, userId: string, scope: string): Promise<number | null> {
  const { rows } = await tx.query<{ at: string; open: boolean }>(
    `SELECT requested_at AS at, scope = $3 AND status IN ('queued', 'running') AS open FROM reconciliation_run WHERE user_id = $1 AND reason = 'requested' AND requested_at > $2 ORDER BY requested_at DESC LIMIT $4`,
    [userId, instant(clock.now() - MINUTE_MS), scope, settings.perMinute],
  );
  const oldest = rows.at(-1);
  if (!oldest || rows.length < settings.perMinute || rows.some(({ open }) => open)) return null;
  return Math.max(1, Math.ceil((Date.parse(oldest.at) + MINUTE_MS - clock.now()) / 1_000));
}

/** The same accounts in whatever order are one scope. Hashed, since 500 ids are no key of an index. */
function scopeOf(accountIds: readonly string[] | null): string {
  return accountIds === null ? 'all' : uuidV5(NAMESPACE.reaction, `reconciliation/scope/${[...accountIds].sort().join(',')}`);
}

interface NewRun extends RunRequest {
  readonly runId: string;
  readonly tolerance: Tolerance;
  readonly now: string;
}

async function begin(deps: ReconciliationDeps, tx: LogTransaction, run: NewRun, asked: readonly KnownAccount[]): Promise<void> {
  const { runId, userId, reason, now, tolerance } = run;
  const accountIds = run.accountIds === null ? null : [...run.accountIds];
  const there = asked.filter((one) => goneAt(one, now) === null);
  await writeTasks(tx, run, there);
  const [audit] = await appendAudit(tx, deps.auditKey, userId, [{ at: now, kind: 'run_requested', subject: runId, data: { reason, accountIds, tolerance } }]);
  const data = { userId, runId, reason, accountIds, tolerance, audit };
  tx.append(appended(userId, runStream(runId), { id: eventId(`${runId}/requested`), type: 'ReconciliationRequested', time: now, data, correlationId: runId }));
  await writeGone(deps, tx, run, asked.filter((one) => goneAt(one, now) !== null));
  await completeIfDone(deps, tx, runId);
}

/** A manual account is a connection of its own, of which no provider is asked: so is each that has none. */
async function writeTasks(tx: LogTransaction, { runId, userId, reason }: NewRun, accounts: readonly KnownAccount[]): Promise<void> {
  const tasks = [...Map.groupBy(accounts, ({ account }) => account.connectionId ?? account.accountId)];
  if (tasks.length === 0) return;
  await tx.query(
    `INSERT INTO run_task (task_id, run_id, user_id, provider, connection_id, account_ids, scheduled)
     SELECT t.task_id, $1, $2, t.provider, t.connection_id, ARRAY(SELECT json_array_elements_text(t.accounts)::uuid), $3
     FROM ROWS FROM (unnest($4::uuid[]), unnest($5::text[]), unnest($6::uuid[]), json_array_elements($7::json)) AS t(task_id, provider, connection_id, accounts)`,
    [
      runId, userId, reason === 'scheduled', tasks.map(([key]) => eventId(`${runId}/task/${key}`)), tasks.map(([, [first]]) => first?.account.provider), tasks.map(([, [first]]) => first?.account.connectionId ?? null),
      JSON.stringify(tasks.map(([, own]) => own.map(({ account }) => account.accountId))),
    ],
  );
}

/**
 * Whoever names an account that is gone is told so; of all accounts those are left out, but for what was still open of them: nothing is left
 * to compare, and it ends.
 */
async function writeGone(deps: ReconciliationDeps, tx: LogTransaction, run: NewRun, gone: readonly KnownAccount[]): Promise<void> {
  const outcomes: AccountOutcome[] = [];
  for (const one of gone) {
    const { accountId } = one.account;
    const endings = endAll(await openOf(tx, accountId));
    const reason = goneAt(one, run.now) === 'closed' ? 'The account is closed.' : 'The account is disconnected: connect its institution again to compare it.';
    if (run.accountIds !== null || endings.length > 0) outcomes.push({ accountId, result: 'skipped', reason, endings });
  }
  await saveAndTell(deps, tx, run, outcomes, run.now);
}
