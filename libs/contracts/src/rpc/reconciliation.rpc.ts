/** What the reconciliation service answers: runs and their reports, discrepancies, imported books and statements, the audit trail. */
import Type from 'typebox';
import type { Static } from 'typebox';
import {
  AccountCounts, Basis, BookPosition, DISCREPANCY_KINDS, DiscrepancyCounts, Divergence, Explanation, OutcomeCounts, OUTCOMES, ProviderFailure, REPORT_STATUSES, RESOLUTIONS, RUN_REASONS, Tolerance,
} from '../events/reconciliation.js';
import { AssetIdText, DecimalText, Instant, nullable, oneOf, ProviderId, strict, Uuid } from '../schema.js';
import { pageOf, PageQuery } from './page.js';
import { contract } from './rpc.js';

/** Of a run: `queued` and `running`, then what its report says. */
export const RUN_STATUSES = ['queued', 'running', ...REPORT_STATUSES] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** One asset of one account. `difference` = actual − expected, `discrepancyId`: the one that this line opened or found still open. */
export const ReconciliationLine = strict({
  asset: AssetIdText,
  name: nullable(Type.String()),
  expected: DecimalText,
  actual: DecimalText,
  difference: DecimalText,
  allowed: DecimalText,
  outcome: oneOf(OUTCOMES),
  explanations: Type.Array(Explanation),
  discrepancyId: nullable(Uuid),
});
export type ReconciliationLine = Static<typeof ReconciliationLine>;

export const ACCOUNT_RESULTS = ['pending', 'matched', 'discrepant', 'stale', 'failed', 'skipped'] as const;
/** `reason`: why it failed or was skipped, and what to do. `source`: who was asked. */
export const AccountReport = strict({
  accountId: Uuid,
  name: Type.String(),
  institution: nullable(Type.String()),
  provider: ProviderId,
  source: nullable(oneOf(['provider', 'statement'])),
  result: oneOf(ACCOUNT_RESULTS),
  reason: nullable(Type.String()),
  basis: nullable(Basis),
  actualAt: nullable(Instant),
  lines: Type.Array(ReconciliationLine),
});
export type AccountReport = Static<typeof AccountReport>;

export const RunSummary = strict({
  id: Uuid,
  reason: oneOf(RUN_REASONS),
  status: oneOf(RUN_STATUSES),
  requestedAt: Instant,
  startedAt: nullable(Instant),
  finishedAt: nullable(Instant),
  /** null: all accounts of the user. */
  accountIds: nullable(Type.Array(Uuid)),
  tolerance: Tolerance,
  progress: strict({ accounts: Type.Integer(), done: Type.Integer() }),
  accounts: AccountCounts,
  lines: OutcomeCounts,
  discrepancies: DiscrepancyCounts,
  error: nullable(Type.String()),
});
export type RunSummary = Static<typeof RunSummary>;
export const Report = strict({ ...RunSummary.properties, providerErrors: Type.Array(ProviderFailure), accountReports: Type.Array(AccountReport) });
export type Report = Static<typeof Report>;

const AccountIds = Type.Array(Uuid, { minItems: 1, maxItems: 500, uniqueItems: true, description: 'ids of accounts of yours; all of them where left out' });
export const startReconciliation = contract('reconciliation.start', strict({ accountIds: Type.Optional(AccountIds), tolerance: Type.Optional(Tolerance) }), strict({ id: Uuid, joined: Type.Boolean() }));
export const listReconciliations = contract('reconciliation.list', strict({ status: Type.Optional(oneOf(RUN_STATUSES)), ...PageQuery }), pageOf(RunSummary));
export const getReconciliation = contract('reconciliation.get', strict({ reconciliationId: Uuid }), Report);
export const REPORT_FORMATS = ['json', 'csv'] as const;
export const exportReport = contract('reconciliation.export', strict({ reconciliationId: Uuid, format: Type.Optional(oneOf(REPORT_FORMATS)) }), strict({ filename: Type.String(), contentType: Type.String(), body: Type.String() }));

export const DISCREPANCY_STATUSES = ['open', 'explained', 'persisting', 'resolved'] as const;
/**
 * Its identity is account + asset + kind + period; the period begins with `basis`. `status`: `open` since the run that found it; `persisting` when a later
 * run found it again; `explained` where proposals of a confidence of 75 and more cover all of it; `resolved`.
 */
