/**
 * Looks for duplicates among a user's accounts whenever something happened that may make or end one: a sync is through, a snapshot was
 * written by hand, an account or a connection went. Once a sync, not once a snapshot.
 */
import type { BalanceSnapshotCaptured, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import type { Reactor } from '@tidemark/projections';
import { change } from '../connection/change.js';
import { MANUAL } from '../connection/connection.js';
import type { Parts } from '../parts.js';
import type { AccountRow } from '../projections/account-list/project.js';
import { streamOf } from '../projections/account-list/query.js';
import { detectDuplicates } from './detect-duplicates.decide.js';
import type { Candidate } from './detect-duplicates.decide.js';

const RULE = 'flag-duplicates';
const FOLDED = ['account-list', 'account-holdings'];

export function flagDuplicates(parts: Parts): Reactor {
  return {
    name: RULE,
    logs: ['sync', 'connections'],
    types: ['SyncCompleted', 'BalanceSnapshotCaptured', 'AccountClosed', 'ConnectionRemoved'],
    parkingKey: (event) => event.userid,
    react: async (event) => {
      if (event.type === 'BalanceSnapshotCaptured' && (event.data as BalanceSnapshotCaptured).provider !== MANUAL) return;
      const at = { log: event.source, epoch: event.epoch, partition: event.partition, position: event.position };
      if (!(await waitForPositions(parts.database, FOLDED, [at]))) throw new Error('the read models have not come so far yet');
      await flagAll(parts, event);
    },
  };
}

async function flagAll(parts: Parts, event: EventEnvelope): Promise<void> {
  const rows = await accountsOf(parts.database, event.userid);
  if (rows.length < 2 && rows.every((row) => row.duplicate_of === null)) return;
  for (const flag of detectDuplicates(rows.map(candidateOf))) {
    const row = rows.find((one) => one.account_id === flag.accountId);
    if (!row) continue;
    const changed = await change(parts, {
      userId: event.userid,
      // A rule of its own per account: two flags of one cause may land in one stream.
      origin: { rule: `${RULE}/${flag.accountId}`, cause: event },
      changes: [{ stream: streamOf(row), commands: [{ type: 'flag-duplicate', at: event.time, accountId: flag.accountId, duplicateOf: flag.duplicateOf, by: 'detection', evidence: flag.evidence.map((line) => line.slice(0, 300)) }] }],
    });
    if (!changed.ok && changed.error.code !== 'not_found') throw new Error(`${changed.error.code}: ${changed.error.detail}`);
    if (changed.ok && changed.value.events.length > 0) parts.logger.info({ userId: event.userid, accountId: flag.accountId, duplicateOf: flag.duplicateOf }, 'a duplicate was flagged or taken back');
  }
}

type Row = AccountRow & { readonly holdings: Record<string, string> | null; readonly as_of: string | null };

async function accountsOf(client: SqlClient, userId: string): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT a.*, h.holdings, h.as_of FROM account_list a LEFT JOIN account_holdings h ON h.account_id = a.account_id
     WHERE a.user_id = $1 ORDER BY a.first_seen_at, a.account_id`,
    [userId],
  );
  return rows;
}

function candidateOf(row: Row): Candidate {
  const manual = row.provider === MANUAL;
  return {
    accountId: row.account_id,
    connectionId: row.connection_id,
    provider: row.provider,
    institutionId: manual ? null : row.institution_id,
    institutionName: manual ? null : row.institution_name,
    name: row.display_name ?? row.details.name,
    type: row.details.type,
    mask: row.details.mask,
    numberHash: row.details.numberHash,
    currency: row.details.currency,
    holdings: row.as_of === null ? null : row.holdings,
    firstSeenAt: row.first_seen_at,
    goneAt: row.status === 'active' ? null : (row.gone_at ?? row.discovered_at),
    duplicateOf: row.duplicate_of,
    duplicateBy: row.duplicate_by,
  };
}
