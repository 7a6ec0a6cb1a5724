import { describe, expect, it } from '@jest/globals';
import { verdictsText } from './audit.js';
import { discrepanciesText, discrepancyText } from './discrepancy-text.js';
import { AT, givenDiscrepancy, givenReport, id } from './report.fixture.js';
import { reportText, runsText } from './report-text.js';
import { wrapped } from './terminal.js';

describe('a report for people', () => {
  it('shows what differs, with what may have caused it, and what to do next', () => {
    const text = reportText(givenReport());
    expect(text).toContain(`Reconciliation ${id(1)}: DISCREPANT`);
    expect(text).toContain('finished 2026-11-21 10:00:05 UTC. Accounts: 1 compared, 0 failed, 0 skipped. Assets: 1 matched, 1 mismatch. Discrepancies: 1 opened, 0 persisting, 0 resolved.');
    expect(text).toMatch(/Joint \(Schwab\).*equity:AAPL.*12.*10\.5.*-1\.5.*mismatch.*pending_transaction -1\.5 \(90 %\)/);
    expect(text).not.toContain('currency:USD');
    expect(text).toContain('tidemark discrepancies resolve <id> --note <why>');
    expect(reportText(givenReport(), true)).toMatch(/currency:USD .* 7 .* 7 .* 0 .* matched/);
  });

  it('passes no control character on to the terminal', () => {
    expect(reportText(givenReport())).toContain('Apple [2J Inc.');
    const controls = [...reportText(givenReport()), ...discrepancyText(givenDiscrepancy({ note: 'a\u001B]0;b\u0007', resolvedAt: AT, status: 'resolved', resolution: 'accepted' }))].filter((one) => one !== '\n' && /\p{Cc}/u.test(one));
    expect(controls).toEqual([]);
  });

  it('names what was not compared, and why', () => {
    const [account] = givenReport().accountReports;
    if (!account) throw new Error('the fixture has no account');
    const failure = { connectionId: id(8), provider: 'plaid', accountIds: [id(2), id(3)], code: 'provider_unreachable' as const, detail: 'No answer within 10 s', retryable: true, attempts: 3 };
    const failed = { ...account, result: 'failed' as const, reason: failure.detail, lines: [] };
    const text = reportText(givenReport({ status: 'partial', providerErrors: [failure], discrepancies: { opened: 0, persisting: 0, resolved: 0 }, accountReports: [failed, { ...failed, accountId: id(3), name: 'Roth', institution: null }, { ...failed, accountId: id(4), name: 'Desk', result: 'skipped', reason: 'No statement.' }] }));
    expect(text).toContain('Not compared:\n  Joint (Schwab), Roth, failed: No answer within 10 s.\n  Desk (Schwab), skipped: No statement.\n');
    expect(text).toContain('  plaid: provider_unreachable, of 2 account(s), asked 3 time(s). The next run asks again.');
    expect(text).toContain('PARTIAL');
    expect(text).not.toContain('tidemark discrepancies');
  });

  it('of one that compared nothing does not say that all is well', () => {
    expect(reportText(givenReport({ status: 'matched', accountReports: [] }))).toContain('matched: what was compared agrees');
    expect(reportText(givenReport({ status: 'matched', accounts: { checked: 0, failed: 0, skipped: 1 }, accountReports: [] }))).toContain(': nothing was compared\n');
  });

  it('of one that goes on says so', () => {
    expect(reportText(givenReport({ status: 'running', finishedAt: null }))).toContain('It has not ended');
    expect(runsText([])).toContain('tidemark reconcile run');
    expect(runsText([givenReport()])).toMatch(/discrepant .* 1 .* 0/);
  });
});

describe('discrepancies for people', () => {
  it('have where the books parted, the evidence, and what ends them', () => {
    const text = discrepancyText(givenDiscrepancy());
    expect(text).toContain('equity:AAPL of account');
    expect(text).toContain(`The books parted after the snapshot ${id(3)} of 2026-11-21 10:00:00 UTC, by -1.5 in that of 2026-11-22 10:00:00 UTC (${id(4)}).`);
    expect(text).toContain(`    transaction ${id(9)}: SELL 1.5`);
    expect(text).toContain('tidemark discrepancies resolve');
    expect(discrepancyText(givenDiscrepancy({ status: 'resolved', resolvedAt: AT, resolution: 'accepted', note: 'A gift.' }))).toMatch(/Resolved 2026-11-21 10:00:00 UTC: accepted, "A gift."\.$/);
    expect(discrepancyText(givenDiscrepancy({ divergence: { before: { id: id(3), at: AT }, after: null, difference: '1' } }))).toContain('the fresh answer of the provider differs');
  });

  it('are a table, or none', () => {
    expect(discrepanciesText([], new Map())).toBe('There is none.');
    const text = discrepanciesText([givenDiscrepancy(), givenDiscrepancy({ accountId: id(6), status: 'resolved', resolution: 'accepted' })], new Map([[id(2), 'Joint']]));
    expect(text).toMatch(/Joint .* equity:AAPL .* mismatch .* 12 .* 10\.5 .* -1\.5 .*pending_transaction -1\.5 \(90 %\)/);
    expect(text).toContain('persisting, seen 2');
    expect(text).toContain(id(6));
    expect(text).toContain('resolved: accepted');
  });
});

describe('verdicts on audit trails for people', () => {
  it('name the entry and what happened to it', () => {
    expect(verdictsText({ users: 2, entries: 10, broken: [] })).toBe('The audit trail is what was written: 2 user(s), 10 entries.');
    const verdict = { valid: false, entries: 5, head: null, anchors: 3, firstBroken: { sequence: 3, problem: 'removed' as const, detail: 'Entry 3 is missing: 4 follows 2.' } };
    expect(verdictsText({ users: 2, entries: 10, broken: [{ userId: 'ann', verdict }] })).toContain('  ann: entry 3 removed. Entry 3 is missing: 4 follows 2.');
  });
});

describe('text in a column', () => {
  it('is cut at spaces', () => {
    expect(wrapped('one two  three', 7)).toBe('one two\nthree');
    expect(wrapped('longer-than-that a', 4)).toBe('longer-than-that\na');
  });
});