export const Discrepancy = strict({
  id: Uuid,
  accountId: Uuid,
  asset: AssetIdText,
  kind: oneOf(DISCREPANCY_KINDS),
  status: oneOf(DISCREPANCY_STATUSES),
  basis: Basis,
  expected: DecimalText,
  actual: DecimalText,
  difference: DecimalText,
  divergence: nullable(Divergence),
  explanations: Type.Array(Explanation),
  openedAt: Instant,
  openedBy: Uuid,
  lastSeenAt: Instant,
  lastSeenBy: Uuid,
  timesSeen: Type.Integer(),
  resolvedAt: nullable(Instant),
  resolution: nullable(oneOf(RESOLUTIONS)),
  resolvedBy: nullable(Uuid),
  note: nullable(Type.String()),
});
export type Discrepancy = Static<typeof Discrepancy>;
/** `open` means not resolved, whatever else is known of it. */
export const listDiscrepancies = contract('reconciliation.discrepancies', strict({ status: Type.Optional(oneOf(['open', 'explained', 'persisting', 'resolved'])), accountId: Type.Optional(Uuid), ...PageQuery }), pageOf(Discrepancy));
export const getDiscrepancy = contract('reconciliation.discrepancy', strict({ discrepancyId: Uuid }), Discrepancy);
export const resolveDiscrepancy = contract('reconciliation.resolve', strict({ discrepancyId: Uuid, note: Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S', description: 'why it is settled, in your words' }) }), Discrepancy);

const Origin = Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'where it comes from, such as the name of a file' }));
const Positions = Type.Array(BookPosition, { maxItems: 5_000, description: 'every asset of the account with its quantity; what is not named is zero' });
export const Imported = strict({ id: Uuid, accountId: Uuid, asOf: Instant, positions: Type.Integer(), unchanged: Type.Boolean() });
export type Imported = Static<typeof Imported>;
const Csv = Type.String({ minLength: 1, maxLength: 1_000_000, description: 'a CSV file with the columns asset and quantity' });
/** The positions themselves, or a CSV file with a header `asset,quantity`; one of both. */
const Given = { accountId: Uuid, asOf: Type.Optional(Instant), origin: Origin, positions: Type.Optional(Positions), csv: Type.Optional(Csv) };
export const importBook = contract('reconciliation.import-book', strict(Given), Imported);
export const importStatement = contract('reconciliation.import-statement', strict(Given), Imported);
/** From then on the snapshots are expected again. */
export const removeBook = contract('reconciliation.remove-book', strict({ accountId: Uuid }), strict({ removed: Type.Boolean() }));

export const AUDIT_KINDS = ['run_requested', 'run_completed', 'account_compared', 'discrepancy_opened', 'discrepancy_explained', 'discrepancy_resolved', 'book_imported', 'book_removed', 'statement_imported'] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];
export const AuditEntry = strict({ sequence: Type.Integer({ minimum: 1 }), at: Instant, kind: oneOf(AUDIT_KINDS), subject: Type.String(), data: Type.Record(Type.String(), Type.Unknown()), previousHash: Type.String(), hash: Type.String() });
export type AuditEntry = Static<typeof AuditEntry>;
export const listAudit = contract('reconciliation.audit', strict({ from: Type.Optional(Instant), to: Type.Optional(Instant), ...PageQuery }), pageOf(AuditEntry));
/** `firstBroken`: the first entry that is not what was written: which, and what is wrong with it. */
export const AuditVerdict = strict({
  valid: Type.Boolean(),
  entries: Type.Integer(),
  head: nullable(Type.String()),
  anchors: Type.Integer(),
  firstBroken: nullable(strict({ sequence: Type.Integer(), problem: oneOf(['changed', 'removed', 'inserted', 'reordered', 'cut_off', 'unanchored']), detail: Type.String() })),
});
export type AuditVerdict = Static<typeof AuditVerdict>;
export const verifyAudit = contract('reconciliation.verify-audit', strict({}), AuditVerdict);
/** For operators: every user's chain, a page of users at a time (100 where no limit is given), or one user's. */
export const verifyAllAudits = contract(
  'reconciliation.verify-all-audits',
  strict({ userId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })), ...PageQuery }),
  strict({ users: Type.Integer(), entries: Type.Integer(), broken: Type.Array(strict({ userId: Type.String(), verdict: AuditVerdict })), nextCursor: nullable(Type.String()) }),
);
