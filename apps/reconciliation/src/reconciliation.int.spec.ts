/** What a reconciliation finds, over real Postgres and NATS, with the sandbox as the institutions. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NOW, ReconciliationFixture } from './testing/reconciliation.fixture.js';

let fixture: ReconciliationFixture;
beforeAll(async () => {
  fixture = await ReconciliationFixture.start('reconciliation');
}, 60_000);
afterAll(() => fixture?.close());
beforeEach(async () => {
  await fixture.sandbox.calm();
  await fixture.at(NOW);
});

describe('a reconciliation', () => {
  it('of one exchange that holds what was captured is matched, and says so line by line', async () => {
    const ann = await fixture.held('ann');
    const report = await fixture.reconciled('ann');
    expect(report).toMatchObject({ status: 'matched', accounts: { checked: 1, failed: 0, skipped: 0 }, lines: { matched: 2 }, discrepancies: { opened: 0 }, providerErrors: [] });
    expect(report.accountReports).toMatchObject([{ accountId: ann.accountId, result: 'matched', source: 'provider', lines: [{ asset: 'currency:USD', expected: '1000', actual: '1000', outcome: 'matched' }, { asset: 'equity:AAPL', expected: '10', actual: '10', outcome: 'matched' }] }]);
    expect((await fixture.told('ann')).map(({ type }) => type)).toEqual(['ReconciliationRequested', 'ReconciliationCompleted']);
  });

  it('of one that holds something else is discrepant, and opens a discrepancy', async () => {
    const ben = await fixture.held('ben');
    await fixture.sandbox.hold(ben.worldId, 'aapl', '13.7');
    const report = await fixture.reconciled('ben');
    expect(report).toMatchObject({ status: 'discrepant', lines: { matched: 1, mismatch: 1 }, discrepancies: { opened: 1, persisting: 0, resolved: 0 } });
    const [found] = await fixture.discrepancies('ben');
    expect(found).toMatchObject({ accountId: ben.accountId, asset: 'equity:AAPL', kind: 'mismatch', status: 'open', expected: '10', actual: '13.7', difference: '3.7', openedBy: report.id });
    expect(report.accountReports[0]?.lines[1]).toMatchObject({ asset: 'equity:AAPL', outcome: 'mismatch', difference: '3.7', discrepancyId: found?.id });
    expect((await fixture.told('ben')).map(({ type }) => type)).toEqual(['ReconciliationRequested', 'DiscrepancyOpened', 'ReconciliationCompleted']);
  });
});
