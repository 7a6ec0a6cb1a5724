/** Runs and the many ways in which they are interrupted, on real Postgres and NATS, with several instances of the service on one database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reconciliationRpc as rpc } from '@tidemark/contracts';
import { waitUntil } from '@tidemark/testing';
import { NOW, ReconciliationFixture } from '../testing/reconciliation.fixture.js';

let fixture: ReconciliationFixture;
beforeAll(async () => {
  fixture = await ReconciliationFixture.start('recon_runs');
  await fixture.instance();
}, 60_000);
afterAll(() => fixture?.close());
beforeEach(async () => {
  await fixture.sandbox.calm();
  await fixture.at(NOW);
});

const ALWAYS = 1_000;
const count = async (statement: string, ...values: unknown[]) => (await fixture.database.query(statement, values)).rowCount;
const asked = (operation: string) => fixture.sandbox.asked(operation);
const types = async (user: string) => (await fixture.told(user)).map(({ type }) => type);

describe('a run that is asked for while one runs on the same scope', () => {
  it('joins it, whichever of two instances is asked: one run, one fetch', async () => {
    const { accountId } = await fixture.held('joe');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 1_200, times: 1 });
    const first = await fixture.start('joe', { tolerance: { absolute: '1' } });
    const all = await Promise.all(Array.from({ length: 12 }, () => fixture.start('joe', { tolerance: { absolute: '2' } })));
    const other = await fixture.start('joe', { accountIds: [accountId] });
    expect([first.joined, new Set(all.map(({ id, joined }) => `${id} ${joined}`)), other.joined]).toEqual([false, new Set([`${first.id} true`]), false]);
    expect(await fixture.ended('joe', first.id)).toMatchObject({ status: 'matched', tolerance: { absolute: '1' } });
    expect(await fixture.ended('joe', other.id)).toMatchObject({ status: 'matched' });
    // One fetch for each of the two scopes, the second when the first was through.
    const operations = (await fixture.sandbox.requested()).map(({ operation }) => operation);
    expect(operations.filter((one) => one === 'itemGet')).toHaveLength(2);
    expect(operations.slice(operations.length / 2)).toEqual(operations.slice(0, operations.length / 2));
    expect((await types('joe')).filter((type) => type === 'ReconciliationCompleted')).toHaveLength(2);
    expect((await fixture.start('joe')).joined).toBe(false);
  });

  it('at the very same moment is one run all the same', async () => {
    await fixture.held('sim');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 500, times: 1 });
    const all = await Promise.all(Array.from({ length: 12 }, () => fixture.start('sim')));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all.filter(({ joined }) => !joined)).toHaveLength(1);
    await fixture.ended('sim', all[0]?.id ?? '');
    expect(await types('sim')).toEqual(['ReconciliationRequested', 'ReconciliationCompleted']);
  });
});

describe('a run', () => {
  it('survives a restart with what it had to do', async () => {
    await fixture.held('per');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'itemGet', kind: 'status', status: 500, times: ALWAYS });
    const { id } = await fixture.start('per');
    await waitUntil(() => count(`SELECT 1 FROM run_task WHERE run_id = $1 AND attempt = 1 AND status = 'queued'`, id), { timeoutMs: 10_000, everyMs: 5, describe: 'the first attempt to end' });
    await fixture.database.query(`UPDATE run_task SET due_at = now() + interval '1 hour', attempt = 1 WHERE run_id = $1`, [id]);
    await fixture.restarted();
    await fixture.sandbox.calm();
    expect(await fixture.must(rpc.getReconciliation, 'per', { reconciliationId: id })).toMatchObject({ status: 'running', progress: { accounts: 1, done: 0 }, accountReports: [{ result: 'pending' }] });
    await fixture.database.query('UPDATE run_task SET due_at = now() WHERE run_id = $1', [id]);
    expect(await fixture.ended('per', id)).toMatchObject({ status: 'matched', progress: { accounts: 1, done: 1 } });
    expect(await types('per')).toEqual(['ReconciliationRequested', 'ReconciliationCompleted']);
  });

  it('whose worker falls silent is taken over; what the silent one brings after all is not written', async () => {
    const kim = await fixture.held('kim');
    // Its other connection takes long, so that the run is open still when the silent one speaks.
    await fixture.held('kim', 'south');
    await fixture.sandbox.fault({ provider: 'snaptrade', operation: 'detailBrokerageAuthorization', kind: 'slow', delayMs: 3_000, times: 1 });
    await fixture.sandbox.hold(kim.worldId, 'aapl', '13.7');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 1_300, times: 1 });
    const { id } = await fixture.start('kim');
    await waitUntil(async () => (await asked('accountsGet')).length === 1, { timeoutMs: 10_000, everyMs: 20 });
    // As if its process had been stopped, and its heartbeats had not come for long.
    await fixture.database.query(`UPDATE run_task SET locked_until = now() - interval '1 second', locked_by = 'asleep' WHERE run_id = $1`, [id]);
    // The one that was asleep has its answer when the other has long been through.
    await waitUntil(async () => (await asked('investmentsTransactionsGet')).length === 2, { timeoutMs: 10_000, everyMs: 20 });
    const report = await fixture.ended('kim', id);
    expect(report).toMatchObject({ status: 'discrepant', discrepancies: { opened: 1 }, accounts: { checked: 2 } });
    expect(await types('kim')).toEqual(['ReconciliationRequested', 'DiscrepancyOpened', 'ReconciliationCompleted']);
    expect(await fixture.ended('kim', id)).toEqual(report);
    expect(await fixture.discrepancies('kim')).toMatchObject([{ timesSeen: 1 }]);
    expect(await fixture.must(rpc.verifyAudit, 'kim', {})).toMatchObject({ valid: true, entries: 5 });
  });

  it('that kills its worker again and again is given up, and says so', async () => {
    await fixture.held('kil');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 900, times: 1 });
    const { id } = await fixture.start('kil');
    await waitUntil(async () => (await asked('accountsGet')).length === 1, { timeoutMs: 10_000, everyMs: 20 });
    await fixture.database.query(`UPDATE run_task SET locked_until = now() - interval '1 second', locked_by = 'dead', attempt = 3 WHERE run_id = $1`, [id]);
    expect(await fixture.ended('kil', id)).toMatchObject({ status: 'failed', error: expect.stringContaining('interrupted 3 times'), providerErrors: [{ attempts: 4 }] });
  });

  it('keeps its lock as long as it works, however long the provider takes', async () => {
    await fixture.held('loc');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 1_400, times: 1 });
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'investmentsHoldingsGet', kind: 'slow', delayMs: 1_000, times: 1 });
    expect(await fixture.reconciled('loc')).toMatchObject({ status: 'matched' });
    expect(await asked('itemGet')).toHaveLength(1);
  });

  it('that one user asks for too often is refused, with the time to wait; joining one is not', async () => {
    const { accountId } = await fixture.held('oft');
    for (let asked = 0; asked < 12; asked += 1) await fixture.reconciled('oft', asked % 2 === 0 ? {} : { accountIds: [accountId] });
    const refused = await fixture.call(rpc.startReconciliation, 'oft', {});
    expect(refused).toMatchObject({ ok: false, error: { code: 'rate_limited', extra: { retryAfter: 60 } } });
  });

  it('of nothing is over at once, and says that nothing was compared', async () => {
    expect(await fixture.reconciled('nob')).toMatchObject({ status: 'partial', accounts: { checked: 0, failed: 0, skipped: 0 }, accountReports: [] });
  });
});

describe('the schedule', () => {
  it('compares every user once an interval, however many instances look', async () => {
    await fixture.held('sch');
    const replicas = await Promise.all([fixture.instance({ RECONCILIATION_SCHEDULE_EVERY: '100ms' }), fixture.instance({ RECONCILIATION_SCHEDULE_EVERY: '100ms' })]);
    const scheduled = () => count(`SELECT 1 FROM reconciliation_run WHERE user_id = 'sch' AND reason = 'scheduled'`);
    await waitUntil(() => count(`SELECT 1 FROM schedule_slot WHERE user_id = 'sch' AND next_at > $1`, NOW), { timeoutMs: 10_000 });
    expect(await scheduled()).toBe(0);
    await fixture.database.query(`UPDATE schedule_slot SET next_at = $1 WHERE user_id = 'sch'`, [NOW]);
    await waitUntil(async () => (await scheduled()) === 1, { timeoutMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await scheduled()).toBe(1);
    const [{ id = '' } = {}] = (await fixture.must(rpc.listReconciliations, 'sch', {})).items;
    expect(await fixture.ended('sch', id)).toMatchObject({ status: 'matched', reason: 'scheduled' });
    expect(await count(`SELECT 1 FROM schedule_slot WHERE user_id = 'sch' AND next_at > $1 AND next_at <= $1::timestamptz + interval '24 hours'`, NOW)).toBe(1);
    for (const replica of replicas) await replica.close();
  });
});

describe('old runs', () => {
  it('in which nothing differed are forgotten; those in which something did stay', async () => {
    const old = await fixture.held('old');
    const green = await fixture.reconciled('old');
    await fixture.sandbox.hold(old.worldId, 'aapl', '13.7');
    const red = await fixture.reconciled('old');
    await fixture.sandbox.hold(old.worldId, 'aapl', '10');
    await fixture.database.query(`UPDATE reconciliation_run SET finished_at = finished_at - interval '400 days' WHERE user_id = 'old'`);
    const kept = await fixture.reconciled('old');
    const replica = await fixture.instance({ RECONCILIATION_SCHEDULE_EVERY: '100ms' });
    await waitUntil(async () => !(await fixture.call(rpc.getReconciliation, 'old', { reconciliationId: green.id })).ok, { timeoutMs: 10_000 });
    expect((await fixture.must(rpc.listReconciliations, 'old', {})).items.map(({ id }) => id)).toEqual(expect.arrayContaining([red.id, kept.id]));
    expect(await count('SELECT 1 FROM account_report WHERE run_id = $1', green.id)).toBe(0);
    await replica.close();
  });
});

describe('erasure', () => {
  /** Every table that has rows of a user, but for the marks that say what was erased. */
  async function tablesOf(user: string, column = 'user_id', value = user): Promise<string[]> {
    const { rows } = await fixture.owner.query<{ name: string }>(`SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = $1 ORDER BY 1`, [column]);
    const found: string[] = [];
    for (const { name } of rows) if ((await fixture.owner.query(`SELECT 1 FROM ${name} WHERE ${column}::text = $1 LIMIT 1`, [value])).rowCount > 0) found.push(name);
    return found.filter((name) => !['erasure', 'audit_erasure', 'audit_head'].includes(name));
  }

  it('of a connection takes everything of its accounts, also from a run that is under way, and leaves the others', async () => {
    const [gone, kept] = [await fixture.held('era', 'north'), await fixture.held('era', 'south')];
    await fixture.sandbox.hold(gone.worldId, 'aapl', '13.7');
    await fixture.reconciled('era');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 1_000, times: 1 });
    const { id } = await fixture.start('era');
    await waitUntil(async () => (await asked('accountsGet')).length === 2, { timeoutMs: 10_000, everyMs: 20 });
    await fixture.say('connections', 'era', [[`connection-${gone.connectionId}`, 'ConnectionRemoved', { userId: 'era', connectionId: gone.connectionId, reason: 'asked for', erased: true, accountIds: [gone.accountId] }]]);
    const report = await fixture.ended('era', id);
    expect(report.accountReports.map(({ accountId }) => accountId)).toEqual([kept.accountId]);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await tablesOf('era', 'account_id', gone.accountId)).toEqual([]);
    expect(await tablesOf('era', 'account_id', kept.accountId)).toEqual(expect.arrayContaining(['account', 'account_report', 'captured_snapshot']));
  });

  it('of a user takes everything, the audit trail included, and what comes late of them is not stored', async () => {
    const ulf = await fixture.held('ulf');
    await fixture.sandbox.hold(ulf.worldId, 'aapl', '13.7');
    await fixture.reconciled('ulf');
    expect((await tablesOf('ulf')).length).toBeGreaterThan(6);
    await fixture.say('connections', 'ulf', [['user-ulf', 'UserErased', { userId: 'ulf' }]]);
    await fixture.capture(ulf);
    expect(await tablesOf('ulf')).toEqual([]);
    expect((await fixture.must(rpc.listReconciliations, 'ulf', {})).items).toEqual([]);
  });
});

