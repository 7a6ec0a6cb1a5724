import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { DEFAULT_CREDENTIALS, startSandbox, type RunningSandbox, type World } from '../app.js';
import { control } from '../testing/clients.js';

const security = (id: string, more: Partial<World['securities'][number]>): World['securities'][number] => ({ id, kind: 'equity', symbol: id.toUpperCase(), name: id, currency: 'USD', price: '100.00', priceAsOf: '2026-11-20T21:00:00Z', ...more });

const world: World = {
  version: 1,
  institutions: [],
  persons: [],
  securities: [
    security('aapl', { name: 'Apple Inc.', cusip: '037833100', isin: 'US0378331005', mic: 'XNAS', sector: 'Technology' }),
    security('asml', { name: 'ASML Holding N.V.', currency: 'EUR', isin: 'NL0010273215', mic: 'XAMS' }),
    security('btc', { kind: 'crypto', name: 'Bitcoin', price: '85213.77' }),
    security('spl', { name: 'Splitter Inc.', price: '30.00' }),
    security('call', { kind: 'option', symbol: 'AAPL270115C00300000', option: { contractType: 'call', strike: '300', expiration: '2027-01-15', underlying: 'AAPL', multiplier: '100' } }),
  ],
  accounts: [],
  transactions: [],
  corporateActions: [
    { id: 's', security: 'spl', date: '2026-11-18', kind: 'split', numerator: '3', denominator: '1' },
    { id: 'd', security: 'aapl', date: '2026-11-17', kind: 'dividend', amount: '0.26' },
  ],
  prices: {
    daily: [
      { security: 'spl', date: '2026-11-17', close: '90.30' },
      { security: 'spl', date: '2026-11-18', close: '30.20' },
      { security: 'spl', date: '2026-11-19', close: '30.10' },
      { security: 'spl', date: '2026-11-20', close: '30.00' },
    ],
    intraday: [],
    walk: { seed: 7, from: '2026-10-01' },
  },
  fx: [{ date: '2026-11-20', base: 'EUR', quote: 'USD', rate: '1.1513' }],
};

interface Row {
  symbol: string;
  date: string;
  [field: string]: unknown;
}

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world, now: () => new Date('2026-11-21T12:00:00Z') });
});
beforeEach(async () => {
  await control(sandbox, 'DELETE', '/faults');
});
afterAll(() => sandbox.close());

