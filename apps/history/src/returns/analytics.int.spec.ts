/** Performance, allocation, analytics and exports over RPC: from events to answers, with prices from a source. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyRpc } from '@tidemark/contracts';
import type { LogPosition, RecordedTransaction, RequestOf, ResponseOf, RpcContract } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import { dayNumber, dayOf, weekday } from '@tidemark/market';
import { subtract, sum } from '@tidemark/money';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { parse } from 'csv-parse/sync';
import { writeBars } from '../intraday/days/intraday-tables.js';
import { completed, discover, recorded, snapshotOf, startFixture, stock, trade, usd } from '../history.fixture.js';
import type { GivenAccount, HistoryFixture } from '../history.fixture.js';
import type { PriceSource } from '../price-source/price-source.js';

const { activities, allocation, analytics, exportHistory, gains, income, performance, portfolioHistory } = historyRpc;

/** Rises by a tenth on 2026-11-18. */
const RULES: Record<string, [before: string, after: string]> = { AAPL: ['100', '110'], SPY: ['400', '440'], EURUSD: ['1.1', '1.1'] };
const source: PriceSource = {
  id: 'spec',
  daysACall: 5_000,
  identifiers: [],
  closes: (symbol, _kind, from, to) => {
    const [before, after] = RULES[symbol] ?? [null, null];
    const days = Array.from({ length: dayNumber(to) - dayNumber(from) + 1 }, (_, index) => dayNumber(from) + index).filter((day) => weekday(day) <= 5).map(dayOf);
    return Promise.resolve(ok({ currency: before === null ? null : 'USD', closes: before === null || after === null ? [] : days.map((day) => ({ day, close: day < '2026-11-18' ? before : after })) }));
  },
  splits: () => Promise.resolve(ok([])),
  profile: (symbol, kind) => Promise.resolve(ok(symbol in RULES ? { symbol, kind: kind === 'crypto' ? 'crypto' : 'security', name: symbol, currency: 'USD', cusip: null, isin: null } : null)),
  byIdentifier: () => Promise.resolve(ok([])),
  byName: () => Promise.resolve(ok([])),
};

let history: HistoryFixture;
let account: GivenAccount;
let euros: GivenAccount;

beforeAll(async () => {
  history = await startFixture('analytics');
  await history.start({ source });
  account = await discover(history);
  euros = await discover(history, { userId: account.userId, provider: 'snaptrade' });
  // Given 5 AAPL at 100 and 990 of cash; 500 paid in, 5 more bought, a dividend of 10 paid, and a rise by a tenth.
  await firstSync(account, [stock('AAPL', '10'), usd('1000')], [
    cash('2026-11-10', 'deposit', '500'), trade('2026-11-12', 'buy', 'AAPL', '5', '500', { description: '=cmd|x' }), cash('2026-11-16', 'dividend', '10', { asset: 'equity:AAPL' }),
  ]);
  await firstSync(euros, [{ asset: 'currency:EUR', quantity: '1000' }], []);
  await Promise.all([history.finished(account), history.finished(euros)]);
}, 120_000);
afterAll(async () => { await history.close(); });

function cash(date: string, subtype: string, amount: string, more: Partial<RecordedTransaction> = {}): RecordedTransaction {
  return { ...trade(date, 'sell', 'AAPL', '0', amount), providerType: 'cash', providerSubtype: subtype, quantity: null, asset: null, ...more };
}

async function firstSync(of: GivenAccount, lines: Parameters<typeof snapshotOf>[2], transactions: readonly RecordedTransaction[]): Promise<void> {
  const syncId = newId();
  await history.seen(await history.say('sync', of.userId, [snapshotOf(of, '2026-11-20T21:30:00.000Z', lines, syncId), ...(transactions.length > 0 ? [recorded(of, transactions, syncId)] : []), completed(of, syncId)]));
}

async function ask<C extends RpcContract>(contract: C, payload: RequestOf<C>, after: readonly LogPosition[] = []): Promise<ResponseOf<C>> {
  const reply = await history.call(contract, account.userId, payload, after);
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}

