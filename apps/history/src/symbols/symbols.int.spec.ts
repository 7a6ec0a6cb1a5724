import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BalanceLine, PricesObserved, SymbolMapped, SymbolUnmapped } from '@tidemark/contracts';
import { dayNumber } from '@tidemark/market';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { sectorsOf } from '../allocation/sectors.js';
import { PricesController } from '../prices/prices.controller.js';
import type { Prices } from '../prices/start-prices.js';
import { weekdayCloses } from '../testing/fake-fmp.js';
import { PriceWorld } from '../testing/price-world.fixture.js';

let world: PriceWorld;
let prices: Prices;
let controller: PricesController;
const OPS = { userId: 'olga', requestId: 'r', scopes: ['ops'] };
const november = (price: string) => weekdayCloses('2026-11-02', '2026-11-20', () => price);
const DAYS = { from: dayNumber('2026-11-02'), to: dayNumber('2026-11-20') };

beforeAll(async () => {
  world = await PriceWorld.start('symbols');
  prices = (await world.replica()).prices;
  controller = new PricesController(prices);
  world.fmp
    .set('AAPL', { name: 'Apple Inc.', cusip: '037833100', isin: 'US0378331005', sector: 'Technology', closes: november('190') })
    .set('T', { name: 'AT&T Inc.', closes: november('20') })
    .set('VFIAX', { name: 'Vanguard 500 Index Fund Admiral Shares', closes: november('500') })
    .set('BTCUSD', { name: 'Bitcoin USD', kind: 'crypto', closes: november('90000') })
    .set('VOD.L', { name: 'Vodafone Group Plc', currency: 'GBp', closes: november('72.5') });
}, 60_000);
beforeEach(() => {
  world.fmp.fault = null;
});
afterAll(() => world.close());

const line = (asset: string, more: Partial<BalanceLine> = {}): { asset: string; line: BalanceLine } => ({ asset, line: { asset, quantity: '1', currency: 'USD', ...more } });

async function resolved(...seen: { asset: string; line: BalanceLine | null }[]): Promise<Record<string, string | null>> {
  const decided = await waitUntil(async () => {
    const symbols = await prices.supply.symbolsOf(seen);
    return symbols.size === seen.length ? symbols : null;
  }, { timeoutMs: 5_000, describe: () => `symbols; the log says ${world.lines.slice(-3).join('')}` });
  return Object.fromEntries(decided);
}

