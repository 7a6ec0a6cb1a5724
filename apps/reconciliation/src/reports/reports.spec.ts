import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { OUTCOMES, reconciliationRpc } from '@tidemark/contracts';
import type { Outcome } from '@tidemark/contracts';
import { fieldErrors } from '@tidemark/service';
import { reportFile } from './report-file.js';

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const at = '2026-11-21T10:00:00.000Z';
const line: reconciliationRpc.ReconciliationLine = { asset: 'equity:AAPL', name: '=HYPERLINK("http://x")', expected: '12', actual: '10.5', difference: '-1.5', allowed: '0.000001', outcome: 'mismatch', explanations: [{ kind: 'pending_transaction', quantity: '-1.5', complete: true, confidence: 90, summary: 'A sale is pending.', evidence: [] }], discrepancyId: id(5) };
const account: reconciliationRpc.AccountReport = { accountId: id(2), name: '-Joint, "ours"', institution: null, provider: 'plaid', source: 'provider', result: 'discrepant', reason: null, basis: { kind: 'snapshot', id: id(3), at }, actualAt: at, lines: [line, { ...line, asset: 'currency:USD', name: null, difference: '0', outcome: 'matched', explanations: [], discrepancyId: null }] };
const report: reconciliationRpc.Report = {
  id: id(1), reason: 'requested', status: 'partial', requestedAt: at, startedAt: at, finishedAt: at, accountIds: null, tolerance: {}, progress: { accounts: 2, done: 2 }, accounts: { checked: 1, failed: 1, skipped: 0 },
  lines: Object.fromEntries(OUTCOMES.map((name) => [name, 1])) as Record<Outcome, number>, discrepancies: { opened: 1, persisting: 0, resolved: 0 }, error: null, providerErrors: [],
  accountReports: [account, { ...account, accountId: id(4), name: 'Savings', institution: 'Chase', result: 'failed', reason: 'It did not answer.', source: null, basis: null, actualAt: null, lines: [] }],
};

describe('a report as a file', () => {
  it('in CSV has a row for each asset and for each account without one, and no formula', () => {
    const { filename, contentType, body } = reportFile(report, 'csv');
    expect([filename, contentType]).toEqual([`tidemark-reconciliation-2026-11-21-${id(1)}.csv`, 'text/csv; charset=utf-8; header=present']);
    const rows = parse<Record<string, string>>(body, { columns: true });
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({
      reconciliation: id(1), finished_at: at, status: 'partial', account_id: id(2), account: `'-Joint, "ours"`, institution: '', provider: 'plaid', source: 'provider', result: 'discrepant', reason: '', basis: 'snapshot', basis_at: at, actual_at: at,
      asset: 'equity:AAPL', name: `'=HYPERLINK("http://x")`, expected: '12', actual: '10.5', difference: '-1.5', allowed: '0.000001', outcome: 'mismatch', explanations: 'pending_transaction -1.5 (90 %): A sale is pending.', discrepancy: id(5),
    });
    expect(rows[2]).toMatchObject({ account: 'Savings', result: 'failed', reason: 'It did not answer.', asset: '', difference: '' });
  });

  it('in JSON is the report as the API answers it', () => {
    const { filename, contentType, body } = reportFile(report, 'json');
    expect([filename, contentType]).toEqual([`tidemark-reconciliation-2026-11-21-${id(1)}.json`, 'application/json; charset=utf-8']);
    expect(JSON.parse(body)).toEqual(report);
    expect(fieldErrors(reconciliationRpc.Report, JSON.parse(body))).toBeNull();
  });

  it('of a run without an account is a header alone', () => {
    expect(reportFile({ ...report, finishedAt: null, accountReports: [] }, 'csv').body).toMatch(/^reconciliation,.*,discrepancy\r\n$/);
  });
});