describe('performance', () => {
  it('of a month: 1490, 500 paid in, 10 of dividends, a rise by 100', async () => {
    const answer = await ask(performance, { account: account.accountId, period: '1M' });
    expect(answer).toMatchObject({
      currency: 'USD', from: '2026-10-20', to: '2026-11-20', startValue: '1490', endValue: '2100',
      // 2100 / (1490 + 500) − 1, and without the dividend 1100 + 1000 over 1990 + 10
      timeWeighted: { value: '0.0552763819' }, totalReturn: { value: '0.0552763819' }, priceReturn: { value: '0.05' },
      maxDrawdown: { value: '0' }, benchmark: null, gain: { realised: '0', dividends: '10', interest: '0', fees: '0', taxes: '0' },
      flows: [{ date: '2026-11-10', amount: '500', kind: 'deposit', accountId: account.accountId, internal: false }],
    });
    // 110 over 1490 for 31 days and 500 for 11: (2100 − 1490 − 500) / (1490 + 500 × 11/31)
    expect(Number(answer.modifiedDietz.value)).toBeCloseTo(110 / (1490 + (500 * 11) / 31), 9);
    expect(answer.moneyWeighted).toMatchObject({ annualised: false });
    expect(Number(answer.moneyWeighted.period)).toBeCloseTo(Number(answer.modifiedDietz.value), 2);
    expect(Number(answer.volatility.annualised)).toBeGreaterThan(0);
  });

  it('is the chart\'s: the same ends, whatever the period', async () => {
    for (const period of ['1D', '1W', '1M', '3M', '6M', 'YTD', '1Y', '2Y', 'ALL'] as const) {
      const [chart, answer] = [await ask(portfolioHistory, { period }), await ask(performance, { period })];
      expect({ period, from: answer.from, to: answer.to, start: answer.startValue, end: answer.endValue }).toEqual({ period, from: chart.from, to: chart.to, start: chart.points[0]?.value, end: chart.points.at(-1)?.value });
    }
  });

  it('of a day is that of the last day that closed', async () => {
    expect(await ask(performance, { account: account.accountId, period: '1D' })).toMatchObject({ from: '2026-11-19', to: '2026-11-20', timeWeighted: { value: '0' }, moneyWeighted: { value: '0', period: '0' }, volatility: { daily: null, reason: { code: 'too_few_days' } } });
    expect(await ask(performance, { account: account.accountId, from: '2026-11-17', to: '2026-11-18' })).toMatchObject({ timeWeighted: { value: '0.05' }, maxDrawdown: { value: '0' } });
  });

  it('has the income of /portfolio/income, and the activities have it in another currency', async () => {
    const [{ gain }, paid] = [await ask(performance, { account: account.accountId, period: '1M' }), await ask(income, { account: account.accountId, period: '1M' })];
    expect(gain).toMatchObject({ dividends: paid.dividends, interest: paid.interest, interestPaid: paid.interestPaid, taxes: paid.withheld });
    expect([paid.dividends, paid.interestPaid]).toEqual(['10', '0']);
    // What is dated after the close that the period starts from, until the last close: all of them the same days.
    const days = { from: '2026-10-21', to: '2026-11-20' };
    expect(paid).toMatchObject(days);
    expect(await ask(gains, { account: account.accountId, period: '1M' })).toMatchObject({ ...days, unrealised: { asOf: '2026-11-20', total: gain.unrealised } });
    expect(JSON.parse((await ask(exportHistory, { account: account.accountId, period: '1M', of: 'activities', format: 'json' })).body)).toMatchObject(days);
    expect((await ask(activities, { account: account.accountId, currency: 'EUR', type: 'dividend,deposit' })).items.map(({ type, amount, currency, unconverted }) => [type, amount, currency, unconverted?.amount])).toEqual([['dividend', '9.09090909090909091', 'EUR', '10'], ['deposit', '454.5454545454545455', 'EUR', '500']]);
  });

  it('compares with a symbol that nobody holds, and says so where nobody has its prices', async () => {
    // 1490 + 500 at 400 are 4.975 units, worth 440 each
    const { benchmark } = await ask(performance, { account: account.accountId, period: '1M', benchmark: 'SPY' });
    expect(benchmark).toMatchObject({ symbol: 'SPY', timeWeighted: { value: '0.1' }, endValue: '2189' });
    const missing = await ask(performance, { account: account.accountId, period: '1M', benchmark: 'NOSUCH' });
    expect(missing.benchmark).toMatchObject({ symbol: 'NOSUCH', timeWeighted: { value: null, reason: { code: 'benchmark_missing' } }, moneyWeighted: { value: null }, endValue: null });
    expect((await ask(performance, { account: account.accountId, period: '1M', benchmark: 'NOSUCH' })).benchmark?.timeWeighted.reason?.detail).toMatch(/^The price source has no symbol NOSUCH; it is looked for again after \d{4}-\d\d-\d\d\.$/);
  });

  it('compares with a few new symbols a day, and says when with another', async () => {
    const benchmark = (symbol: string) => history.call(performance, account.userId, { account: account.accountId, period: '1M', benchmark: symbol });
    for (const symbol of ['NEW1', 'NEW2', 'NEW3']) expect(await benchmark(symbol)).toMatchObject({ ok: true });
    expect(await benchmark('NEW4')).toMatchObject({ ok: false, error: { code: 'rate_limited', detail: expect.stringMatching(/^benchmark: .*you have asked for 5 such symbols within 24 hours.*another one is from 20/), errors: [{ field: 'benchmark' }], extra: { retryAfter: expect.any(Number) } } });
    for (const symbol of ['SPY', 'NEW1', 'AAPL']) expect(await benchmark(symbol)).toMatchObject({ ok: true });
  });

  it('of an account kept by hand is what its holdings made, where a statement has one security in the place of another', async () => {
    const byHand = await discover(history, { provider: 'manual' });
    const states = async (at: string, lines: Parameters<typeof snapshotOf>[2]) => history.seen(await history.say('sync', byHand.userId, [snapshotOf(byHand, at, lines, null)]));
    await states('2026-11-17T15:00:00.000Z', [stock('AAPL', '10'), usd('0')]);
    // 10 at 110 went, 2.5 at 440 came, and 50 besides.
    await states('2026-11-18T15:00:00.000Z', [{ ...stock('SPY', '2.5'), costBasis: '1000' }, usd('50')]);
    await waitUntil(async () => {
      const chart = await history.call(portfolioHistory, byHand.userId, { from: '2026-11-17', to: '2026-11-18' });
      return chart.ok && chart.value.points[1]?.value === '1150';
    });
    const reply = await history.call(performance, byHand.userId, { from: '2026-11-17', to: '2026-11-18' });
    const made = { value: '0.0952380952' };
    expect(reply).toMatchObject({ ok: true, value: { startValue: '1000', endValue: '1150', timeWeighted: made, modifiedDietz: made, flows: [{ date: '2026-11-18', amount: '50', kind: 'stated_otherwise' }] } });
    // What the statement says that it cost is what every answer about that close takes.
    expect(reply).toMatchObject({ value: { gain: { unrealised: '100' } } });
    for (const period of ['1D', '1M'] as const) expect(await history.call(gains, byHand.userId, { period })).toMatchObject({ ok: true, value: { unrealised: { asOf: '2026-11-20', total: '100' } } });
    expect(await history.call(portfolioHistory, byHand.userId, { period: '1D' })).toMatchObject({ ok: true, value: { points: [{}, { gain: '100', gainPercent: '10' }] } });
    // One that begins after the close is in none of them.
    const later = await discover(history, { provider: 'manual', userId: byHand.userId });
    await history.seen(await history.say('sync', byHand.userId, [snapshotOf(later, '2026-11-20T21:30:00.000Z', [stock('AAPL', '1')], null)]));
    expect(await history.call(gains, byHand.userId, { period: '1D' })).toMatchObject({ ok: true, value: { unrealised: { total: '100', lines: [{}] }, reasons: [{ code: 'no_history', accountId: later.accountId }] } });
    expect(await history.call(performance, byHand.userId, { period: '1D' })).toMatchObject({ ok: true, value: { gain: { unrealised: '100' } } });
  });

  it.each([
    [{ period: '1M', from: '2026-01-01' }, 'period'],
    [{ from: '2026-02-30' }, 'from'],
    [{ currency: 'XQX' }, 'currency'],
  ] as const)('refuses %j and names the field', async (payload, field) => {
    expect(await history.call(performance, account.userId, payload)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field }] } });
  });

  it('knows no other user\'s account', async () => {
    for (const contract of [performance, analytics, exportHistory, allocation]) {
      const payload = { account: account.accountId, ...(contract === exportHistory ? { format: 'csv' } : {}), ...(contract === allocation ? { by: 'class' } : {}) };
      expect(await history.call(contract as RpcContract, 'somebody-else', payload as never)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    }
  });
});