describe('a rebuild of the read models', () => {
  it('gives the same rows and runs nothing again', async () => {
    const reb = await fixture.held('reb');
    await fixture.sandbox.hold(reb.worldId, 'aapl', '13.7');
    await fixture.reconciled('reb');
    const tables = ['account', 'linked_connection', 'captured_snapshot', 'account_transaction'];
    const dump = async (names: readonly string[]) => Promise.all(names.map(async (table) => (await fixture.owner.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows.map(({ row }) => row)));
    const [models, work, events] = [await dump(tables), await dump(['reconciliation_run', 'run_task', 'discrepancy', 'settled_basis', 'audit_entry']), await count('SELECT 1 FROM log.event')];
    await fixture.restarted(async () => {
      await fixture.owner.query(`TRUNCATE ${tables.join(', ')}`);
      await fixture.owner.query(`UPDATE projection.checkpoint SET position = 0 WHERE projection <> 'erase-reconciliations'`);
    });
    await waitUntil(async () => JSON.stringify(await dump(tables)) === JSON.stringify(models), { timeoutMs: 15_000, describe: 'the read models to be as they were' });
    expect(await dump(['reconciliation_run', 'run_task', 'discrepancy', 'settled_basis', 'audit_entry'])).toEqual(work);
    expect(await count('SELECT 1 FROM log.event')).toBe(events);
    expect(await fixture.reconciled('reb')).toMatchObject({ status: 'discrepant', discrepancies: { opened: 0, persisting: 1 } });
  });
});
