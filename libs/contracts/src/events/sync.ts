/** Events of the log `sync`, the only producer of snapshots. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { AssetIdText, CurrencyCode, Day, DecimalText, Instant, Kept, Money, nullable, ProviderId, strict, UserId, Uuid } from '../schema.js';

export const SYNC_REASONS = ['initial', 'scheduled', 'on_demand', 'webhook', 'reconnect'] as const;
export const ERROR_CODES = ['provider_unreachable', 'provider_auth', 'provider_rate_limited', 'provider_malformed', 'provider_error'] as const;
/** What can be done about a failure: try again by itself, have the person link again, or nothing. */
export const ERROR_CLASSES = ['retry', 'relink', 'final'] as const;

const OfSync = { userId: UserId, connectionId: Uuid, syncId: Uuid };

export const SyncStarted = strict({ ...OfSync, provider: ProviderId, reason: Type.Enum([...SYNC_REASONS]) });
export const SyncCompleted = strict({ ...OfSync, provider: ProviderId, accounts: Type.Integer(), snapshots: Type.Integer(), transactions: Type.Integer(), durationMs: Type.Integer(), notes: Type.Array(Type.String({ maxLength: 500 })) });
/** `retryAt` null: given up. `attempt`: which try of this sync failed, from 1. */
export const SyncFailed = strict({ ...OfSync, provider: ProviderId, code: Type.Enum([...ERROR_CODES]), class: Type.Enum([...ERROR_CLASSES]), detail: Type.String({ maxLength: 2000 }), retryable: Type.Boolean(), retryAt: nullable(Instant), attempt: Type.Optional(Type.Integer({ minimum: 1 })) });

export const RecordedTransaction = strict({
  transactionId: Uuid,
  /** The provider's id, else `hash:<content hash>:<ordinal>`. */
  identity: Type.String({ maxLength: 400 }),
  date: Day,
  at: Type.Optional(nullable(Instant)),
  settlementDate: Type.Optional(nullable(Day)),
  pending: Type.Optional(Type.Boolean()),
  providerType: Type.String({ maxLength: 120 }),
  providerSubtype: nullable(Type.String({ maxLength: 120 })),
  description: nullable(Type.String({ maxLength: 2000 })),
  asset: nullable(AssetIdText),
  /** Units gained (positive) or given up (negative). */
  quantity: nullable(DecimalText),
  price: nullable(DecimalText),
  fees: nullable(DecimalText),
  /** Cash effect: positive is cash in, whatever the provider's own sign is. */
  amount: nullable(DecimalText),
  currency: nullable(CurrencyCode),
  original: Kept,
});
export type RecordedTransaction = Static<typeof RecordedTransaction>;

/** Paged so that no event nears the bus's limit: `page` of `pages` of what one sync found new in one account. */
export const TransactionsRecorded = strict({ userId: UserId, connectionId: Uuid, accountId: Uuid, syncId: Uuid, provider: ProviderId, page: Type.Integer({ minimum: 1 }), pages: Type.Integer({ minimum: 1 }), transactions: Type.Array(RecordedTransaction, { maxItems: 500 }) });
export const TransactionsCorrected = strict({ userId: UserId, connectionId: Uuid, accountId: Uuid, syncId: Uuid, provider: ProviderId, changed: Type.Array(RecordedTransaction, { maxItems: 500 }), withdrawn: Type.Array(strict({ transactionId: Uuid, identity: Type.String(), reason: Type.String() })) });

export const RefreshCostReserved = strict({ userId: UserId, connectionId: Uuid, syncId: Uuid, provider: ProviderId, cost: Money, override: Type.Boolean() });
export const RefreshCostSettled = strict({ userId: UserId, connectionId: Uuid, syncId: Uuid, provider: ProviderId, cost: Money, billed: Type.Boolean(), /** The provider did it, billed or not: it counts as the refresh of its 24 hours. */ made: Type.Optional(Type.Boolean()) });
export const RefreshDenied = strict({ userId: UserId, connectionId: Uuid, provider: ProviderId, nextFreeRefreshAt: Instant, overrideCost: Money });
/** `by`: until when the person must act, where the provider says so. */
export const WebhookReceived = strict({ userId: UserId, connectionId: nullable(Uuid), provider: ProviderId, kind: Type.String({ maxLength: 200 }), providerConnectionId: nullable(Type.String()), providerAccountId: Type.Optional(nullable(Type.String())), sentAt: nullable(Instant), action: Type.String({ maxLength: 200 }), by: Type.Optional(nullable(Instant)), body: Kept });

export type SyncStarted = Static<typeof SyncStarted>;
export type SyncCompleted = Static<typeof SyncCompleted>;
export type SyncFailed = Static<typeof SyncFailed>;
export type TransactionsRecorded = Static<typeof TransactionsRecorded>;
export type TransactionsCorrected = Static<typeof TransactionsCorrected>;
export type RefreshCostReserved = Static<typeof RefreshCostReserved>;
export type RefreshCostSettled = Static<typeof RefreshCostSettled>;
export type RefreshDenied = Static<typeof RefreshDenied>;
export type WebhookReceived = Static<typeof WebhookReceived>;
