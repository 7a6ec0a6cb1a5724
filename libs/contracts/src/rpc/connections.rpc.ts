/** What the connections service answers; the section "Linking" of the API. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { AccountDetails, Capabilities } from '../events/account.js';
import { ERROR_CODES } from '../events/sync.js';
import { CurrencyCode, Instant, Kept, Money, nullable, oneOf, ProviderId, strict, Uuid } from '../schema.js';
import { pageOf, PageQuery } from './page.js';
import { contract } from './rpc.js';

export const Institution = strict({
  id: Type.String(),
  name: Type.String(),
  type: oneOf(['brokerage', 'bank', 'retirement', 'crypto', 'other']),
  popular: Type.Boolean(),
  preferredProvider: nullable(ProviderId),
  fallbackProvider: nullable(ProviderId),
  capabilities: strict({ trading: Type.Boolean(), realtime: Type.Boolean() }),
  refreshCost: Money,
});
export type Institution = Static<typeof Institution>;

export const Link = strict({ kind: oneOf(['plaid_link', 'snaptrade_portal', 'oauth', 'api_key', 'none']), url: Type.Optional(Type.String()), token: Type.Optional(Type.String()), expiresAt: nullable(Instant) });
export type Link = Static<typeof Link>;

export const CONNECTION_STATUSES = ['pending', 'active', 'degraded', 'reauth_required', 'disconnected'] as const;

const connectionFields = {
  id: Uuid,
  institutionId: Type.String(),
  institutionName: Type.String(),
  provider: ProviderId,
  status: oneOf(CONNECTION_STATUSES),
  routing: strict({ reason: Type.String(), alternatives: Type.Array(ProviderId) }),
  createdAt: Instant,
};

export const Connection = strict({
  ...connectionFields,
  lastSyncAt: nullable(Instant),
  lastError: nullable(strict({ code: oneOf(ERROR_CODES), detail: Type.String(), retryable: Type.Boolean() })),
  nextFreeRefreshAt: nullable(Instant),
  /** How old the newest data is, in seconds; null before the first sync. */
  staleness: nullable(Type.Integer()),
});
export type Connection = Static<typeof Connection>;

export const LinkedConnection = strict({ ...connectionFields, link: Link });
export type LinkedConnection = Static<typeof LinkedConnection>;

export const ACCOUNT_STATUSES = ['active', 'closed', 'disconnected', 'parked'] as const;
export const Account = strict({
  id: Uuid,
  connectionId: nullable(Uuid),
  institution: nullable(strict({ id: Type.String(), name: Type.String() })),
  provider: ProviderId,
  type: Type.String(),
  subtype: nullable(Type.String()),
  name: Type.String(),
  mask: nullable(Type.String()),
  currency: nullable(CurrencyCode),
  capabilities: Capabilities,
  duplicateOf: nullable(Uuid),
  /** Of a duplicate whose other account is gone: since when it counts in that one's place. Null: it does not stand for another that is gone. */
  countsFrom: nullable(Instant),
  countInTotals: Type.Boolean(),
  /** The market whose close ends this account's days; null is New York. */
  timeZone: nullable(Type.String()),
  /** When its newest snapshot was captured; null before the first. */
  asOf: nullable(Instant),
  status: oneOf(ACCOUNT_STATUSES),
});
export type Account = Static<typeof Account>;

export const CompletedConnection = strict({ ...connectionFields, syncId: Uuid, accounts: Type.Array(Account) });
export type CompletedConnection = Static<typeof CompletedConnection>;

export const Settings = strict({ baseCurrency: CurrencyCode, timeZone: Type.String() });
export type Settings = Static<typeof Settings>;

const ConnectionRef = { connectionId: Uuid };
const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

export const listInstitutions = contract('connections.list-institutions', strict({ query: Type.Optional(Text(120)), popular: Type.Optional(Type.Boolean()), ...PageQuery }), pageOf(Institution));
export const requestConnection = contract('connections.request', strict({ institutionId: Text(120), needTrading: Type.Optional(Type.Boolean()), provider: Type.Optional(ProviderId), redirectUri: Type.Optional(Type.String({ maxLength: 2000, pattern: '^https?://[^\\s/]+', description: 'an http(s) address' })) }), LinkedConnection);
export const completeConnection = contract('connections.complete', strict({ ...ConnectionRef, publicToken: Type.Optional(Text(500)), authorizationId: Type.Optional(Text(200)), code: Type.Optional(Text(2000)), credentials: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 4000 }))) }), CompletedConnection);
export const listConnections = contract('connections.list', strict({ ...PageQuery }), pageOf(Connection));
export const getConnection = contract('connections.get', strict(ConnectionRef), Connection);
export const reconnectConnection = contract('connections.reconnect', strict(ConnectionRef), LinkedConnection);
export const removeConnection = contract('connections.remove', strict({ ...ConnectionRef, erase: Type.Optional(Type.Boolean()) }), strict({}));
export const listAccounts = contract('connections.list-accounts', strict({ ...PageQuery }), pageOf(Account));
export const getAccount = contract('connections.get-account', strict({ accountId: Uuid }), Account);
export const changeAccount = contract('connections.change-account', strict({ accountId: Uuid, name: Type.Optional(nullable(Text(300))), countInTotals: Type.Optional(Type.Boolean()), timeZone: Type.Optional(nullable(Text(80))), duplicateOf: Type.Optional(nullable(Uuid)) }), Account);
export const createManualAccount = contract('connections.create-manual-account', strict({ name: Text(300), type: Text(60), currency: CurrencyCode }), Account);
export const getSettings = contract('connections.get-settings', strict({}), Settings);
export const changeSettings = contract('connections.change-settings', strict({ baseCurrency: Type.Optional(CurrencyCode), timeZone: Type.Optional(Text(80)) }), Settings);

/**
 * sync tells what accounts it saw at the provider; connections decides what is new, changed or gone (an account that is
 * missing from a whole and successful answer is closed) and answers the accounts as it knows them now.
 */
export const observeAccounts = contract(
  'connections.observe-accounts',
  strict({ ...ConnectionRef, syncId: Uuid, observedAt: Instant, accounts: Type.Array(AccountDetails, { maxItems: 5_000 }), complete: Type.Boolean(), metadata: Type.Optional(Kept) }),
  strict({ accounts: Type.Array(strict({ accountId: Uuid, providerAccountId: Type.String(), status: oneOf(ACCOUNT_STATUSES) })) }),
);
