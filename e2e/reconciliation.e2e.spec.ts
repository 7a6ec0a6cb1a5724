/**
 * Reconciliation and alerts over the whole stack: books that agree, a provider that says otherwise, what is told of it and to whom, how it
 * ends, a provider that does not answer, kill -9 in the middle, and an audit trail that somebody touched.
 */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { alertsRpc, connectionsRpc, reconciliationRpc } from '@tidemark/contracts';
import { openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { waitUntil } from '@tidemark/testing';
import { Client } from './client.js';
import { startStack } from './stack.js';
import type { Stack } from './stack.js';

const SECRET = 'a secret that the receiver knows too';
let stack: Stack;
let rita: Client;
let database: Database;
let receiver: Server;
const received: { headers: Record<string, unknown>; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      answer.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  stack = await startStack({
    without: ['history'], with: ['reconciliation', 'alerts'],
    env: { alerts: { ALERTS_ALLOW_PRIVATE: '127.0.0.1' }, reconciliation: { RECONCILIATION_LOCK: '2s', RECONCILIATION_PER_MINUTE: '1000', PLAID_RETRIES: '1', PLAID_TIMEOUT_MS: '2000' } },
  });
  database = await openDatabase({ url: stack.databases['RECONCILIATION']?.ownerUrl ?? '', application: 'checker', poolSize: 2 });
  rita = await Client.of(stack, 'rita');
  await rita.calmSandbox();
  await rita.link('fidelity');
  await rita.link('empower');
}, 120_000);
afterAll(async () => {
  await database?.close();
  await stack?.close();
  receiver?.close();
}, 60_000);

async function ended(user: Client, id: string): Promise<reconciliationRpc.Report> {
  let last: unknown = null;
  return waitUntil(async () => {
    const report = await user.must<reconciliationRpc.Report>('GET', `/reconciliations/${id}`);
    last = report;
    return report.status === 'queued' || report.status === 'running' ? null : report;
  }, { timeoutMs: 60_000, everyMs: 100, describe: () => `reconciliation ${id} to end: ${JSON.stringify(last)}` });
}

async function reconciled(user = rita): Promise<reconciliationRpc.Report> {
  return ended(user, (await user.must<{ id: string }>('POST', '/reconciliations', {})).id);
}

const open = async () => (await rita.must<{ items: reconciliationRpc.Discrepancy[] }>('GET', '/discrepancies?status=open')).items;

/** Units of a security at an institution, as its provider tells them from now on. */
async function tells(institution: string, security: RegExp, quantity: string): Promise<string> {
  let before = '';
  await rita.changeWorld((world) => {
    const holding = world.accounts.filter((one) => one.institution === institution).flatMap((one) => one.holdings ?? []).find((one) => security.test(one.security));
    if (!holding) throw new Error(`nothing like ${security} at ${institution}`);
    before = holding.quantity;
    holding.quantity = quantity;
  });
  return before;
}