describe('the symbol of an asset', () => {
  it('is found by ticker, number or name, validated, and told as an event', async () => {
    const seen = [
      line('equity:AAPL', { name: 'APPLE INC' }),
      line('crypto:BTC', { currency: 'EUR' }),
      line('bond:037833100'),
      line('provider:plaid:x1', { name: 'some fund', identifiers: { isin: 'US0378331005' } }),
      line('provider:plaid:x2', { name: 'VANGUARD 500 INDEX FUND ADMIRAL' }),
      line('equity:VOD.L', { name: 'VODAFONE GROUP', currency: 'GBP' }),
    ];
    expect(await resolved(...seen)).toEqual({ 'equity:AAPL': 'AAPL', 'crypto:BTC': 'BTCUSD', 'bond:037833100': 'AAPL', 'provider:plaid:x1': 'AAPL', 'provider:plaid:x2': 'VFIAX', 'equity:VOD.L': 'VOD.L' });
    const [event] = await world.events<SymbolMapped>('~asset:provider:plaid:x2');
    expect(event?.data).toMatchObject({ symbol: 'VFIAX', method: 'name', currency: 'USD', source: 'fmp', previous: null, by: null });
    expect(Number(event?.data.confidence)).toBeGreaterThan(0.9);
    expect((await world.events<SymbolMapped>('~asset:provider:plaid:x1'))[0]?.data).toMatchObject({ method: 'isin', confidence: '1.0000', sector: 'Technology' });
    expect(await sectorsOf(world.database, seen.map(({ asset }) => asset))).toEqual(new Map(['equity:AAPL', 'bond:037833100', 'provider:plaid:x1'].map((asset) => [asset, 'Technology'])));
    const before = world.fmp.requests.length;
    await resolved(...seen);
    expect(world.fmp.requests).toHaveLength(before);
  });

  it('is not guessed: another currency, another name, an institution’s own code', async () => {
    const found = await resolved(line('equity:T', { currency: 'CAD', name: 'Telus Corporation' }), line('provider:plaid:T'), line('equity:NOPE'));
    expect(found).toEqual({ 'equity:T': null, 'provider:plaid:T': null, 'equity:NOPE': null });
    const [event] = await world.events<SymbolUnmapped>('~asset:equity:T');
    expect(event).toMatchObject({ type: 'SymbolUnmapped', data: { reason: expect.stringContaining('T is quoted in USD, and the position is in CAD'), tried: ['ticker', 'name'] } });
    const page = await controller.unmappedSymbols({ limit: 2 }, OPS);
    const rest = page.ok && page.value.nextCursor ? await controller.unmappedSymbols({ limit: 2, cursor: page.value.nextCursor }, OPS) : null;
    expect([...(page.ok ? page.value.items : []), ...(rest?.ok ? rest.value.items : [])].map(({ asset }) => asset).sort()).toEqual(['equity:NOPE', 'equity:T', 'provider:plaid:T']);
  });

  it('that one account knows wrong is looked for again as another knows it', async () => {
    world.fmp.set('SHOP', { name: 'Shopify Inc.', closes: november('150') });
    expect(await resolved(line('equity:SHOP', { currency: 'CAD' }))).toEqual({ 'equity:SHOP': null });
    expect(await resolved(line('equity:SHOP', { currency: 'USD' }))).toEqual({ 'equity:SHOP': 'SHOP' });
    expect((await world.events('~asset:equity:SHOP')).map(({ type }) => type)).toEqual(['SymbolUnmapped', 'SymbolMapped']);
  });

  it('never sends cash, options or institutions’ codes to the source', async () => {
    expect(await resolved(line('currency:EUR'), line('option:AAPL270115C00300000'))).toEqual({ 'currency:EUR': null, 'option:AAPL270115C00300000': null });
    expect(world.fmp.requests.some(({ symbol }) => symbol !== null && /EUR|270115|x1|x2/.test(symbol))).toBe(false);
  });

  it('waits while the source is down, and tells the run when it is found', async () => {
    world.fmp.fault = { kind: 'status', status: 500, message: 'down' };
    const runId = newId();
    world.fmp.set('LATE', { closes: november('5') });
    expect(await prices.supply.symbolsOf([{ ...line('equity:LATE'), runIds: [runId] }])).toEqual(new Map());
    await waitUntil(async () => world.lines.some((text) => text.includes('a symbol could not be looked for')), { timeoutMs: 5_000, describe: 'the failure' });
    world.fmp.fault = null;
    await world.settled(runId);
    expect(await resolved(line('equity:LATE'))).toEqual({ 'equity:LATE': 'LATE' });
  });

  it('quoted in pence has closes in pounds', async () => {
    const runId = newId();
    await prices.supply.want([{ runId, wants: [{ symbol: 'VOD.L', ...DAYS }] }]);
    await world.settled(runId);
    expect((await prices.reads.closes(['VOD.L'], DAYS.from, DAYS.to)).get('VOD.L')).toMatchObject({ currency: 'GBP', scale: 3 });
    expect((await world.stored('VOD.L'))[0]).toBe('2026-11-02 0.725');
  });
});