describe('a scope of several accounts', () => {
  it('makes no return of a transfer within it, nor of an account that is taken out', async () => {
    // given 300 moved from one account to another on the 12th, and a third account of 700 that the user takes out on the 17th
    const from = await discover(history);
    const [into, third] = [await discover(history, { userId: from.userId }), await discover(history, { userId: from.userId })];
    await firstSync(from, [usd('700')], [cash('2026-11-12', 'withdrawal', '-300')]);
    await firstSync(into, [usd('500')], [cash('2026-11-12', 'deposit', '300')]);
    await firstSync(third, [usd('700')], []);
    await Promise.all([from, into, third].map((one) => history.finished(one)));
    const reached = await history.say('connections', from.userId, [[`connection-${third.connectionId}`, 'AccountUpdated', { userId: from.userId, connectionId: third.connectionId, accountId: third.accountId, countInTotals: false, effectiveAt: '2026-11-17T15:00:00.000Z' }]], '2026-11-17T15:00:00.000Z');
    const of = async (account?: string) => {
      const reply = await history.call(performance, from.userId, { period: '1M', ...(account === undefined ? {} : { account }) }, reached);
      if (!reply.ok) throw new Error(JSON.stringify(reply.error));
      return { start: reply.value.startValue, end: reply.value.endValue, returned: reply.value.timeWeighted.value, flows: reply.value.flows.map(({ date, amount, kind, internal }) => [date, amount, kind, internal]) };
    };
    // then it is internal to the portfolio and external to each of the two
    expect(await of()).toEqual({
      start: '1900', end: '1200', returned: '0',
      flows: expect.arrayContaining([['2026-11-12', '-300', 'withdrawal', true], ['2026-11-12', '300', 'deposit', true], ['2026-11-17', '-700', 'account_left', false]]),
    });
    expect(await of(from.accountId)).toEqual({ start: '1000', end: '700', returned: '0', flows: [['2026-11-12', '-300', 'withdrawal', false]] });
    expect(await of(into.accountId)).toEqual({ start: '200', end: '500', returned: '0', flows: [['2026-11-12', '300', 'deposit', false]] });
    const { ok: known, ...reply } = await history.call(allocation, from.userId, { by: 'account' }, reached);
    expect({ known, reply }).toMatchObject({ known: true, reply: { value: { total: '1200', complete: true, reasons: [{ code: 'no_history', accountId: third.accountId }] } } });
  });
});

