/**
 * A connection: one link of a user to an institution through a provider, with the accounts seen through it. Its events are its
 * state; this file says what each event means. A manual account is a connection of its own that never was linked: its stream
 * holds one account of the provider `manual`, and its connection id is the account's id.
 */
import type {
  AccountClosed, AccountDetails, AccountDiscovered, AccountUpdated, Capabilities, ConnectionDegraded, ConnectionLinked, ConnectionRemoved, ConnectionRequested,
  ConnectionRestored, DuplicateFlagged, ReauthenticationRequired,
} from '@tidemark/contracts';

interface Happened<Type extends string, Data> {
  readonly type: Type;
  /** When it happened, RFC 3339 UTC. */
  readonly time: string;
  readonly data: Data;
}

export type ConnectionEvent =
  | Happened<'ConnectionRequested', ConnectionRequested>
  | Happened<'ConnectionLinked', ConnectionLinked>
  | Happened<'AccountDiscovered', AccountDiscovered>
  | Happened<'AccountUpdated', AccountUpdated>
  | Happened<'AccountClosed', AccountClosed>
  | Happened<'DuplicateFlagged', DuplicateFlagged>
  | Happened<'ConnectionDegraded', ConnectionDegraded>
  | Happened<'ReauthenticationRequired', ReauthenticationRequired>
  | Happened<'ConnectionRestored', ConnectionRestored>
  | Happened<'ConnectionRemoved', ConnectionRemoved>;

export interface AccountState {
  readonly accountId: string;
  readonly details: AccountDetails;
  readonly capabilities: Capabilities;
  /** The user's own name for it; null shows the provider's. */
  readonly displayName: string | null;
  readonly countInTotals: boolean;
  /** The market whose close ends its days; null is New York. */
  readonly timeZone: string | null;
  readonly duplicateOf: string | null;
  /** Who decided last whether it is a duplicate; what the user decided, detection leaves alone. */
  readonly duplicateBy: 'detection' | 'user' | null;
  readonly status: 'active' | 'closed' | 'disconnected';
  readonly discoveredAt: string;
}

export interface ConnectionState {
  readonly status: 'none' | 'pending' | 'active' | 'degraded' | 'reauth_required' | 'disconnected';
  readonly userId: string;
  readonly connectionId: string;
  readonly institutionId: string;
  readonly institutionName: string;
  readonly provider: string;
  readonly needTrading: boolean;
  readonly tradingAllowed: boolean;
  readonly routing: { readonly reason: string; readonly alternatives: readonly string[] };
  readonly requestedAt: string;
  readonly link: Link | null;
  /** Why it is degraded or must be linked again. */
  readonly troubleCode: string | null;
  readonly erased: boolean;
  readonly accounts: ReadonlyMap<string, AccountState>;
}

export interface Link {
  readonly providerConnectionId: string;
  readonly credentialRef: string;
  /** The sync that the newest link or reconnect started. */
  readonly syncId: string;
  readonly tradingGranted: boolean | null;
  /** When it last came (back) to work; a failure from before says nothing about it. */
  readonly since: string;
}

export const NO_CONNECTION: ConnectionState = {
  status: 'none', userId: '', connectionId: '', institutionId: '', institutionName: '', provider: '', needTrading: false, tradingAllowed: false,
  routing: { reason: '', alternatives: [] }, requestedAt: '', link: null, troubleCode: null, erased: false, accounts: new Map(),
};

export const MANUAL = 'manual';

export function connectionStream(connectionId: string): string {
  return `connection-${connectionId}`;
}

/** Manual accounts have a stream of their own. */
export function manualAccountStream(accountId: string): string {
  return `account-${accountId}`;
}

export function evolve(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  switch (event.type) {
    case 'ConnectionRequested': {
      const { userId, connectionId, institutionId, institutionName, provider, needTrading, tradingAllowed, routing } = event.data;
      return { ...NO_CONNECTION, status: 'pending', userId, connectionId, institutionId, institutionName, provider, needTrading, tradingAllowed, routing, requestedAt: event.time };
    }
    case 'ConnectionLinked': {
      const { providerConnectionId, credentialRef, firstSyncId, tradingGranted = null } = event.data;
      return { ...state, status: 'active', troubleCode: null, link: { providerConnectionId, credentialRef, syncId: firstSyncId, tradingGranted, since: event.time } };
    }
    case 'AccountDiscovered':
      return discovered(state, event);
    case 'AccountUpdated':
      return withAccount(state, event.data.accountId, (account) => updated(account, event.data));
    case 'AccountClosed':
      return withAccount(state, event.data.accountId, (account) => ({ ...account, status: 'closed' }));
    case 'DuplicateFlagged':
      return withAccount(state, event.data.accountId, (account) => ({ ...account, duplicateOf: event.data.duplicateOf, duplicateBy: event.data.by }));
    case 'ConnectionDegraded':
      return { ...state, status: 'degraded', troubleCode: event.data.code };
    case 'ReauthenticationRequired':
      return { ...state, status: 'reauth_required', troubleCode: event.data.code };
    case 'ConnectionRestored':
      return { ...state, status: 'active', troubleCode: null, link: state.link && { ...state.link, since: event.time, syncId: event.data.syncId ?? state.link.syncId } };
    case 'ConnectionRemoved':
      return { ...state, status: 'disconnected', troubleCode: null, erased: event.data.erased, accounts: new Map([...state.accounts].map(([id, account]) => [id, { ...account, status: 'disconnected' }])) };
  }
}

function discovered(state: ConnectionState, { time, data }: Happened<'AccountDiscovered', AccountDiscovered>): ConnectionState {
  const known = state.accounts.get(data.accountId);
  const account: AccountState = {
    displayName: null, countInTotals: true, timeZone: null, duplicateOf: null, duplicateBy: null, ...known,
    accountId: data.accountId, details: data.details, capabilities: data.capabilities, status: 'active', discoveredAt: time,
  };
  const opened = state.status === 'none' ? manual(data, time) : state;
  return { ...opened, accounts: new Map(opened.accounts).set(data.accountId, account) };
}

function manual({ userId, connectionId, institutionId, institutionName, provider }: AccountDiscovered, time: string): ConnectionState {
  return { ...NO_CONNECTION, status: 'active', userId, connectionId, institutionId, institutionName, provider, requestedAt: time };
}

function updated(account: AccountState, data: AccountUpdated): AccountState {
  return {
    ...account,
    details: data.details ?? account.details,
    capabilities: data.capabilities ?? account.capabilities,
    displayName: data.displayName === undefined ? account.displayName : data.displayName,
    countInTotals: data.countInTotals ?? account.countInTotals,
    timeZone: data.timeZone === undefined ? account.timeZone : data.timeZone,
  };
}

function withAccount(state: ConnectionState, accountId: string, change: (account: AccountState) => AccountState): ConnectionState {
  const account = state.accounts.get(accountId);
  return account ? { ...state, accounts: new Map(state.accounts).set(accountId, change(account)) } : state;
}
