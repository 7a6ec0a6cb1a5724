/** Events of the log `connections`: what is linked, through whom, and what state the link is in. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { CurrencyCode, Instant, nullable, ProviderId, strict, UserId, Uuid } from '../schema.js';
import { AccountDetails, Capabilities } from './account.js';

const OfConnection = { userId: UserId, connectionId: Uuid };

export const ConnectionRequested = strict({
  ...OfConnection,
  institutionId: Type.String({ maxLength: 120 }),
  institutionName: Type.String({ maxLength: 300 }),
  provider: ProviderId,
  needTrading: Type.Boolean(),
  /** May trade at all under the coverage rule of this institution and provider. */
  tradingAllowed: Type.Boolean(),
  routing: strict({ reason: Type.String(), alternatives: Type.Array(ProviderId) }),
});
export const ConnectionLinked = strict({
  ...OfConnection,
  provider: ProviderId,
  institutionId: Type.String({ maxLength: 120 }),
  /** The provider's own id of the link (Plaid item id, SnapTrade authorization id); no secret. */
  providerConnectionId: Type.String({ maxLength: 300 }),
  /** Where the credential stands in the credential store; no secret. */
  credentialRef: Type.String({ maxLength: 200 }),
  firstSyncId: Uuid,
  /** What the provider says the link may do; null or absent where it does not say. */
  tradingGranted: Type.Optional(nullable(Type.Boolean())),
});
/** For a manual account `connectionId` is the account's own id: it is a connection of its own, of the provider `manual`, that is never linked. */
export const AccountDiscovered = strict({ ...OfConnection, accountId: Uuid, provider: ProviderId, institutionId: Type.String(), institutionName: Type.String(), details: AccountDetails, capabilities: Capabilities });
export const AccountUpdated = strict({
  ...OfConnection,
  accountId: Uuid,
  details: Type.Optional(AccountDetails),
  capabilities: Type.Optional(Capabilities),
  /** Set by the user; null puts the provider's own name back. */
  displayName: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 300 }))),
  countInTotals: Type.Optional(Type.Boolean()),
  /** An IANA zone: the market whose close ends this account's days; null puts New York back. */
  timeZone: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 80 }))),
  /** The day's instant from which a change of what counts holds. */
  effectiveAt: Type.Optional(Instant),
});
export const AccountClosed = strict({ ...OfConnection, accountId: Uuid, reason: Type.String({ maxLength: 300 }), effectiveAt: Instant });
export const DuplicateFlagged = strict({
  userId: UserId,
  connectionId: Uuid,
  accountId: Uuid,
  /** The account that counts instead wherever it is there; where it is gone, this one follows it. Null takes the flag back. Said last, it holds for every day. */
  duplicateOf: nullable(Uuid),
  by: Type.Enum(['detection', 'user']),
  evidence: Type.Array(Type.String({ maxLength: 300 })),
  effectiveAt: Instant,
});
export const ConnectionDegraded = strict({ ...OfConnection, code: Type.String(), detail: Type.String({ maxLength: 2000 }) });
export const ReauthenticationRequired = strict({ ...OfConnection, code: Type.String(), detail: Type.String({ maxLength: 2000 }), by: Type.Optional(Instant) });
/** `syncId` is there when the person linked again: a sync of this id is to be started now. */
export const ConnectionRestored = strict({ ...OfConnection, syncId: Type.Optional(Uuid) });
export const ConnectionRemoved = strict({ ...OfConnection, reason: Type.String({ maxLength: 300 }), erased: Type.Boolean(), accountIds: Type.Array(Uuid) });
export const UserErased = strict({ userId: UserId });
export const UserSettingsChanged = strict({ userId: UserId, baseCurrency: CurrencyCode, timeZone: Type.String({ maxLength: 80 }) });

export type ConnectionRequested = Static<typeof ConnectionRequested>;
export type ConnectionLinked = Static<typeof ConnectionLinked>;
export type AccountDiscovered = Static<typeof AccountDiscovered>;
export type AccountUpdated = Static<typeof AccountUpdated>;
export type AccountClosed = Static<typeof AccountClosed>;
export type DuplicateFlagged = Static<typeof DuplicateFlagged>;
export type ConnectionDegraded = Static<typeof ConnectionDegraded>;
export type ReauthenticationRequired = Static<typeof ReauthenticationRequired>;
export type ConnectionRestored = Static<typeof ConnectionRestored>;
export type ConnectionRemoved = Static<typeof ConnectionRemoved>;
export type UserErased = Static<typeof UserErased>;
export type UserSettingsChanged = Static<typeof UserSettingsChanged>;
