export { AssetIdText, CurrencyCode, Day, DecimalText, Instant, Kept, Money, nullable, oneOf, ProviderId, strict, UserId, Uuid } from './schema.js';
export { dataSchemaOf, schemaVersion } from './envelope.js';
export type { EventEnvelope } from './envelope.js';
export { decodePositions, encodePositions } from './position.js';
export type { LogPosition } from './position.js';
export { problem, PROBLEM_CODES } from './problem.js';
export type { FieldError, Problem, ProblemCode } from './problem.js';
export { CATALOGUE, eventProblems, upcast } from './events/catalogue.js';
export type { EventType, Upcast } from './events/catalogue.js';
export { AccountDetails, Capabilities } from './events/account.js';
export { accountName, CHANGE_KINDS, duplicateOf, holdingAt, withChange } from './account/account.js';
export type { Account, ChangeKind, CountingChange } from './account/account.js';
export { notCounted, realAccounts } from './account/counting.js';
export type { NotCounted } from './account/counting.js';
export { foldAccounts } from './account/fold-accounts.js';
export type { FoldedAccounts } from './account/fold-accounts.js';
export { AccountClosed, AccountDiscovered, AccountUpdated, ConnectionDegraded, ConnectionLinked, ConnectionRemoved, ConnectionRequested, ConnectionRestored, DuplicateFlagged, ReauthenticationRequired, UserErased, UserSettingsChanged } from './events/connections.js';
export { BalanceLine, BalanceSnapshotCaptured, SNAPSHOT_SOURCES } from './events/snapshot.js';
export type { SnapshotSource } from './events/snapshot.js';
export { ERROR_CLASSES, ERROR_CODES, RecordedTransaction, RefreshCostReserved, RefreshCostSettled, RefreshDenied, SYNC_REASONS, SyncCompleted, SyncFailed, SyncStarted, TransactionsCorrected, TransactionsRecorded, WebhookReceived } from './events/sync.js';
export { DayClosed, HISTORY_CAUSES, HistoryReconstructed, HistoryRevised, MarketSymbol, MovedDay, ObservedClose, ObservedSplit, PRICE_KINDS, PricesObserved, SYMBOL_METHODS, SymbolMapped, SymbolUnmapped } from './events/history.js';
export {
  AuditAnchor, Basis, BASIS_KINDS, BookImported, BookPosition, BookRemoved, DISCREPANCY_KINDS, DiscrepancyExplained, DiscrepancyOpened, DiscrepancyResolved, Divergence, Evidence, Explanation, EXPLANATION_KINDS, OUTCOMES, ProviderFailure,
  ReconciliationCompleted, ReconciliationRequested, REPORT_STATUSES, RESOLUTIONS, RUN_REASONS, StatementImported, Tolerance, TOLERANCE_CLASSES, ToleranceLevel,
} from './events/reconciliation.js';
export type { DiscrepancyKind, ExplanationKind, Outcome, ReportStatus, ToleranceClass } from './events/reconciliation.js';
export { ALERT_KINDS, AlertAcknowledged, AlertCause, AlertCondition, AlertDelivered, AlertDeliveryParked, AlertFigures, AlertRaised, AlertRuleRemoved, AlertRuleSet, ALLOCATION_CLASSES, DELIVERY_KINDS, DeliveryTarget } from './events/alerts.js';
export type { AlertKind, DeliveryKind } from './events/alerts.js';
export { contract } from './rpc/rpc.js';
export type { RequestOf, ResponseOf, RpcContext, RpcContract, RpcReply, RpcRequest } from './rpc/rpc.js';
export { DEFAULT_LIMIT, MAX_LIMIT, pageOf, PageQuery } from './rpc/page.js';
export * as connectionsRpc from './rpc/connections.rpc.js';
export * as syncRpc from './rpc/sync.rpc.js';
export * as snapshotsRpc from './rpc/snapshots.rpc.js';
export * as historyRpc from './rpc/history.rpc.js';
export * as liveRpc from './rpc/live.rpc.js';
export * as reconciliationRpc from './rpc/reconciliation.rpc.js';
export * as alertsRpc from './rpc/alerts.rpc.js';