describe('books and providers', () => {
  it('agree after a link, in every asset of every account', async () => {
    const report = await reconciled();
    expect(report).toMatchObject({ status: 'matched', providerErrors: [], discrepancies: { opened: 0 } });
    const { items } = await rita.must<{ items: connectionsRpc.Account[] }>('GET', '/accounts');
    expect(report.accountReports.map(({ accountId }) => accountId).sort()).toEqual(items.map(({ id }) => id).sort());
    expect(report.accountReports.flatMap(({ lines }) => lines).length).toBeGreaterThan(3);
    expect(report.accountReports.flatMap(({ lines }) => lines).filter(({ outcome }) => outcome !== 'matched')).toEqual([]);
  }, 60_000);

  it('part: it is found once, told by webhook with a signature that holds, stays after a sync, and ends when they agree again', async () => {
    const port = (receiver.address() as AddressInfo).port;
    await rita.must('POST', '/alert-rules', { name: 'Books', kind: 'discrepancy_opened', deliveries: [{ kind: 'webhook', url: `http://127.0.0.1:${port}/hook?token=kept-to-itself` }, { kind: 'live' }], webhookSecret: SECRET });
    const before = await tells('fidelity', /./, '1234.5');
    const first = await reconciled();
    const [found] = await open();
    expect([first.status, (await open()).length, found]).toMatchObject(['discrepant', 1, { kind: 'mismatch', expected: before, actual: '1234.5', timesSeen: 1 }]);

    const told = await waitUntil(() => received[0], { timeoutMs: 10_000, describe: 'the webhook' });
    const { t, v1 } = Object.fromEntries(String(told.headers['tidemark-signature']).split(',').map((part) => part.split('=', 2))) as { t: string; v1: string };
    expect(v1).toBe(createHmac('sha256', SECRET).update(`${t}.${told.body}`).digest('hex'));
    expect(JSON.parse(told.body)).toMatchObject({ kind: 'discrepancy_opened', accountId: found?.accountId });

    const { items } = await rita.must<{ items: connectionsRpc.Connection[] }>('GET', '/connections');
    const fidelity = items.find((one) => one.institutionId === 'fidelity') as connectionsRpc.Connection;
    const { syncId } = await rita.must<{ syncId: string }>('POST', `/connections/${fidelity.id}/refresh`, { acceptCost: true });
    await rita.synced(syncId);
    const second = await waitUntil(async () => {
      const report = await reconciled();
      const [still] = await open();
      return still?.divergence?.after ? { report, still } : null;
    }, { timeoutMs: 30_000, describe: 'the new snapshot to be seen' });
    expect(second.still).toMatchObject({ id: found?.id, status: expect.stringMatching(/persisting|explained/), divergence: { before: { id: expect.any(String) }, after: { id: expect.any(String) } } });
    expect(second.report.discrepancies).toMatchObject({ opened: 0, persisting: 1 });

    await tells('fidelity', /./, before);
    const green = await reconciled();
    expect(green.discrepancies).toMatchObject({ resolved: 1 });
    expect(await open()).toEqual([]);
    expect(await rita.must('GET', `/discrepancies/${found?.id}`)).toMatchObject({ status: 'resolved', resolution: 'matched' });
    expect((await rita.must<reconciliationRpc.Report>('GET', `/reconciliations/${first.id}`)).status).toBe('discrepant');
    expect(received).toHaveLength(1);
    const { items: alerts } = await rita.must<{ items: alertsRpc.Alert[] }>('GET', '/alerts');
    expect(alerts.map(({ deliveries }) => deliveries.map(({ kind, status }) => [kind, status]))).toEqual([[['webhook', 'delivered'], ['live', 'delivered']]]);
    expect(JSON.stringify(alerts) + stack.logs()).not.toContain('kept-to-itself');
  }, 120_000);

  it('cannot all be asked: what fails is named, the rest stands', async () => {
    await rita.control('POST', '/faults', { provider: 'plaid', operation: '*', kind: 'status', status: 500, times: 100 });
    const report = await reconciled();
    await rita.control('DELETE', '/faults');
    expect(report).toMatchObject({ status: 'partial', providerErrors: [{ provider: 'plaid', code: 'provider_error' }], discrepancies: { opened: 0 } });
    expect(new Set(report.accountReports.map(({ provider, result }) => `${provider} ${result}`))).toEqual(new Set(['plaid failed', 'snaptrade matched']));
  }, 60_000);

  it('of another user cannot be asked about', async () => {
    const other = await Client.of(stack, 'sam');
    const [run] = (await rita.must<{ items: reconciliationRpc.RunSummary[] }>('GET', '/reconciliations')).items;
    const { items } = await rita.must<{ items: connectionsRpc.Account[] }>('GET', '/accounts');
    expect((await other.call('GET', `/reconciliations/${run?.id}`)).status).toBe(404);
    expect((await other.call('POST', '/reconciliations', { accountIds: [items[0]?.id] })).status).toBe(404);
    expect(await other.must('GET', '/audit/verify')).toMatchObject({ valid: true, entries: 0 });
  });
});

