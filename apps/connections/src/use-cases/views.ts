/** Answers of writes, made from the state that the write led to: they need not wait for a read model. */
import type { connectionsRpc } from '@tidemark/contracts';
import type { AccountState, ConnectionState } from '../connection/connection.js';
import { accountView } from '../projections/account-list/query.js';

export function connectionFieldsOf(state: ConnectionState) {
  const { connectionId, institutionId, institutionName, provider, status, routing, requestedAt } = state;
  return {
    id: connectionId, institutionId, institutionName, provider, status: status === 'none' ? ('pending' as const) : status,
    routing: { reason: routing.reason, alternatives: [...routing.alternatives] }, createdAt: requestedAt,
  };
}

/** @param gone since when accounts that this one may be a duplicate of are gone */
export function accountOf(state: ConnectionState, account: AccountState, { asOf = null, gone }: { readonly asOf?: string | null; readonly gone?: ReadonlyMap<string, string> } = {}): connectionsRpc.Account {
  const row = {
    account_id: account.accountId, connection_id: state.connectionId, provider: state.provider, institution_id: state.institutionId, institution_name: state.institutionName,
    details: account.details, capabilities: account.capabilities, display_name: account.displayName, count_in_totals: account.countInTotals, time_zone: account.timeZone, duplicate_of: account.duplicateOf, twin_gone_at: gone?.get(account.duplicateOf ?? '') ?? null, status: account.status,
  };
  return accountView(row, asOf);
}

export function accountsOf(state: ConnectionState, gone: ReadonlyMap<string, string>): connectionsRpc.Account[] {
  return [...state.accounts.values()].map((account) => accountOf(state, account, { gone }));
}

/** The accounts of which others are duplicates. */
export function twinsOf(state: ConnectionState): string[] {
  return [...state.accounts.values()].flatMap(({ duplicateOf }) => duplicateOf ?? []);
}
