/**
 * History over the composed stack: linked accounts are reconstructed by themselves from the provider's transactions and the price source's
 * closes, every endpoint gives one sum, operators work through the command line, and a day's value is watched live.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { connectionsRpc, historyRpc, snapshotsRpc } from '@tidemark/contracts';
import { sum } from '@tidemark/money';
import { waitUntil } from '@tidemark/testing';
import { WebSocket } from 'ws';
import { Client } from './client.js';
import { FMP, startStack } from './stack.js';
import type { Stack } from './stack.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

let stack: Stack;
let ada: Client;
let accounts: connectionsRpc.Account[];

beforeAll(async () => {
  stack = await startStack();
  ada = await Client.of(stack, 'ada');
  await ada.calmSandbox();
  for (const institution of ['charles-schwab', 'chase']) await ada.link(institution);
  accounts = (await ada.must<{ items: connectionsRpc.Account[] }>('GET', '/accounts')).items;
}, 180_000);
afterAll(async () => { await stack?.close(); }, 60_000);

const history = (query: string) => ada.must<historyRpc.PortfolioHistory>('GET', `/portfolio/history?${query}`);
const brokerage = () => accounts.find((account) => account.institution?.id === 'charles-schwab' && /brokerage/i.test(account.name)) as connectionsRpc.Account;

async function reconstructed(accountId: string): Promise<historyRpc.Reconstruction> {
  let last: unknown = null;
  return waitUntil(async () => {
    const { status, body } = await ada.call<historyRpc.Reconstruction>('GET', `/portfolio/reconstructions/${accountId}`);
    last = body;
    return status === 200 && body.status === 'completed' && body.unpriced.every(({ asset }) => !/^(equity|etf):/.test(asset)) ? body : null;
  }, { timeoutMs: 60_000, everyMs: 200, describe: () => `the reconstruction of ${accountId}: ${JSON.stringify(last).slice(0, 1_500)}` });
}

async function tidemark(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], TIDEMARK_API_URL: stack.apiUrl };
  try {
    const { stdout, stderr } = await run(process.execPath, [join(ROOT, 'apps/ops/dist/main.js'), ...args], { env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe('two years', () => {
  it('are reconstructed by themselves after the first sync, and the books balance', async () => {
    for (const { id } of accounts) expect((await reconstructed(id)).invariant).toMatchObject({ holds: true, differences: [] });
    const { from, to, revision } = await reconstructed(brokerage().id);
    expect(Date.parse(to as string) - Date.parse(from as string)).toBeGreaterThan(700 * 86_400_000);
    expect(revision).toBeGreaterThanOrEqual(1);
  }, 90_000);

  it('are one sum: Σ accounts = total on every day, the same days in every period, and the value of that day', async () => {
    const total = await history('period=2Y');
    const each = await Promise.all(accounts.map(({ id }) => history(`period=2Y&account=${id}`)));
    expect(total.points.length).toBeGreaterThan(700);
    const byDate = each.map(({ points }) => new Map(points.map((point) => [point.date, point])));
    for (const point of total.points) {
      const parts = byDate.map((points) => points.get(point.date)).filter((part) => part !== undefined);
      expect({ date: point.date, value: sum(parts.map(({ value }) => value ?? '0')) }).toEqual({ date: point.date, value: point.value });
    }
    for (const period of ['1W', '1M', '3M', '6M', 'YTD', '1Y']) {
      const known = new Map(total.points.map((point) => [point.date, point]));
      for (const point of (await history(`period=${period}`)).points) expect(point).toEqual(known.get(point.date));
    }
    const day = total.points.at(-1)?.date as string;
    const value = await ada.must<snapshotsRpc.PortfolioValue>('GET', '/portfolio/value');
    expect(value.complete).toBe(true);
    expect(day < value.asOf).toBe(true);
  }, 60_000);

  it('are asked for again and joined, and are nobody else\'s', async () => {
    const mallory = await Client.of(stack, 'mallory');
    for (const path of [`/portfolio/reconstructions/${brokerage().id}`, `/portfolio/history?account=${brokerage().id}`, `/portfolio/performance?period=1M&account=${brokerage().id}`, `/portfolio/gains?account=${brokerage().id}`]) {
      expect({ path, ...(await mallory.call('GET', path)) }).toMatchObject({ path, status: 404, body: { code: 'not_found' } });
    }
    expect((await mallory.must<historyRpc.PortfolioHistory>('GET', '/portfolio/history?period=ALL')).points).toEqual([]);
    expect(await ada.call('POST', `/portfolio/reconstructions/${brokerage().id}`, {})).toMatchObject({ status: 202, body: { accountId: brokerage().id } });
    await reconstructed(brokerage().id);
  }, 90_000);
});

describe('what follows from them', () => {
  it('is answered: returns, allocation, risk, activities, income, gains, a file', async () => {
    const performance = await ada.must<historyRpc.Performance>('GET', '/portfolio/performance?period=1Y&benchmark=VTI');
    expect(performance.flows.length).toBeGreaterThanOrEqual(0);
    expect(performance.timeWeighted.value ?? performance.timeWeighted.reason).toBeTruthy();
    const allocation = await ada.must<historyRpc.Allocation>('GET', '/portfolio/allocation?by=class');
    expect(sum(allocation.slices.map(({ percent }) => percent ?? '0'))).toBe('100');
    const { slices: sectors } = await ada.must<historyRpc.Allocation>('GET', '/portfolio/allocation?by=sector');
    expect(sectors.map(({ key }) => key)).toEqual(expect.arrayContaining(['Technology', 'cash']));
    expect((await ada.must<historyRpc.Analytics>('GET', '/portfolio/analytics')).largest.length).toBeGreaterThan(0);
    const activities = await ada.must<{ items: historyRpc.Activity[]; nextCursor: string | null }>('GET', '/portfolio/activities?limit=5');
    expect(activities.items).toHaveLength(5);
    expect(activities.nextCursor).not.toBeNull();
    await ada.must('GET', '/portfolio/income?period=1Y');
    await ada.must('GET', '/portfolio/gains?period=1Y&method=average');
    const file = await fetch(`${stack.apiUrl}/api/v1/portfolio/export?format=csv&period=1M`, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
    expect((await file.text()).split('\n')[0]).toContain('date');
  }, 60_000);

  it.each([
    ['/portfolio/history?period=5Y', 'period'],
    ['/portfolio/history?from=2026-02-30', 'from'],
    ['/portfolio/history?period=1Y&currency=ZZZ', 'currency'],
    ['/portfolio/allocation?by=colour', 'by'],
    ['/portfolio/activities?cursor=made-up', 'cursor'],
    ['/portfolio/gains?method=specific&lots=nonsense', 'lots'],
    ['/portfolio/export?format=pdf', 'format'],
    ['/portfolio/performance?period=1Y&benchmark=%20', 'benchmark'],
  ])('refuses %s and names the field', async (path, field) => {
    expect(await ada.call('GET', path)).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ field }] } });
  });
});

describe('operators', () => {
  it('see prices, symbols and closes through the command line', async () => {
    const dry = await tidemark('prices', 'refresh', '--force', '--dry-run', '--json');
    expect({ ...dry, out: '' }).toEqual({ code: 0, out: '', err: '' });
    expect(JSON.parse(dry.out)).toMatchObject({ dryRun: true, stored: 0, corrected: 0, failed: [] });
    expect((await tidemark('symbols', 'unmapped')).code).toBe(0);
    expect(JSON.parse((await tidemark('close', 'status', '--json')).out)).toMatchObject({ markets: [{ market: 'XNYS', accounts: accounts.length }] });
    expect((await tidemark('close', 'run')).code).toBe(0);
    const wrong = await tidemark('symbols', 'map', 'equity:AAPL', 'NOSUCHSYMBOL');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('NOSUCHSYMBOL');
  }, 60_000);

  it('are the only ones who may', async () => {
    expect(await ada.call('GET', '/ops/symbols/unmapped')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await ada.call('POST', '/ops/prices/refresh', { dryRun: true })).toMatchObject({ status: 403 });
  });
});

describe('live', () => {
  it('tells the value at once, the same as every other endpoint while no quote moves it', async () => {
    const socket = new WebSocket(`${stack.apiUrl.replace('http', 'ws')}/api/v1/live`);
    const messages: { channel?: string; data?: Record<string, unknown> }[] = [];
    socket.on('message', (text) => messages.push(JSON.parse((text as Buffer).toString('utf8')) as { channel?: string }));
    await new Promise((open, fail) => socket.once('open', open).once('error', fail));
    socket.send(JSON.stringify({ token: ada.token }));
    socket.send(JSON.stringify({ subscribe: ['value'] }));
    const first = await waitUntil(async () => messages.find(({ channel }) => channel === 'value'), { timeoutMs: 20_000, describe: () => `a value: ${JSON.stringify(messages)}` });
    const { value } = await ada.must<snapshotsRpc.PortfolioValue>('GET', '/portfolio/value');
    expect(first.data).toMatchObject({ marketState: expect.any(String), ...(first.data?.['marketState'] === 'open' ? {} : { value }) });
    socket.close();
  }, 40_000);
});

describe('a margin account of perpetuals', () => {
  it('is reconstructed from both sides of its trades: nothing is missing, and what was traded is gained exactly', async () => {
    const dan = await Client.of(stack, 'dan');
    const { completed } = await dan.link('dydx');
    const main = completed.accounts.find(({ name }) => name === 'dYdX subaccount 0') as connectionsRpc.Account;
    const done = await waitUntil(async () => {
      const { status, body } = await dan.call<historyRpc.Reconstruction>('GET', `/portfolio/reconstructions/${main.id}`);
      return status === 200 && body.status === 'completed' ? body : null;
    }, { timeoutMs: 60_000, everyMs: 200, describe: 'the reconstruction of dYdX' });
    expect(done).toMatchObject({ adjustments: [], unknownTransactions: [], invariant: { holds: true, differences: [] } });
    const gains = await dan.must<historyRpc.Gains>('GET', `/portfolio/gains?account=${main.id}`);
    // 0.2 of a perpetual bought at 78,010.5 and sold at 91,230.
    expect(gains.realised.lines).toMatchObject([{ asset: 'provider:dydx:BTC-USD', quantity: '0.2', costBasis: '15602.1', proceeds: '18246', gain: '2643.9' }]);
    expect((await dan.must<snapshotsRpc.PortfolioValue>('GET', `/portfolio/value?account=${main.id}`)).value).toBe('22790.052585');
  }, 90_000);
});

describe('secrets', () => {
  it('are in no log', () => {
    const logs = stack.logs();
    expect(logs.length).toBeGreaterThan(1_000);
    expect(stack.secrets.concat(FMP.apiKey).filter((secret) => logs.includes(secret))).toEqual([]);
  });
});
