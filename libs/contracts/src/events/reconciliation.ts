/**
 * Events of the log `reconciliation`: what was compared, where books and providers part, and how each difference ended. Each of them
 * carries the head of its user's audit chain as it stood with it (`audit`), so that a chain that is cut off later is found out.
 */
import Type from 'typebox';
import type { Static } from 'typebox';
import { AssetIdText, CurrencyCode, DecimalText, Instant, nullable, oneOf, ProviderId, strict, UserId, Uuid } from '../schema.js';
import { ERROR_CODES } from './sync.js';

export const OUTCOMES = ['matched', 'within_tolerance', 'missing_local', 'missing_remote', 'mismatch', 'stale'] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** The outcomes that open a discrepancy. `missing_local`: the provider has it and the books do not; `missing_remote`: the other way round. */
export const DISCREPANCY_KINDS = ['missing_local', 'missing_remote', 'mismatch'] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];
export const REPORT_STATUSES = ['matched', 'discrepant', 'partial', 'failed'] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];
export const EXPLANATION_KINDS = ['pending_transaction', 'late_transaction', 'split', 'transfer', 'fee', 'rounding', 'duplicate_link', 'stale_provider_data'] as const;
export type ExplanationKind = (typeof EXPLANATION_KINDS)[number];
export const RUN_REASONS = ['requested', 'scheduled'] as const;
/** `matched`: a later run over the same period found no difference. `superseded`: the difference is of another kind now. `accepted`: a person took the provider's word. `account_gone`: nothing is left to compare. */
export const RESOLUTIONS = ['matched', 'superseded', 'accepted', 'account_gone'] as const;
export const TOLERANCE_CLASSES = ['cash', 'equity', 'etf', 'fund', 'bond', 'option', 'crypto', 'other'] as const;
export type ToleranceClass = (typeof TOLERANCE_CLASSES)[number];

const Share = Type.String({ pattern: '^0(\\.\\d{1,40})?$', description: 'a share below 1 such as "0.0001"' });
const NotNegative = Type.String({ pattern: '^\\d{1,40}(\\.\\d{1,40})?$', description: 'a decimal string that is not negative, such as "0.01"' });

/**
 * How far apart two quantities of one asset may be and still agree: |difference| ≤ max(absolute, relative × |expected|). Both in units of the
 * asset. `dust`: a quantity no larger than this on either side counts as nothing.
 */
export const ToleranceLevel = strict({ absolute: Type.Optional(NotNegative), relative: Type.Optional(Share), dust: Type.Optional(NotNegative) });
/** For every asset, and what another class of asset has instead. What is left out is as configured. */
export const Tolerance = strict({
  ...ToleranceLevel.properties,
  classes: Type.Optional(strict(Object.fromEntries(TOLERANCE_CLASSES.map((name) => [name, Type.Optional(ToleranceLevel)])) as Record<ToleranceClass, ReturnType<typeof Type.Optional<typeof ToleranceLevel>>>)),
});
export type ToleranceLevel = Static<typeof ToleranceLevel>;
export type Tolerance = Static<typeof Tolerance>;

/** Where a proposal rests: a transaction, a snapshot, another account, a figure of the provider. */
export const Evidence = strict({
  kind: oneOf(['transaction', 'snapshot', 'account', 'statement', 'figure']),
  /** Of that transaction, snapshot, account or statement. */
  id: nullable(Uuid),
  text: Type.String({ maxLength: 500 }),
});
export type Evidence = Static<typeof Evidence>;

/**
 * What may have caused a difference; proposed and never applied. `quantity`: the part of `actual − expected` that it accounts for; the
 * parts of one difference never add up to more than it. `complete`: together with those before it, nothing is left.
 */
export const Explanation = strict({ kind: oneOf(EXPLANATION_KINDS), quantity: DecimalText, complete: Type.Boolean(), confidence: Type.Integer({ minimum: 0, maximum: 100 }), summary: Type.String({ maxLength: 500 }), evidence: Type.Array(Evidence, { maxItems: 20 }) });
export type Explanation = Static<typeof Explanation>;

export const BASIS_KINDS = ['snapshot', 'book'] as const;
/** What the expected state starts from: a snapshot of ours, or a book that the user keeps and gave to us. */
export const Basis = strict({ kind: oneOf(BASIS_KINDS), id: Uuid, at: Instant });
export type Basis = Static<typeof Basis>;

/** Between which two states the books parted for the first time; `after` is null where even the newest snapshot agrees and only the fresh fetch does not. */
export const Divergence = strict({ before: strict({ id: Uuid, at: Instant }), after: nullable(strict({ id: Uuid, at: Instant })), difference: DecimalText });
export type Divergence = Static<typeof Divergence>;