describe('a person', () => {
  it('maps what was not found, after the source said that there is such a symbol', async () => {
    expect(await controller.mapSymbol({ asset: 'equity:T', symbol: 'T' }, { userId: 'eve', requestId: 'r' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await controller.mapSymbol({ asset: 'equity:T', symbol: 'NOPE' }, OPS)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'symbol' }] } });
    expect(await controller.mapSymbol({ asset: 'currency:USD', symbol: 'T' }, OPS)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'asset' }] } });
    const mapped = await controller.mapSymbol({ asset: 'equity:T', symbol: 'T', note: 'asked the bank' }, OPS);
    expect(mapped).toMatchObject({ ok: true, value: { previous: null, accountsToRevise: 0, mapped: { symbol: 'T', method: 'person', currency: 'USD' } }, positions: [{ log: 'history' }] });
    const again = await controller.mapSymbol({ asset: 'equity:T', symbol: 'AAPL' }, OPS);
    expect(again).toMatchObject({ ok: true, value: { previous: 'T' } });
    expect((await world.events<SymbolMapped>('~asset:equity:T')).at(-1)?.data).toMatchObject({ symbol: 'AAPL', previous: 'T', by: 'olga', method: 'person' });
    expect(await resolved(line('equity:T', { currency: 'CAD' }))).toEqual({ 'equity:T': 'AAPL' });
  });

  it('is asked twice about an asset that nobody holds and a symbol of another price', async () => {
    expect(await controller.mapSymbol({ asset: 'provider:plaid:typo', symbol: 'VFIAX' }, OPS)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'asset', message: expect.stringContaining('nobody holds') }] } });
    expect(await controller.mapSymbol({ asset: 'provider:plaid:typo', symbol: 'VFIAX', force: true }, OPS)).toMatchObject({ ok: true });
    const accountId = newId();
    await world.database.query("INSERT INTO held_snapshot (account_id, user_id, connection_id, snapshot_id, currency, captured_at, epoch, position) VALUES ($1, 'ada', $1, $1, 'USD', '2026-11-20T21:00:00Z', 1, 1)", [accountId]);
    await world.database.query("INSERT INTO holding (account_id, line, asset, quantity, multiplier, currency, price, price_at, counted_as_cash) VALUES ($1, 0, 'provider:plaid:cheap', '1', '1', 'USD', '24.78', '2026-11-20T21:00:00Z', false)", [accountId]);
    const asked = { asset: 'provider:plaid:cheap', symbol: 'VFIAX' };
    expect(await controller.mapSymbol(asked, OPS)).toMatchObject({ ok: false, error: { errors: [{ field: 'symbol', message: expect.stringContaining('institutions carry provider:plaid:cheap at 24.78 USD') }] } });
    expect(await controller.mapSymbol({ ...asked, symbol: 'VOD.L' }, OPS)).toMatchObject({ ok: false, error: { errors: [{ field: 'symbol', message: expect.stringContaining('quoted in GBP') }] } });
    expect(await controller.mapSymbol({ ...asked, symbol: 'T', force: true }, OPS)).toMatchObject({ ok: true, value: { accountsToRevise: 1 } });
  });

  it('takes a mapping back, which then waits for a person and is not found again by itself', async () => {
    const asset = 'provider:plaid:x9';
    expect(await resolved(line(asset, { name: 'VANGUARD 500 INDEX FUND ADMIRAL' }))).toEqual({ [asset]: 'VFIAX' });
    expect(await controller.unmapSymbol({ asset }, { userId: 'eve', requestId: 'r' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await controller.unmapSymbol({ asset, note: 'it is a trust' }, OPS)).toMatchObject({ ok: true, value: { asset, previous: 'VFIAX', accountsToRevise: 0 }, positions: [{ log: 'history' }] });
    expect((await world.events<SymbolUnmapped>(`~asset:${asset}`)).at(-1)?.data).toMatchObject({ previous: 'VFIAX', by: 'olga', reason: expect.stringContaining('it is a trust') });
    expect(await resolved(line(asset, { name: 'VANGUARD 500 INDEX FUND ADMIRAL SHARES' }))).toEqual({ [asset]: null });
    expect(await controller.unmappedSymbols({}, OPS)).toMatchObject({ ok: true, value: { items: expect.arrayContaining([expect.objectContaining({ asset, name: 'VANGUARD 500 INDEX FUND ADMIRAL', candidates: [expect.objectContaining({ symbol: 'VFIAX' })] })]) } });
    expect(await controller.unmapSymbol({ asset }, OPS)).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it('refreshes: a dry run spends nothing, a forced one corrects and leaves the old value in the log', async () => {
    const runId = newId();
    await prices.supply.want([{ runId, wants: [{ symbol: 'VFIAX', ...DAYS }] }]);
    await world.settled(runId);
    const days = { from: '2026-11-02', to: '2026-11-20' };
    const before = world.fmp.requests.length;
    const dry = await controller.refreshPrices({ ...days, force: true, dryRun: true }, OPS);
    expect(dry).toMatchObject({ ok: true, value: { dryRun: true, stored: 0, corrected: 0, failed: [] } });
    expect(dry.ok && [dry.value.calls > 0, dry.value.ranges.find(({ symbol }) => symbol === 'VFIAX'), dry.value.estimatedCost.amount === String(dry.value.calls * 0.0025)]).toEqual([true, { symbol: 'VFIAX', ...days }, true]);
    expect(world.fmp.requests).toHaveLength(before);
    world.fmp.set('VFIAX', { name: 'Vanguard 500 Index Fund Admiral Shares', closes: { ...november('500'), '2026-11-10': '501.25' } });
    const done = await controller.refreshPrices({ ...days, force: true }, OPS);
    expect(done).toMatchObject({ ok: true, value: { dryRun: false, corrected: 1, failed: [] } });
    expect((await world.stored('VFIAX'))[6]).toBe('2026-11-10 501.25');
    const events = (await world.events<PricesObserved>('~symbol:VFIAX')).map(({ data }) => data);
    expect(events.at(-1)).toMatchObject({ corrected: true, prices: [{ day: '2026-11-10', close: '501.25' }] });
    expect(events[0]?.prices.find(({ day }) => day === '2026-11-10')?.close).toBe('500');
    expect(await controller.refreshPrices({ from: '2026-02-29' }, OPS)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'from' }] } });
    expect(await controller.refreshPrices({ account: newId() }, OPS)).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});
