import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { snapshotsRpc } from '@tidemark/contracts';
import type { RpcReply } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { capture, discover, NOW, startSnapshots } from './snapshots.fixture.js';
import type { SnapshotsFixture } from './snapshots.fixture.js';
import { stock, usd } from './valuation/holdings.fixture.js';

const { latestSnapshot, listSnapshots, portfolioBalances, portfolioPositions, portfolioValue, getAsset } = snapshotsRpc;
let service: SnapshotsFixture;

beforeAll(async () => { service = await startSnapshots('snapshots'); }, 120_000);
afterAll(async () => { await service.close(); });

function valueOf<T>(reply: RpcReply<T>): T {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}

const assets = (snapshot: snapshotsRpc.Snapshot) => snapshot.balances.map((line) => line.asset.id);

describe('latest and as-of', () => {
  it('an asset sold between two syncs is absent from latest and present as-of before', async () => {
    const user = newId();
    const account = await discover(service, user, 'snaptrade');
    await capture(service, account, '2026-11-20T15:00:00.000Z', [stock('AAPL', '10', '200'), stock('MSFT', '5', '400'), usd('0')]);
    const after = await capture(service, account, '2026-11-20T20:00:00.000Z', [stock('AAPL', '10', '201'), usd('2000')], { totals: { balance: '4010' } });
    const latest = valueOf(await service.call(latestSnapshot, user, { accountId: account.accountId }, after));
    expect(assets(latest)).toEqual(['equity:AAPL', 'currency:USD']);
    expect(latest).toMatchObject({ capturedAt: '2026-11-20T20:00:00.000Z', totals: { balance: '4010', unexplained: '0' }, providerMetadata: { kept: 'as received' }, balances: [{ value: '2010' }, { value: '2000' }] });
    const before = valueOf(await service.call(latestSnapshot, user, { accountId: account.accountId, asOf: '2026-11-20T19:59:59.999Z' }));
    expect(assets(before)).toEqual(['equity:AAPL', 'equity:MSFT', 'currency:USD']);
    expect(before.balances[2]).toMatchObject({ quantity: '0', value: '0' });
    expect(valueOf(await service.call(latestSnapshot, user, { accountId: account.accountId, asOf: latest.capturedAt })).snapshotId).toBe(latest.snapshotId);
  });

  it('a late, older snapshot changes history and not latest', async () => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    await capture(service, account, '2026-11-20T20:00:00.000Z', [usd('2')]);
    const after = await capture(service, account, '2026-11-18T20:00:00.000Z', [usd('1')]);
    expect(valueOf(await service.call(latestSnapshot, user, { accountId: account.accountId }, after)).balances[0]?.quantity).toBe('2');
    expect(valueOf(await service.call(latestSnapshot, user, { accountId: account.accountId, asOf: '2026-11-18' })).balances[0]?.quantity).toBe('1');
    expect(await service.call(latestSnapshot, user, { accountId: account.accountId, asOf: '2026-11-17' })).toMatchObject({ ok: false, error: { code: 'no_snapshot' } });
  });

  it('of snapshots captured at the same instant the one with the greater position is latest', async () => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    for (const quantity of ['1', '2', '3']) await service.seen(await capture(service, account, '2026-11-20T20:00:00.000Z', [usd(quantity)]));
    expect(valueOf(await service.call(latestSnapshot, user, { accountId: account.accountId })).balances[0]?.quantity).toBe('3');
  });

  it('a snapshot delivered twice changes nothing', async () => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    const snapshotId = newId();
    await capture(service, account, '2026-11-20T20:00:00.000Z', [usd('1')], { snapshotId });
    const after = await capture(service, account, '2026-11-20T20:00:00.000Z', [usd('1')], { snapshotId });
    expect(valueOf(await service.call(listSnapshots, user, { accountId: account.accountId }, after)).items).toHaveLength(1);
  });

  it('an empty account is worth nothing, and a missing snapshot is not nothing', async () => {
    const user = newId();
    const empty = await discover(service, user, 'plaid');
    const none = await discover(service, user, 'snaptrade');
    await service.seen(none.positions);
    const after = await capture(service, empty, '2026-11-20T20:00:00.000Z', []);
    const answer = valueOf(await service.call(portfolioValue, user, {}, after));
    expect(answer).toMatchObject({ value: '0', complete: false, reasons: expect.arrayContaining([expect.objectContaining({ code: 'no_snapshot', accountId: none.accountId })]) });
    expect(valueOf(await service.call(portfolioBalances, user, {})).accounts.map((account) => account.snapshot?.balances ?? null).sort()).toEqual([[], null].sort());
  });
});

