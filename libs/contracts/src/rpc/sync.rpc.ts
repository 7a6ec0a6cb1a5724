/** What the sync service answers: refreshes, syncs, manual snapshots, webhooks, costs. */
import Type from 'typebox';
import type { Static } from 'typebox';
import { ERROR_CODES, SYNC_REASONS } from '../events/sync.js';
import { AssetIdText, CurrencyCode, DecimalText, Instant, Money, nullable, oneOf, ProviderId, strict, Uuid } from '../schema.js';
import { contract } from './rpc.js';

export const SYNC_STATUSES = ['queued', 'running', 'completed', 'failed'] as const;

export const Sync = strict({
  id: Uuid,
  connectionId: Uuid,
  provider: ProviderId,
  reason: oneOf(SYNC_REASONS),
  status: oneOf(SYNC_STATUSES),
  requestedAt: Instant,
  startedAt: nullable(Instant),
  finishedAt: nullable(Instant),
  counts: strict({ accounts: Type.Integer(), snapshots: Type.Integer(), transactions: Type.Integer() }),
  error: nullable(strict({ code: oneOf(ERROR_CODES), detail: Type.String(), retryable: Type.Boolean() })),
  steps: Type.Array(strict({ name: Type.String(), status: oneOf(['running', 'done', 'skipped', 'failed']), startedAt: Instant, durationMs: nullable(Type.Integer()), detail: nullable(Type.String()) })),
});
export type Sync = Static<typeof Sync>;

export const RefreshStarted = strict({ syncId: Uuid, joined: Type.Boolean(), cost: Money });
export type RefreshStarted = Static<typeof RefreshStarted>;

export const RefreshOutcome = strict({
  connectionId: Uuid,
  outcome: oneOf(['started', 'joined', 'refresh_limited', 'reauth_required', 'connection_not_active', 'not_found']),
  syncId: nullable(Uuid),
  cost: Money,
  detail: Type.String(),
  nextFreeRefreshAt: nullable(Instant),
  overrideCost: nullable(Money),
});
export type RefreshOutcome = Static<typeof RefreshOutcome>;

/** Reads every transaction of the last 24 months anew, not those since the last answer and an overlap alone. What a refresh costs stays the same. */
const Full = Type.Optional(Type.Boolean({ description: 'true or false: whether every transaction of the last 24 months is read anew, so that one which the provider added or changed late is seen' }));

export const refreshConnection = contract('sync.refresh', strict({ connectionId: Uuid, acceptCost: Type.Optional(Type.Boolean()), full: Full }), RefreshStarted);
export const refreshConnections = contract(
  'sync.refresh-many',
  strict({ connectionIds: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 500 })), acceptCost: Type.Optional(Type.Boolean()), full: Full }),
  strict({ outcomes: Type.Array(RefreshOutcome), accountCount: Type.Integer(), totalCost: Money, needsConfirmation: Type.Array(strict({ connectionId: Uuid, cost: Money })) }),
);
export const getSync = contract('sync.get', strict({ syncId: Uuid }), Sync);

export const ManualSnapshot = strict({ snapshotId: Uuid, accountId: Uuid, capturedAt: Instant });
export const recordManualSnapshot = contract(
  'sync.record-manual-snapshot',
  strict({
    accountId: Uuid,
    capturedAt: Type.Optional(Instant),
    balances: Type.Array(strict({ asset: AssetIdText, quantity: DecimalText, currency: Type.Optional(nullable(CurrencyCode)), costBasis: Type.Optional(nullable(DecimalText)), price: Type.Optional(nullable(DecimalText)) }), { maxItems: 5_000 }),
  }),
  ManualSnapshot,
);

/** The body travels as base64 so that a signature is checked over the very bytes that came. */
export const receiveWebhook = contract(
  'sync.receive-webhook',
  strict({ provider: ProviderId, headers: Type.Record(Type.String(), Type.String({ maxLength: 8_000 })), bodyBase64: Type.String({ maxLength: 400_000 }) }),
  strict({ accepted: Type.Boolean(), duplicate: Type.Boolean(), action: Type.String() }),
);

export const CostLine = strict({ month: Type.String({ description: 'YYYY-MM' }), provider: ProviderId, calls: Type.Integer(), total: Money });
export const getCosts = contract('sync.costs', strict({ month: Type.Optional(Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'a month such as "2026-11"' })) }), strict({ items: Type.Array(CostLine) }));