describe('the day that is still open', () => {
  it('has its value as it was watched, beside the cash of the newest snapshot', async () => {
    const [value, at] = ['2105.5', '2026-11-20T21:35:00.000Z'];
    await writeBars(history.database, [{ accountId: account.accountId, userId: account.userId, at, currency: 'USD', open: value, high: value, low: value, close: value, quality: 100 }]);
    expect((await ask(portfolioHistory, { account: account.accountId, period: '1D' })).points.at(-1)).toMatchObject({ at, value, cash: '1000', origin: 'intraday' });
    expect((await ask(portfolioHistory, { account: account.accountId, period: '1D', currency: 'EUR' })).points.at(-1)).toMatchObject({ at, value: '1914.09090909', cash: '909.090909090909091' });
  });

  it('counts the securities of the accounts that count now, not those of the close before', async () => {
    const counted = await discover(history);
    const aside = await discover(history, { userId: counted.userId });
    for (const [of, symbols] of [[counted, ['AAPL']], [aside, ['AAPL', 'SPY']]] as const) await firstSync(of, [...symbols.map((symbol) => stock(symbol, '1')), usd('1')], []);
    await Promise.all([history.finished(counted), history.finished(aside)]);
    await history.database.query('UPDATE account SET changes = $2 WHERE account_id = $1', [aside.accountId, JSON.stringify([{ kind: 'excluded', value: true, effectiveAt: '2026-11-20T21:31:00.000Z' }])]);
    await writeBars(history.database, [{ accountId: counted.accountId, userId: counted.userId, at: '2026-11-20T21:35:00.000Z', currency: 'USD', open: '111', high: '111', low: '111', close: '111', quality: 100 }]);
    const reply = await history.call(portfolioHistory, counted.userId, { period: '1D' });
    expect(reply).toMatchObject({ ok: true, value: { points: [{}, { date: '2026-11-20', securitiesCount: 3 }, { value: '111', securitiesCount: 1 }] } });
  });
});

describe('gains', () => {
  it('that are not realised are of the last day asked for: its units, its closes, and what the chart says they were worth', async () => {
    const of = async (to: string) => (await ask(gains, { account: account.accountId, to })).unrealised;
    expect(await of('2026-11-11')).toMatchObject({ asOf: '2026-11-11', total: null, lines: [{ asset: 'equity:AAPL', quantity: '5', value: '500', gain: null, reason: { code: 'cost_basis_missing' } }] });
    expect(await of('2026-11-17')).toMatchObject({ asOf: '2026-11-17', lines: [{ quantity: '10', value: '1000' }] });
    expect(await of('2026-11-21')).toMatchObject({ asOf: null, lines: [{ quantity: '10', value: '1100' }] });
    const { points } = await ask(portfolioHistory, { account: account.accountId, from: '2026-11-09', to: '2026-11-20' });
    for (const { date, value, cash: money } of points) expect([date, sum((await of(date as string)).lines.map((line) => line.value ?? ''))]).toEqual([date, subtract(value ?? '', money ?? '')]);
    const long = await ask(gains, { account: account.accountId, to: '2020-01-01' });
    expect(long).toMatchObject({ unrealised: { asOf: '2020-01-01', total: null, lines: [] }, reasons: [{ code: 'no_history', accountId: account.accountId }] });
  });
});