/** The audit entry that was written with this event. */
export const AuditAnchor = strict({ sequence: Type.Integer({ minimum: 1 }), hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
export type AuditAnchor = Static<typeof AuditAnchor>;

export const ProviderFailure = strict({ connectionId: nullable(Uuid), provider: ProviderId, accountIds: Type.Array(Uuid, { maxItems: 500 }), code: oneOf(ERROR_CODES), detail: Type.String({ maxLength: 2_000 }), retryable: Type.Boolean(), attempts: Type.Integer({ minimum: 0 }) });
export type ProviderFailure = Static<typeof ProviderFailure>;

const Count = Type.Integer({ minimum: 0 });
export const OutcomeCounts = strict(Object.fromEntries(OUTCOMES.map((name) => [name, Count])) as Record<Outcome, typeof Count>);
export const AccountCounts = strict({ checked: Count, failed: Count, skipped: Count });
export const DiscrepancyCounts = strict({ opened: Count, persisting: Count, resolved: Count });

export const ReconciliationRequested = strict({ userId: UserId, runId: Uuid, reason: oneOf(RUN_REASONS), accountIds: nullable(Type.Array(Uuid, { maxItems: 500 })), tolerance: Tolerance, audit: AuditAnchor });
/** Every pass is recorded as well as every break: `lines` counts the outcomes of all assets. */
export const ReconciliationCompleted = strict({
  userId: UserId, runId: Uuid, reason: oneOf(RUN_REASONS), status: oneOf(REPORT_STATUSES), startedAt: Instant, finishedAt: Instant,
  accounts: AccountCounts, lines: OutcomeCounts, discrepancies: DiscrepancyCounts,
  failures: Type.Array(ProviderFailure, { maxItems: 100 }), failuresInAll: Count, audit: AuditAnchor,
});

const OfDiscrepancy = { userId: UserId, discrepancyId: Uuid, accountId: Uuid, asset: AssetIdText, kind: oneOf(DISCREPANCY_KINDS) };
export const DiscrepancyOpened = strict({ ...OfDiscrepancy, runId: Uuid, basis: Basis, expected: DecimalText, actual: DecimalText, difference: DecimalText, divergence: nullable(Divergence), explanations: Type.Array(Explanation, { maxItems: 10 }), audit: AuditAnchor });
/** A later run sees more of it: other figures, or what may have caused it. */
export const DiscrepancyExplained = strict({ ...OfDiscrepancy, runId: Uuid, expected: DecimalText, actual: DecimalText, difference: DecimalText, divergence: nullable(Divergence), explanations: Type.Array(Explanation, { maxItems: 10 }), audit: AuditAnchor });
/** `runId` null: a person ended it, with `note`. */
export const DiscrepancyResolved = strict({ ...OfDiscrepancy, runId: nullable(Uuid), resolution: oneOf(RESOLUTIONS), note: nullable(Type.String({ maxLength: 2_000 })), audit: AuditAnchor });

export const BookPosition = strict({ asset: AssetIdText, quantity: DecimalText });
export type BookPosition = Static<typeof BookPosition>;
/** The user's own book of an account: every position at `asOf`, in place of the snapshots as what is expected from then on. */
export const BookImported = strict({ userId: UserId, bookId: Uuid, accountId: Uuid, asOf: Instant, origin: Type.String({ maxLength: 200 }), positions: Type.Array(BookPosition, { maxItems: 5_000 }), audit: AuditAnchor });
/** From then on the snapshots are what is expected again. */
export const BookRemoved = strict({ userId: UserId, bookId: Uuid, accountId: Uuid, audit: AuditAnchor });
/** What a statement says an account held at `asOf`: the other side for accounts that no provider can be asked about. */
export const StatementImported = strict({ userId: UserId, statementId: Uuid, accountId: Uuid, asOf: Instant, origin: Type.String({ maxLength: 200 }), currency: nullable(CurrencyCode), positions: Type.Array(BookPosition, { maxItems: 5_000 }), audit: AuditAnchor });

export type ReconciliationRequested = Static<typeof ReconciliationRequested>;
export type ReconciliationCompleted = Static<typeof ReconciliationCompleted>;
export type DiscrepancyOpened = Static<typeof DiscrepancyOpened>;
export type DiscrepancyExplained = Static<typeof DiscrepancyExplained>;
export type DiscrepancyResolved = Static<typeof DiscrepancyResolved>;
export type BookImported = Static<typeof BookImported>;
export type BookRemoved = Static<typeof BookRemoved>;
export type StatementImported = Static<typeof StatementImported>;
