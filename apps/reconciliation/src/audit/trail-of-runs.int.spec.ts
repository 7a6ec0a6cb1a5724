/** What runs, people and imports leave in the audit trail and in files, over the requests that the gateway makes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reconciliationRpc as rpc } from '@tidemark/contracts';
import type { AuditAnchor } from '@tidemark/contracts';
import { parse } from 'csv-parse/sync';
import { ReconciliationFixture } from '../testing/reconciliation.fixture.js';

let fixture: ReconciliationFixture;
beforeAll(async () => {
  fixture = await ReconciliationFixture.start('audit_trail');
}, 60_000);
afterAll(() => fixture?.close());

const trail = async (userId: string) => (await fixture.must(rpc.listAudit, userId, { limit: 500 })).items;

/** A run that finds a difference, which is settled, one that finds nothing, and a book. */
async function lived(userId: string): Promise<rpc.Report> {
  const held = await fixture.held(userId);
  await fixture.sandbox.hold(held.worldId, 'aapl', '13.7');
  const report = await fixture.reconciled(userId);
  const [found] = await fixture.discrepancies(userId);
  await fixture.must(rpc.resolveDiscrepancy, userId, { discrepancyId: found?.id ?? '', note: 'A gift.' });
  await fixture.reconciled(userId);
  await fixture.must(rpc.importBook, userId, { accountId: held.accountId, positions: [] });
  await fixture.must(rpc.removeBook, userId, { accountId: held.accountId });
  return report;
}

describe('the audit trail of runs', () => {
  it('has passes as well as breaks, and each event carries its entry', async () => {
    await lived('aud');
    const entries = await trail('aud');
    const run = ['run_requested', 'account_compared', 'run_completed'];
    expect(entries.map(({ kind }) => kind)).toEqual([...run.slice(0, 2), 'discrepancy_opened', 'run_completed', 'discrepancy_resolved', ...run, 'book_imported', 'book_removed']);
    const anchors = (await fixture.told('aud')).map(({ data }) => data['audit'] as AuditAnchor);
    expect(anchors).toEqual(entries.filter(({ kind }) => kind !== 'account_compared').map(({ sequence, hash }) => ({ sequence, hash })));
    expect(await fixture.must(rpc.verifyAudit, 'aud', {})).toEqual({ valid: true, entries: 10, head: entries.at(-1)?.hash, anchors: 8, firstBroken: null });
  });

  it('names what was done to it', async () => {
    await lived('tam');
    await fixture.owner.transaction(async (tx) => {
      await tx.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
      await tx.query(`UPDATE audit_entry SET data = replace(data::text, '13.7', '10')::json WHERE user_id = 'tam' AND kind = 'discrepancy_opened'`);
      await tx.query('ALTER TABLE audit_entry ENABLE TRIGGER USER');
    });
    expect(await fixture.must(rpc.verifyAudit, 'tam', {})).toMatchObject({ valid: false, firstBroken: { sequence: 3, problem: 'changed' } });
  });

  it('goes with its user, and what is left is whole', async () => {
    await lived('era');
    await fixture.say('connections', 'era', [['user-era', 'UserErased', { userId: 'era' }]]);
    expect(await trail('era')).toEqual([]);
    expect(await fixture.must(rpc.verifyAudit, 'era', {})).toEqual({ valid: true, entries: 0, head: null, anchors: 0, firstBroken: null });
  });
});

describe('a report as a file', () => {
  it('is the report, as CSV and as JSON, for its user alone', async () => {
    const report = await lived('exp');
    const csv = await fixture.must(rpc.exportReport, 'exp', { reconciliationId: report.id, format: 'csv' });
    expect(parse<Record<string, string>>(csv.body, { columns: true }).map(({ asset, expected, actual, outcome }) => [asset, expected, actual, outcome])).toEqual([['currency:USD', '1000', '1000', 'matched'], ['equity:AAPL', '10', '13.7', 'mismatch']]);
    const json = await fixture.must(rpc.exportReport, 'exp', { reconciliationId: report.id });
    expect(JSON.parse(json.body)).toEqual(await fixture.must(rpc.getReconciliation, 'exp', { reconciliationId: report.id }));
    expect(await fixture.call(rpc.exportReport, 'eve', { reconciliationId: report.id })).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});
