/** Every account of each user, manual ones included. Folds the log `connections` alone. */
import type { AccountClosed, AccountDetails, AccountDiscovered, AccountUpdated, Capabilities, ConnectionRemoved, DuplicateFlagged, EventEnvelope } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import type { Projection } from '@tidemark/projections';
import { foldRows } from '../fold-rows.js';

export interface AccountRow {
  readonly account_id: string;
  readonly connection_id: string;
  readonly user_id: string;
  readonly provider: string;
  readonly institution_id: string;
  readonly institution_name: string;
  readonly details: AccountDetails;
  readonly capabilities: Capabilities;
  readonly display_name: string | null;
  readonly count_in_totals: boolean;
  readonly time_zone: string | null;
  readonly duplicate_of: string | null;
  readonly duplicate_by: 'detection' | 'user' | null;
  readonly status: 'active' | 'closed' | 'disconnected';
  readonly discovered_at: string;
  readonly first_seen_at: string;
  /** When it was closed or its connection was removed; null while it is there. */
  readonly gone_at: string | null;
}

const COLUMNS = [
  'connection_id', 'user_id', 'provider', 'institution_id', 'institution_name', 'details', 'capabilities', 'display_name', 'count_in_totals', 'time_zone', 'duplicate_of', 'duplicate_by', 'status', 'discovered_at', 'first_seen_at', 'gone_at',
];
const TABLE = { name: 'account_list', key: 'account_id', columns: COLUMNS };
const TYPES: ReadonlySet<string> = new Set(['AccountDiscovered', 'AccountUpdated', 'AccountClosed', 'DuplicateFlagged', 'ConnectionRemoved']);

export const accountList: Projection = {
  name: 'account-list',
  logs: ['connections'],
  apply: async (tx, events) => {
    const mine = events.filter((event) => TYPES.has(event.type));
    await foldRows<AccountRow>(tx, TABLE, mine.flatMap(accountsOf), (rows) => {
      for (const event of mine) for (const id of accountsOf(event)) rows.set(id, foldAccount(rows.get(id) ?? null, event));
    });
  },
};

function accountsOf(event: EventEnvelope): readonly string[] {
  return event.type === 'ConnectionRemoved' ? (event.data as ConnectionRemoved).accountIds : [(event.data as { accountId: string }).accountId];
}

/** Null removes the row: the account was erased (or never was there). */
export function foldAccount(row: AccountRow | null, event: EventEnvelope): AccountRow | null {
  if (event.type === 'AccountDiscovered') return discovered(row, event.time, event.data as AccountDiscovered);
  if (!row) return null;
  switch (event.type) {
    case 'AccountUpdated': {
      const { details, capabilities, displayName, countInTotals, timeZone } = event.data as AccountUpdated;
      return {
        ...row,
        details: details ?? row.details,
        capabilities: capabilities ?? row.capabilities,
        display_name: displayName === undefined ? row.display_name : displayName,
        count_in_totals: countInTotals ?? row.count_in_totals,
        time_zone: timeZone === undefined ? row.time_zone : timeZone,
      };
    }
    case 'DuplicateFlagged': {
      const { duplicateOf, by } = event.data as DuplicateFlagged;
      return { ...row, duplicate_of: duplicateOf, duplicate_by: by };
    }
    case 'AccountClosed':
      return { ...row, status: 'closed', gone_at: instant(Date.parse((event.data as AccountClosed).effectiveAt)) };
    case 'ConnectionRemoved':
      return (event.data as ConnectionRemoved).erased ? null : { ...row, status: 'disconnected', gone_at: row.gone_at ?? event.time };
    default:
      return row;
  }
}

function discovered(row: AccountRow | null, time: string, data: AccountDiscovered): AccountRow {
  const { accountId, connectionId, userId, provider, institutionId, institutionName, details, capabilities } = data;
  return {
    display_name: null, count_in_totals: true, time_zone: null, duplicate_of: null, duplicate_by: null, first_seen_at: time, ...row,
    account_id: accountId, connection_id: connectionId, user_id: userId, provider, institution_id: institutionId, institution_name: institutionName, details, capabilities, status: 'active', discovered_at: time, gone_at: null,
  };
}