describe('exchanges', () => {
  interface Trader { cash?: { currency: string; amount: string }[]; holdings?: { security: string; quantity: string }[]; id: string }

  /** What happened at an exchange, in its own words: a row for each, and what is there since. */
  async function happens(user: Client, accountId: string, cash: string, units: Record<string, string>, rows: readonly object[]): Promise<void> {
    await user.changeWorld((world) => {
      const { accounts, transactions } = world as unknown as { accounts: Trader[]; transactions: object[] };
      const account = accounts.find(({ id }) => id === accountId) as Trader;
      for (const one of account.cash ?? []) one.amount = cash;
      for (const holding of account.holdings ?? []) holding.quantity = units[holding.security] ?? holding.quantity;
      const at = new Date().toISOString();
      transactions.push(...rows.map((row, index) => ({ id: `${accountId}-now-${index}`, account: accountId, date: at.slice(0, 10), at, description: 'now', ...row })));
    });
  }

  it('are expected to the last digit after trades, funding and deposits: perpetuals, what settles them, coins and cash', async () => {
    const tara = await Client.of(stack, 'tara');
    await tara.link('coinbase', { provider: 'coinbase' });
    await tara.link('dydx');
    expect(await reconciled(tara)).toMatchObject({ status: 'matched', providerErrors: [] });
    await happens(tara, 'ada-coinbase', '1145.5', { btc: '0.22840913', eth: '3.25' }, [
      { kind: 'deposit', amount: '2000', currency: 'USD' },
      { kind: 'buy', security: 'btc', quantity: '0.01', price: '85000', fees: '4.5', amount: '-854.5', currency: 'USD' },
      { kind: 'transfer_out', security: 'eth', quantity: '-0.25', amount: '0', currency: 'USD' },
    ]);
    await happens(tara, 'dan-dydx', '5406.198259', { 'btc-perpetual': '0.4' }, [
      { kind: 'buy', security: 'btc-perpetual', quantity: '0.1', price: '85000', fees: '2', amount: '-8502', currency: 'USDC' },
      { kind: 'interest', security: 'btc-perpetual', quantity: '0.4', amount: '-1.234445', currency: 'USDC' },
    ]);
    const report = await reconciled(tara);
    const lines = Object.fromEntries(report.accountReports.flatMap(({ provider, lines: of }) => of.map(({ asset, expected, actual, outcome }) => [`${provider} ${asset} ${outcome}`, [expected, actual]])));
    expect(lines).toMatchObject({
      'coinbase crypto:BTC matched': ['0.22840913', '0.22840913'], 'coinbase crypto:ETH matched': ['3.25', '3.25'], 'coinbase currency:USD matched': ['1145.5', '1145.5'],
      'dydx provider:dydx:BTC-USD matched': ['0.4', '0.4'], 'dydx provider:dydx:ETH-USD matched': ['-6', '-6'], 'dydx provider:dydx:SOL-USD matched': ['15', '15'],
    });
    expect(report).toMatchObject({ status: 'matched', discrepancies: { opened: 0 } });

    await happens(tara, 'dan-dydx', '5400.198259', {}, []);
    const parted = await reconciled(tara);
    expect(parted.status).toBe('discrepant');
    const { items } = await tara.must<{ items: reconciliationRpc.Discrepancy[] }>('GET', '/discrepancies?status=open');
    expect(items).toMatchObject([{ asset: 'crypto:USDC', kind: 'mismatch', expected: '5406.198259', actual: '5400.198259' }]);
  }, 120_000);
});

describe('killed in the middle', () => {
  it('a run is taken up again, and nothing is lost or doubled', async () => {
    await rita.control('POST', '/faults', { provider: 'snaptrade', operation: '*', kind: 'slow', delayMs: 1_500, times: 3 });
    await tells('fidelity', /./, '77');
    const { id } = await rita.must<{ id: string }>('POST', '/reconciliations', {});
    await waitUntil(async () => (await rita.must<reconciliationRpc.Report>('GET', `/reconciliations/${id}`)).status === 'running', { timeoutMs: 10_000, everyMs: 20, describe: 'the run to begin' });
    await stack.kill('reconciliation');
    await stack.start('reconciliation');
    const report = await waitUntil(async () => {
      const answer = await rita.call<reconciliationRpc.Report>('GET', `/reconciliations/${id}`);
      return answer.status === 200 && !['queued', 'running'].includes(answer.body.status) ? answer.body : null;
    }, { timeoutMs: 60_000, describe: 'the run to end after the kill' });
    expect(report).toMatchObject({ status: 'discrepant', progress: { accounts: report.accountReports.length, done: report.accountReports.length } });
    const { rows } = await database.query<{ type: string; n: number }>(`SELECT type, count(*) AS n FROM log.event WHERE userid = 'rita' AND data->>'runId' = $1 GROUP BY type ORDER BY type`, [id]);
    expect(rows).toEqual([{ type: 'DiscrepancyOpened', n: 1 }, { type: 'ReconciliationCompleted', n: 1 }, { type: 'ReconciliationRequested', n: 1 }]);
    expect(await rita.must('GET', '/audit/verify')).toMatchObject({ valid: true, firstBroken: null });
    await waitUntil(() => received.length === 2, { timeoutMs: 10_000, describe: 'the second alert' });
  }, 120_000);
});

describe('the audit trail', () => {
  it('that somebody changed as the owner of the table is found, and the entry named', async () => {
    const { rows } = await database.query<{ sequence: number }>(`SELECT sequence FROM audit_entry WHERE user_id = 'rita' AND kind = 'discrepancy_opened' ORDER BY sequence LIMIT 1`);
    const sequence = Number(rows[0]?.sequence);
    await database.transaction(async (tx) => {
      await tx.query('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
      await tx.query(`UPDATE audit_entry SET data = (data::text || ' ')::jsonb || '{"asset": "equity:NOTHING"}'::jsonb WHERE user_id = 'rita' AND sequence = $1`, [sequence]);
      await tx.query('ALTER TABLE audit_entry ENABLE TRIGGER ALL');
    });
    expect(await rita.must('GET', '/audit/verify')).toMatchObject({ valid: false, firstBroken: { sequence, problem: 'changed' } });
  }, 30_000);
});