describe('the list of snapshots', () => {
  it('goes newest first, page by page, by source and by day', async () => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    for (let day = 10; day <= 16; day += 1) await service.seen(await capture(service, account, `2026-11-${day}T20:59:00.000Z`, [usd(String(day))], { source: day % 2 ? 'scheduled_sync' : 'manual_sync' }));
    const quantities = (page: { items: snapshotsRpc.Snapshot[] }) => page.items.map((item) => item.balances[0]?.quantity);
    const first = valueOf(await service.call(listSnapshots, user, { accountId: account.accountId, limit: 3 }));
    expect(quantities(first)).toEqual(['16', '15', '14']);
    const second = valueOf(await service.call(listSnapshots, user, { accountId: account.accountId, limit: 4, cursor: first.nextCursor ?? '' }));
    expect(quantities(second)).toEqual(['13', '12', '11', '10']);
    expect(second.nextCursor).toBeNull();
    expect(quantities(valueOf(await service.call(listSnapshots, user, { accountId: account.accountId, source: 'scheduled_sync' })))).toEqual(['15', '13', '11']);
    expect(quantities(valueOf(await service.call(listSnapshots, user, { accountId: account.accountId, from: '2026-11-12', to: '2026-11-13' })))).toEqual(['13', '12']);
    expect(quantities(valueOf(await service.call(listSnapshots, user, { accountId: account.accountId, from: '2026-11-12T20:59:00Z', to: '2026-11-12T20:59:00Z' })))).toEqual(['12']);
  });

  it.each([
    ['cursor', { cursor: 'nonsense' }],
    ['cursor', { cursor: 'MjAyNi0xMy0wMVQwMDowMDowMC4wMDBaIDEgMQ' }],
    ['from', { from: '2026-02-30' }],
    ['to', { to: '2026-02-01T25:00:00Z' }],
  ])('refuses a bad %s by name', async (field, given) => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    expect(await service.call(listSnapshots, user, { accountId: account.accountId, ...given }, account.positions)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field }] } });
  });
});