describe('allocation', () => {
  it('is made of what the newest point of the chart is worth', async () => {
    const { points } = await ask(portfolioHistory, { period: '1W' });
    for (const by of ['class', 'sector', 'account', 'provider', 'currency'] as const) expect((await ask(allocation, { by })).total).toBe(points.at(-1)?.value);
    for (const asked of [{}, { by: 'class' as const }]) expect(await ask(allocation, asked)).toMatchObject({ by: 'class', currency: 'USD', total: '3200', complete: true, reasons: [], slices: [{ key: 'cash', name: 'Cash', value: '2100', percent: '65.63' }, { key: 'equity', name: 'Equities', value: '1100', percent: '34.37' }] });
    expect((await ask(allocation, { by: 'currency', currency: 'EUR' })).slices.map(({ key, percent }) => [key, percent])).toEqual([['USD', '65.63'], ['EUR', '34.37']]);
    expect((await ask(allocation, { by: 'provider', account: euros.accountId })).slices).toEqual([{ key: 'snaptrade', name: 'snaptrade', value: '1100', percent: '100' }]);
  });

  it('is new as soon as the snapshot is that the caller wrote', async () => {
    const given = await discover(history, { userId: account.userId });
    const reached = await history.say('sync', given.userId, [snapshotOf(given, '2026-11-20T21:45:00.000Z', [usd('800')], null)]);
    expect((await ask(allocation, { by: 'account' }, reached)).slices.map(({ key, value }) => [key, value])).toContainEqual([given.accountId, '800']);
  });
});

describe('analytics', () => {
  it('has its scores with formulas and inputs', async () => {
    const answer = await ask(analytics, { account: account.accountId });
    expect(answer).toMatchObject({ currency: 'USD', hhi: { value: '1' }, effectiveHoldings: { value: '1' }, largest: [{ asset: 'equity:AAPL', value: '1100', weight: '100' }], diversificationScore: { inputs: { hhiLookThrough: '1' } } });
    expect(answer.riskScore.inputs).toMatchObject({ hhi: '1', exposure: '0.5238095238', maxDrawdown: '0' });
    expect(answer.riskScore.value).toBeGreaterThan(0);
  });

  it('has reasons and no zeros where there is nothing', async () => {
    const reply = await history.call(analytics, 'nobody-yet', {});
    expect(reply).toMatchObject({ ok: true, value: { hhi: { value: null, reason: { code: 'no_positions' } }, riskScore: { value: null }, diversificationScore: { value: null, reason: { code: 'no_positions' } } } });
  });
});

describe('export', () => {
  it('writes the chart and the activities, as CSV and as JSON', async () => {
    const chart = await ask(exportHistory, { format: 'csv', account: account.accountId, period: '1W' });
    expect(chart).toMatchObject({ filename: 'tidemark-history-2026-11-13-2026-11-20.csv', contentType: expect.stringContaining('text/csv') });
    expect((parse(chart.body, { columns: true }) as unknown as { date: string; value: string }[]).map(({ date, value }) => [date, value]).slice(3, 7)).toEqual([['2026-11-16', '2000'], ['2026-11-17', '2000'], ['2026-11-18', '2100'], ['2026-11-19', '2100']]);
    const rows = await ask(exportHistory, { format: 'csv', of: 'activities' });
    expect((parse(rows.body, { columns: true }) as unknown as { type: string; description: string }[]).map(({ type, description }) => [type, description])).toEqual([['dividend', ''], ['buy', `'=cmd|x`], ['deposit', '']]);
    const json = await ask(exportHistory, { format: 'json', of: 'activities', account: account.accountId, from: '2026-11-11', to: '2026-11-13' });
    const lines = await ask(exportHistory, { format: 'json', of: 'gains', account: account.accountId });
    expect(JSON.parse(lines.body)).toMatchObject({ of: 'gains', currency: 'USD', rows: expect.arrayContaining([expect.objectContaining({ kind: 'unrealised', asset: 'equity:AAPL' })]) });
    expect(JSON.parse(json.body)).toMatchObject({ of: 'activities', rows: [{ type: 'buy', amount: '-500', description: '=cmd|x' }] });
  });
});