async function ask(path: string, key: string | null = DEFAULT_CREDENTIALS.fmp.apiKey): Promise<{ status: number; body: unknown; text: string }> {
  const url = `${sandbox.url}/fmp/stable/${path}${key === null ? '' : `${path.includes('?') ? '&' : '?'}apikey=${key}`}`;
  const response = await fetch(url);
  const text = await response.text();
  return { status: response.status, body: /^[[{]/.test(text) ? JSON.parse(text) : text, text };
}
const rows = async (path: string): Promise<Row[]> => (await ask(path)).body as Row[];

describe('end of day', () => {
  it('answers newest first, within the days asked for, and leaves out days without a market', async () => {
    const days = (await rows('historical-price-eod/full?symbol=AAPL&from=2026-11-12&to=2026-11-20')).map(({ date }) => date);
    expect(days).toEqual(['2026-11-20', '2026-11-19', '2026-11-18', '2026-11-17', '2026-11-16', '2026-11-13', '2026-11-12']);
    expect((await rows('historical-price-eod/light?symbol=BTCUSD&from=2026-11-14&to=2026-11-15')).map(({ date }) => date)).toEqual(['2026-11-15', '2026-11-14']);
    expect((await rows('historical-price-eod/full?symbol=EURUSD&from=2026-11-20'))[0]).toMatchObject({ symbol: 'EURUSD', date: '2026-11-20', close: 1.1513 });
    expect(await rows('historical-price-eod/full?symbol=NOSUCH')).toEqual([]);
    expect(await rows('historical-price-eod/full?symbol=AAPL270115C00300000')).toEqual([]);
  });

  it('adjusts `full` for a later split, and has what was quoted in `non-split-adjusted` under adj*', async () => {
    const [, , , full] = await rows('historical-price-eod/full?symbol=SPL&from=2026-11-17');
    const [, , , quoted] = await rows('historical-price-eod/non-split-adjusted?symbol=SPL&from=2026-11-17');
    expect([full?.date, full?.['close'], quoted?.date, quoted?.['adjClose']]).toEqual(['2026-11-17', 30.1, '2026-11-17', 90.3]);
    expect(Object.keys(quoted!)).toEqual(['symbol', 'date', 'adjOpen', 'adjHigh', 'adjLow', 'adjClose', 'volume']);
    expect(Object.keys(full!)).toEqual(['symbol', 'date', 'open', 'high', 'low', 'close', 'volume', 'change', 'changePercent', 'vwap']);
    expect(await rows('splits?symbol=SPL')).toEqual([{ symbol: 'SPL', date: '2026-11-18', numerator: 3, denominator: 1, splitType: 'stock-split' }]);
    const [before] = await rows('historical-price-eod/dividend-adjusted?symbol=AAPL&to=2026-11-16');
    const [plain] = await rows('historical-price-eod/full?symbol=AAPL&to=2026-11-16');
    expect(before!['adjClose'] as number).toBeLessThan(plain!['close'] as number);
    expect((await rows('dividends?symbol=AAPL'))[0]).toMatchObject({ date: '2026-11-17', dividend: 0.26, adjDividend: 0.26 });
  });

  it('answers a day of all symbols as a table, and the splits of all between two days', async () => {
    const lines = (await ask('eod-bulk?date=2026-11-18')).text.split('\n');
    expect(lines[0]).toBe('"symbol","date","open","low","high","close","adjClose","volume"');
    expect(lines.find((line) => line.startsWith('"SPL"'))).toMatch(/^"SPL","2026-11-18","[\d.]+","[\d.]+","[\d.]+","30.20","30.20",/);
    expect((await ask('eod-bulk?date=2026-11-21')).text.split('\n').some((line) => line.startsWith('"AAPL"'))).toBe(false);
    expect(await rows('splits-calendar?from=2026-11-10&to=2026-11-20')).toEqual([{ symbol: 'SPL', date: '2026-11-18', numerator: 3, denominator: 1, splitType: 'stock-split' }]);
    expect((await ask('eod-bulk?date=yesterday')).status).toBe(400);
  });

  it('never changes a past close when later days come', async () => {
    const past = await rows('historical-price-eod/full?symbol=AAPL&to=2026-11-19');
    await control(sandbox, 'POST', '/clock', { now: '2026-12-15T12:00:00Z' });
    expect(await rows('historical-price-eod/full?symbol=AAPL&to=2026-11-19')).toEqual(past);
    expect((await rows('historical-price-eod/full?symbol=AAPL'))[0]?.date).toBe('2026-12-14');
    await control(sandbox, 'POST', '/clock', { now: null });
  });
});

describe('the directory', () => {
  it('finds by symbol, name, CUSIP and ISIN', async () => {
    expect(await rows('search-symbol?query=AAPL')).toEqual([{ symbol: 'AAPL', name: 'Apple Inc.', currency: 'USD', exchangeFullName: 'NASDAQ Global Select', exchange: 'NASDAQ' }]);
    expect((await rows('search-name?query=asml'))[0]).toMatchObject({ symbol: 'ASML.AS', currency: 'EUR', exchange: 'AMS' });
    expect((await rows('search-cusip?cusip=037833100'))[0]).toMatchObject({ symbol: 'AAPL', companyName: 'Apple Inc.', cusip: '037833100' });
    expect((await rows('search-isin?isin=NL0010273215'))[0]).toMatchObject({ symbol: 'ASML.AS', name: 'ASML Holding N.V.' });
    expect(await rows('search-isin?isin=XX0000000000')).toEqual([]);
    expect((await rows('profile?symbol=AAPL'))[0]).toMatchObject({ companyName: 'Apple Inc.', sector: 'Technology', cusip: '037833100', isin: 'US0378331005', currency: 'USD', exchange: 'NASDAQ' });
  });

  it('quotes one and many', async () => {
    expect((await rows('quote?symbol=SPL'))[0]).toMatchObject({ symbol: 'SPL', price: 30, previousClose: 30, timestamp: 1795262400 });
    expect((await rows('batch-quote?symbols=AAPL,NOSUCH,BTCUSD')).map(({ symbol }) => symbol)).toEqual(['AAPL', 'BTCUSD']);
  });
});

describe('refusals and faults', () => {
  const fault = (more: object): Promise<unknown> => control(sandbox, 'POST', '/faults', { provider: 'fmp', ...more });

  it('asks for a key, and says limits with 429 or with 200', async () => {
    for (const key of [null, 'wrong']) expect(await ask('quote?symbol=AAPL', key)).toMatchObject({ status: 401, body: { 'Error Message': expect.stringContaining('Invalid API KEY') } });
    expect(await ask('quote')).toMatchObject({ status: 400, body: { 'Error Message': expect.any(String) } });
    await fault({ kind: 'status', code: 'plan' });
    expect(await ask('quote?symbol=AAPL')).toMatchObject({ status: 402, body: { 'Error Message': expect.stringContaining('Restricted Endpoint') } });
    await fault({ kind: 'status', code: 'plan_text' });
    expect(await ask('quote?symbol=AAPL')).toMatchObject({ status: 402, body: expect.stringContaining('Restricted Endpoint') });
    await fault({ kind: 'status', status: 429 });
    expect(await ask('quote?symbol=AAPL')).toMatchObject({ status: 429, body: { 'Error Message': expect.stringContaining('Limit Reach') } });
    await fault({ kind: 'status', status: 200, code: 'limit' });
    expect(await ask('quote?symbol=AAPL')).toMatchObject({ status: 200, body: { 'Error Message': expect.stringContaining('Limit Reach') } });
    await fault({ kind: 'malformed' });
    await expect(ask('quote?symbol=AAPL')).rejects.toThrow();
  });

  it('gets data wrong as real sources do, for as many calls as asked', async () => {
    const closes = async (): Promise<unknown[]> => (await rows('historical-price-eod/non-split-adjusted?symbol=SPL&from=2026-11-17')).map((row) => row['adjClose']);
    const right = [30, 30.1, 30.2, 90.3];
    const expected: Record<string, unknown[]> = { zero: [0, 30.1, 30.2, 90.3], negative: [-30, 30.1, 30.2, 90.3], spike: [3000, 30.1, 30.2, 90.3], duplicate: [30, 30.3, 30.1, 30.2, 90.3], dividend_as_price: [0.25, 30.1, 30.2, 90.3] };
    for (const [code, wrong] of Object.entries(expected)) {
      await fault({ kind: 'wrong', code, match: 'SPL' });
      expect([code, await closes()]).toEqual([code, wrong]);
      expect(await closes()).toEqual(right);
    }
    await fault({ kind: 'wrong', code: 'missing', day: '2026-11-18' });
    expect(await closes()).toEqual([30, 30.1, 90.3]);
    await expect(fault({ kind: 'wrong', code: 'purple' })).rejects.toThrow(/code/);
  });

  it('keeps no key in what it remembers of requests', async () => {
    await control(sandbox, 'DELETE', '/requests');
    await ask('quote?symbol=AAPL');
    const log = await control<{ requests: { operation: string; subject: string; path: string }[] }>(sandbox, 'GET', '/requests?provider=fmp');
    expect(log.requests).toMatchObject([{ operation: 'quote', subject: 'AAPL' }]);
    expect(JSON.stringify(log)).not.toContain(DEFAULT_CREDENTIALS.fmp.apiKey);
  });
});

describe('the quote stream', () => {
  async function stream(apiKey: string, ticker: string | string[], atLeast: number): Promise<Record<string, unknown>[]> {
    const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}/fmp/ws`);
    const heard: Record<string, unknown>[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.on('open', () => socket.send(JSON.stringify({ event: 'login', data: { apiKey } })));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Record<string, unknown>;
        heard.push(message);
        if (message['event'] === 'login') socket.send(JSON.stringify({ event: 'subscribe', data: { ticker } }));
        if (message['event'] === 'subscribe') void control(sandbox, 'POST', '/market', { running: true, ticksPerSecond: 1000, seed: 3, symbols: ['AAPL', 'BTCUSD', 'SPL'] });
        if (heard.length >= atLeast) socket.close();
      });
    });
    await control(sandbox, 'POST', '/market', { running: false });
    return heard;
  }

  it('logs in, subscribes, sends trades and quotes of what was asked for, and nothing else', async () => {
    await control(sandbox, 'POST', '/clock', { now: null });
    const clocked = await startTicking();
    const heard = await stream(DEFAULT_CREDENTIALS.fmp.apiKey, ['aapl', 'btcusd'], 12);
    clearInterval(clocked);
    expect(heard[0]).toEqual({ event: 'login', status: 200, message: 'Authenticated' });
    expect(heard[1]).toEqual({ event: 'subscribe', status: 200, message: 'Subscribed to aapl,btcusd' });
    const trade = heard.find(({ type }) => type === 'T')!;
    expect(Object.keys(trade)).toEqual(['s', 't', 'type', 'lp', 'ls']);
    expect(Object.keys(heard.find(({ type }) => type === 'Q')!)).toEqual(['s', 't', 'type', 'ap', 'as', 'bp', 'bs']);
    expect(new Set(heard.slice(2).map(({ s }) => s))).toEqual(new Set(['aapl', 'btcusd']));
  });

  /** The sandbox of this spec has a standing clock: it is pushed on so that ticks fall due. */
  async function startTicking(): Promise<NodeJS.Timeout> {
    let now = Date.parse('2026-11-21T12:00:00Z');
    return setInterval(() => void control(sandbox, 'POST', '/clock', { now: new Date((now += 100)).toISOString() }), 20);
  }

  it('refuses a wrong key', async () => {
    expect(await stream('wrong', 'aapl', 99)).toEqual([{ event: 'login', status: 401, message: 'Unauthorized' }]);
  });
});