describe('the portfolio', () => {
  it('makes 150 of 100 at one provider and 50 at another, adds cash of three sources, and is one truth', async () => {
    const user = newId();
    const [schwab, fidelity, bank] = [await discover(service, user, 'snaptrade', { trading: true }), await discover(service, user, 'plaid'), await discover(service, user, 'manual')];
    await capture(service, schwab, '2026-11-20T20:00:00.000Z', [stock('AAPL', '100', '200.01'), usd('10.5')]);
    await capture(service, fidelity, '2026-11-20T20:00:00.000Z', [stock('AAPL', '50', '200.01'), usd('-0.25')]);
    await service.seen(bank.positions);
    const after = await capture(service, bank, '2026-11-20T20:00:00.000Z', [usd('7')], { source: 'manual_entry' });
    const positions = valueOf(await service.call(portfolioPositions, user, {}, after));
    expect(positions.positions).toMatchObject([{ asset: { id: 'equity:AAPL' }, quantity: '150', tradable: true, sources: ['plaid', 'snaptrade'] }]);
    expect(positions.positions[0]?.accounts).toHaveLength(2);
    expect(positions.cash).toMatchObject([{ currency: 'USD', amount: '17.25' }]);
    expect(positions.cash[0]?.accounts).toHaveLength(3);
    const value = valueOf(await service.call(portfolioValue, user, {}));
    expect(value).toMatchObject({ value: '30018.75', cash: '17.25', complete: true, asOf: NOW });
    expect(positions.totals).toMatchObject({ value: '30018.75', positionsValue: '30001.5', cash: '17.25' });
    expect(valueOf(await service.call(portfolioValue, user, { source: 'house' })).value).toBe('7');
    expect(valueOf(await service.call(portfolioValue, user, { account: schwab.accountId })).value).toBe('20011.5');
    expect(valueOf(await service.call(portfolioPositions, user, { provider: 'plaid' })).positions).toMatchObject([{ quantity: '50' }]);
    expect(valueOf(await service.call(portfolioBalances, user, { connection: bank.connectionId })).accounts).toMatchObject([{ accountId: bank.accountId, counted: true, parked: false, value: '7', snapshot: { source: 'manual_entry' } }]);
    expect(valueOf(await service.call(portfolioBalances, user, { currency: 'CHF' }))).toMatchObject({ currency: 'CHF', accounts: [{ value: null }, { value: null }, { value: null }] });
  });

  it('values at the newest of the close and what the snapshot carried, and converts by the rate of the day', async () => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    const observed = (symbol: string, kind: string, prices: { day: string; close: string }[]) =>
      service.append('history', `~symbol:${symbol}`, `prices-${symbol}`, 'PricesObserved', { symbol, kind, currency: 'USD', source: 'fmp', from: '2026-11-16', to: '2026-11-20', prices, splits: [], corrected: false });
    const positions = [
      ...(await service.append('history', '~asset:equity:TDMK', 'symbol-equity:TDMK', 'SymbolMapped', { asset: 'equity:TDMK', symbol: 'TDMK', kind: 'security', currency: 'USD', name: null, source: 'fmp', method: 'ticker', confidence: '1', verifiedAt: NOW, previous: null, by: null, note: null })),
      ...(await observed('TDMK', 'security', [{ day: '2026-11-19', close: '30' }, { day: '2026-11-20', close: '31.5' }])),
      ...(await observed('EURUSD', 'fx', [{ day: '2026-11-18', close: '1.25' }])),
    ];
    const after = await capture(service, account, '2026-11-20T15:00:00.000Z', [stock('TDMK', '10', '29', { priceAsOf: '2026-11-19T15:00:00.000Z' }), { asset: 'currency:EUR', quantity: '8' }]);
    await service.seen([...positions, ...after]);
    expect(valueOf(await service.call(portfolioValue, user, {}))).toMatchObject({ value: '325', cash: '10', complete: true });
    expect(valueOf(await service.call(portfolioValue, user, { currency: 'EUR' }))).toMatchObject({ value: '260', cash: '8' });
    // Before Friday's close, Thursday's counts.
    expect(valueOf(await service.call(portfolioValue, user, { asOf: '2026-11-20T20:00:00Z' }))).toMatchObject({ value: '310' });
    expect(valueOf(await service.call(portfolioBalances, user, {})).accounts).toMatchObject([{ value: '325', snapshot: { balances: [{ price: '29' }, {}] } }]);
    expect(valueOf(await service.call(portfolioPositions, user, {})).positions).toMatchObject([{ price: '31.5', value: '315' }]);
  });

  it('counts the same real account once, also before anybody told', async () => {
    const user = newId();
    const [schwab, twin] = [await discover(service, user, 'snaptrade'), await discover(service, user, 'plaid')];
    await capture(service, schwab, '2026-11-10T20:00:00.000Z', [usd('100')]);
    await capture(service, twin, '2026-11-10T20:00:00.000Z', [usd('100')]);
    const after = await service.append('connections', user, `connection-${twin.connectionId}`, 'DuplicateFlagged', { userId: user, connectionId: twin.connectionId, accountId: twin.accountId, duplicateOf: schwab.accountId, by: 'detection', evidence: ['same mask'], effectiveAt: '2026-11-15T21:00:00.000Z' });
    expect(valueOf(await service.call(portfolioValue, user, {}, after))).toMatchObject({ value: '100', accounts: expect.arrayContaining([expect.objectContaining({ accountId: twin.accountId, counted: false, reason: 'duplicate', percent: null })]) });
    expect(valueOf(await service.call(portfolioValue, user, { asOf: '2026-11-14' })).value).toBe('100');
  });

  it('counts a disconnected account until it was disconnected', async () => {
    const user = newId();
    const account = await discover(service, user, 'snaptrade');
    await capture(service, account, '2026-11-10T20:00:00.000Z', [usd('100')]);
    const after = await service.append('connections', user, `connection-${account.connectionId}`, 'ConnectionRemoved', { userId: user, connectionId: account.connectionId, reason: 'asked', erased: false, accountIds: [account.accountId] }, '2026-11-18T12:00:00.000Z');
    expect(valueOf(await service.call(portfolioValue, user, {}, after))).toMatchObject({ value: '0', accounts: [{ value: '100', counted: false, reason: 'disconnected' }] });
    expect(valueOf(await service.call(portfolioValue, user, { asOf: '2026-11-17' }))).toMatchObject({ value: '100', accounts: [{ counted: true }] });
  });

  it('answers in the currency that the user set or asks for, and refuses what is none', async () => {
    const user = newId();
    const account = await discover(service, user, 'snaptrade');
    await capture(service, account, '2026-11-20T20:00:00.000Z', [usd('100')]);
    const after = await service.append('connections', user, `settings-${user}`, 'UserSettingsChanged', { userId: user, baseCurrency: 'CHF', timeZone: 'Europe/Zurich' });
    expect(valueOf(await service.call(portfolioValue, user, {}, after))).toMatchObject({ currency: 'CHF', value: null, complete: false, reasons: expect.arrayContaining([expect.objectContaining({ code: 'rate_missing' })]) });
    expect(valueOf(await service.call(portfolioValue, user, { currency: 'USD' }))).toMatchObject({ currency: 'USD', value: '100', complete: true });
    expect(await service.call(portfolioValue, user, { currency: 'ZZQ' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'currency' }] } });
    expect(await service.call(portfolioValue, user, { asOf: '2026-02-30' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'asOf' }] } });
  });

  it('says of an account whose event could not be applied that it is parked', async () => {
    const user = newId();
    const account = await discover(service, user, 'snaptrade');
    await service.seen(await capture(service, account, '2026-11-20T20:00:00.000Z', [usd('100')]));
    await service.database.query(`INSERT INTO projection.parked (projection, key, log, epoch, partition, position, event, error) VALUES ('balances', $1, 'sync', 1, 0, 999999, '{}', 'broken')`, [`account-${account.accountId}`]);
    expect(valueOf(await service.call(portfolioValue, user, {}))).toMatchObject({ parked: [account.accountId], quality: 50, value: '100' });
    expect(valueOf(await service.call(portfolioBalances, user, {})).accounts).toMatchObject([{ parked: true }]);
  });

  it('marks an answer that has not seen the write in time', async () => {
    const reply = await service.call(portfolioValue, newId(), {}, [{ log: 'sync', epoch: 1, partition: 0, position: 1_000_000 }]);
    expect(reply).toMatchObject({ ok: true, stale: true });
  });
});

