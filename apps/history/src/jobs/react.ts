/**
 * What makes a history worth computing again. What a sync brings (a snapshot and pages of transactions, of several accounts) gathers
 * until the sync says that it is through, so that an account is computed once and not once a page. Facts of the market concern the
 * accounts that rest on them. What is erased takes its reconstruction and its days with it.
 */
import type { AccountUpdated, BalanceSnapshotCaptured, EventEnvelope, LogPosition, PricesObserved, SymbolMapped, SymbolUnmapped, SyncCompleted, SyncFailed, TransactionsCorrected, TransactionsRecorded } from '@tidemark/contracts';
import { erasuresOf, markErased } from '@tidemark/projections';
import type { Erasure, Reactor } from '@tidemark/projections';
import type { RunDeps } from './deps.js';
import type { Cause } from './job.js';
import { releaseGathered, requestConcerned, requestRuns, runIdOf } from './request.js';

const CAUSES: Readonly<Record<string, Cause>> = { BalanceSnapshotCaptured: 'snapshot', TransactionsRecorded: 'transactions', TransactionsCorrected: 'correction' };

export function accountReactor(deps: RunDeps): Reactor {
  return {
    name: 'reconstruct-on-account',
    logs: ['sync', 'connections'],
    types: [...Object.keys(CAUSES), 'SyncCompleted', 'SyncFailed', 'AccountUpdated', 'ConnectionRemoved', 'UserErased'],
    async react(event) {
      const cause = CAUSES[event.type];
      if (cause) await changed(deps, event as EventEnvelope<BalanceSnapshotCaptured | TransactionsRecorded | TransactionsCorrected>, cause);
      else if (event.type === 'SyncCompleted' || event.type === 'SyncFailed') await through(deps, event as EventEnvelope<SyncCompleted | SyncFailed>);
      else if (event.type === 'AccountUpdated') await moved(deps, event as EventEnvelope<AccountUpdated>);
      else await erased(deps, erasuresOf(event));
    },
  };
}

export function marketReactor(deps: RunDeps): Reactor {
  return {
    name: 'reconstruct-on-market',
    logs: ['history'],
    types: ['SymbolMapped', 'SymbolUnmapped', 'PricesObserved'],
    async react(event) {
      const concerned = event.type === 'SymbolMapped' ? await mapped(deps, event as EventEnvelope<SymbolMapped>)
        : event.type === 'SymbolUnmapped' ? await unmapped(deps, event as EventEnvelope<SymbolUnmapped>) : await observed(deps, event as EventEnvelope<PricesObserved>);
      if (concerned > 0) deps.wake();
    },
  };
}

const positionOf = ({ source: log, epoch, partition, position }: EventEnvelope): LogPosition => ({ log, epoch, partition, position });

async function changed({ database, settings, wake }: RunDeps, event: EventEnvelope<BalanceSnapshotCaptured | TransactionsRecorded | TransactionsCorrected>, cause: Cause): Promise<void> {
  const { accountId, connectionId, syncId } = event.data;
  const gather = syncId === null ? {} : { gather: { syncId, gatherMs: settings.gatherMs } };
  await requestRuns(database, [{ accountId, userId: event.userid, connectionId, runId: runIdOf(accountId, event.id), cause, after: positionOf(event), ...gather }]);
  if (syncId === null) wake();
}

async function through({ database, wake }: RunDeps, event: EventEnvelope<SyncCompleted | SyncFailed>): Promise<void> {
  if ((await releaseGathered(database, event.data.syncId, positionOf(event))) > 0) wake();
}

/** Another time zone: its days begin and end at other closes. */
async function moved({ database, wake }: RunDeps, event: EventEnvelope<AccountUpdated>): Promise<void> {
  const { accountId, connectionId } = event.data;
  if (event.data.timeZone === undefined) return;
  const { rowCount } = await database.query('SELECT 1 FROM reconstruction WHERE account_id = $1 AND user_id = $2', [accountId, event.userid]);
  if (rowCount === 0) return;
  await requestRuns(database, [{ accountId, userId: event.userid, connectionId, runId: runIdOf(accountId, event.id), cause: 'rules_changed', after: positionOf(event) }]);
  wake();
}

async function mapped({ database }: RunDeps, { id, data }: EventEnvelope<SymbolMapped>): Promise<number> {
  if (data.previous === data.symbol) return 0;
  return requestConcerned(database, { used: data.previous === null ? [] : [data.previous], missing: [data.asset], cause: 'symbol_changed', eventId: id });
}

/** Only where it had a symbol: what was never found concerns nobody's past. */
async function unmapped({ database }: RunDeps, { id, data }: EventEnvelope<SymbolUnmapped>): Promise<number> {
  if (data.previous === undefined) return 0;
  return requestConcerned(database, { used: [data.previous], missing: [], cause: 'symbol_changed', eventId: id });
}

/** The day's new close concerns nobody's past; a corrected one does, and one that came late to whom it was missing. */
async function observed({ database }: RunDeps, { id, data }: EventEnvelope<PricesObserved>): Promise<number> {
  if (data.prices.length === 0 && data.splits.length === 0) return 0;
  return requestConcerned(database, { used: data.corrected ? [data.symbol] : [], missing: [data.symbol], cause: 'prices', eventId: id });
}

/** The job goes first: a run that is writing is waited for, and one that writes later finds no job of its own. */
async function erased({ database }: RunDeps, erasures: readonly Erasure[]): Promise<void> {
  if (erasures.length === 0) return;
  await database.transaction(async (tx) => {
    await markErased(tx, erasures);
    const accounts = erasures.filter((one) => one.kind === 'account').map((one) => one.id);
    const users = erasures.filter((one) => one.kind === 'user').map((one) => one.userId);
    const { userId = '' } = erasures[0] ?? {};
    const { rows } = await tx.query<{ account_id: string }>(
      `DELETE FROM reconstruction WHERE user_id = $1 AND (account_id = ANY($2::uuid[]) OR user_id = ANY($3::text[])) RETURNING account_id`,
      [userId, accounts, users],
    );
    const { rows: heads } = await tx.query<{ account_id: string }>(`SELECT account_id FROM history_head WHERE user_id = $1 AND (account_id = ANY($2::uuid[]) OR user_id = ANY($3::text[]))`, [userId, accounts, users]);
    const gone = [...new Set([...rows, ...heads].map((row) => row.account_id))];
    if (users.length > 0) await tx.query('DELETE FROM benchmark_introduced WHERE user_id = ANY($1::text[])', [users]);
    if (gone.length > 0) await tx.query('SELECT erase_history($1::uuid[])', [gone]);
  });
}
