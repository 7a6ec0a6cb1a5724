/** A report, and a discrepancy of it, for specs. */
import type { reconciliationRpc } from '@tidemark/contracts';

export const id = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
export const AT = '2026-11-21T10:00:00.000Z';

const explanation = { kind: 'pending_transaction', quantity: '-1.5', complete: true, confidence: 90, summary: 'A pending sale of 1.5 may be in the balance already.', evidence: [{ kind: 'transaction', id: id(9), text: 'SELL 1.5' }] } as const;
const line: reconciliationRpc.ReconciliationLine = { asset: 'equity:AAPL', name: 'Apple\u001B[2J Inc.', expected: '12', actual: '10.5', difference: '-1.5', allowed: '0.000001', outcome: 'mismatch', explanations: [{ ...explanation, evidence: [...explanation.evidence] }], discrepancyId: id(5) };
const account: reconciliationRpc.AccountReport = { accountId: id(2), name: 'Joint', institution: 'Schwab', provider: 'plaid', source: 'provider', result: 'discrepant', reason: null, basis: { kind: 'snapshot', id: id(3), at: AT }, actualAt: AT, lines: [line, { ...line, asset: 'currency:USD', name: null, expected: '7', actual: '7', difference: '0', outcome: 'matched', explanations: [], discrepancyId: null }] };

export function givenReport(given: Partial<reconciliationRpc.Report> = {}): reconciliationRpc.Report {
  return {
    id: id(1), reason: 'requested', status: 'discrepant', requestedAt: AT, startedAt: AT, finishedAt: '2026-11-21T10:00:05.000Z', accountIds: null, tolerance: {}, progress: { accounts: 1, done: 1 }, accounts: { checked: 1, failed: 0, skipped: 0 },
    lines: { matched: 1, within_tolerance: 0, missing_local: 0, missing_remote: 0, mismatch: 1, stale: 0 }, discrepancies: { opened: 1, persisting: 0, resolved: 0 }, error: null, providerErrors: [], accountReports: [account], ...given,
  };
}

export function givenDiscrepancy(given: Partial<reconciliationRpc.Discrepancy> = {}): reconciliationRpc.Discrepancy {
  return {
    id: id(5), accountId: id(2), asset: 'equity:AAPL', kind: 'mismatch', status: 'persisting', basis: { kind: 'snapshot', id: id(3), at: AT }, expected: '12', actual: '10.5', difference: '-1.5',
    divergence: { before: { id: id(3), at: AT }, after: { id: id(4), at: '2026-11-22T10:00:00.000Z' }, difference: '-1.5' }, explanations: [...line.explanations], openedAt: AT, openedBy: id(1), lastSeenAt: AT, lastSeenBy: id(1), timesSeen: 2,
    resolvedAt: null, resolution: null, resolvedBy: null, note: null, ...given,
  };
}