describe('other users', () => {
  it('see nothing of an account, by whatever question', async () => {
    const account = await discover(service, newId(), 'snaptrade');
    await service.seen([...account.positions, ...(await capture(service, account, '2026-11-20T20:00:00.000Z', [usd('100'), { asset: 'provider:manual:house', quantity: '1', name: 'My secret house' }]))]);
    const other = newId();
    const { accountId, connectionId } = account;
    for (const reply of [
      await service.call(latestSnapshot, other, { accountId }),
      await service.call(listSnapshots, other, { accountId }),
      await service.call(portfolioValue, other, { account: accountId }),
      await service.call(portfolioPositions, other, { account: accountId }),
      await service.call(portfolioBalances, other, { account: accountId }),
      await service.call(portfolioBalances, other, { connection: connectionId }),
    ]) expect(reply).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(valueOf(await service.call(getAsset, other, { assetId: 'provider:manual:house' })).name).toBeNull();
    expect(valueOf(await service.call(getAsset, account.userId, { assetId: 'provider:manual:house' })).name).toBe('My secret house');
  });
});

describe('an asset', () => {
  it('is described from its id and from what holds it; what is unknown is null', async () => {
    const user = newId();
    const account = await discover(service, user, 'snaptrade', { trading: true });
    const after = await capture(service, account, '2026-11-20T20:00:00.000Z', [stock('AAPL', '1', '2', { name: 'Apple Inc.', identifiers: { isin: 'US0378331005' } })]);
    expect(valueOf(await service.call(getAsset, user, { assetId: 'equity:AAPL' }, after))).toEqual({ id: 'equity:AAPL', kind: 'equity', symbol: 'AAPL', name: 'Apple Inc.', sector: null, industry: null, identifiers: { cusip: null, isin: 'US0378331005', figi: null }, optionContract: null, fixedIncome: null, tradable: true });
    expect(valueOf(await service.call(getAsset, user, { assetId: 'option:NFLX180201C00355000' }))).toMatchObject({ name: null, tradable: null, optionContract: { underlying: 'NFLX', expires: '2018-02-01', right: 'call', strike: '355', multiplier: '100' } });
  });
});
