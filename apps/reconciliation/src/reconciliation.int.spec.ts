/** What a reconciliation finds, over real Postgres and NATS, with the sandbox as the institutions. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reconciliationRpc as rpc } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { NOW, ReconciliationFixture } from './testing/reconciliation.fixture.js';

const COINS = { cash: [{ currency: 'USD', amount: '100' }], holdings: [{ security: 'btc', quantity: '0.2' }] };
const PERPETUALS = { cash: [{ currency: 'USDC', amount: '20000.5' }], holdings: [{ security: 'btc-perpetual', quantity: '-0.3', costBasis: '-25000' }], dydx: { address: 'dydx1q7l0fz4kn3w6m8tce5xa2vsrd9ugyhpj0k7ezn', subaccountNumber: 0 } };

let fixture: ReconciliationFixture;
beforeAll(async () => {
  fixture = await ReconciliationFixture.start('reconciliation');
}, 60_000);
afterAll(() => fixture?.close());
beforeEach(async () => {
  await fixture.sandbox.calm();
  await fixture.at(NOW);
});

async function keptByHand(userId: string): Promise<string> {
  const accountId = newId();
  const details = { providerAccountId: accountId, name: 'The safe', officialName: null, type: 'other', subtype: null, mask: null, numberHash: null, currency: 'USD' };
  const discovered = { userId, connectionId: accountId, accountId, provider: 'manual', institutionId: 'manual', institutionName: 'Manual', details, capabilities: { trading: false, realtime: false, positions: true, transactions: false } };
  await fixture.say('connections', userId, [[`connection-${accountId}`, 'AccountDiscovered', discovered]]);
  return accountId;
}

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

  it('compares several currencies, each for itself', async () => {
    const cleo = await fixture.held('cleo', 'south', { cash: [{ currency: 'USD', amount: '1000' }, { currency: 'EUR', amount: '250.5' }] });
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(cleo.worldId), { cash: [{ currency: 'USD', amount: '1000' }, { currency: 'EUR', amount: '240.5' }] }));
    const [account] = (await fixture.reconciled('cleo')).accountReports;
    expect(account?.lines.map(({ asset, difference, outcome }) => [asset, difference, outcome])).toEqual([['currency:EUR', '-10', 'mismatch'], ['currency:USD', '0', 'matched'], ['equity:AAPL', '0', 'matched']]);
  });

  it('tells what only one side has: a currency or an asset that is missing here, or there', async () => {
    const mia = await fixture.held('mia', 'south', { cash: [{ currency: 'USD', amount: '1000' }, { currency: 'EUR', amount: '250.5' }] });
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(mia.worldId), { cash: [{ currency: 'USD', amount: '1000' }], holdings: [{ security: 'aapl', quantity: '10' }, { security: 'vti', quantity: '3.3' }] }));
    const [account] = (await fixture.reconciled('mia')).accountReports;
    expect(account?.lines.filter(({ outcome }) => outcome !== 'matched').map(({ asset, outcome, expected, actual }) => [asset, outcome, expected, actual])).toEqual([['currency:EUR', 'missing_remote', '250.5', '0'], ['etf:VTI', 'missing_local', '0', '3.3']]);
  });

  it('puts several exchanges through several providers into one report', async () => {
    for (const institution of ['north', 'east', 'south']) await fixture.held('eve', institution);
    await fixture.held('eve', 'coinbase', COINS);
    await fixture.held('eve', 'dydx', PERPETUALS);
    const report = await fixture.reconciled('eve');
    expect(report).toMatchObject({ status: 'matched', accounts: { checked: 5, failed: 0 }, lines: { mismatch: 0, missing_local: 0, missing_remote: 0 }, progress: { accounts: 5, done: 5 } });
    expect(report.accountReports.map(({ institution, provider, result }) => [institution, provider, result])).toEqual([['coinbase institution', 'coinbase', 'matched'], ['dydx institution', 'dydx', 'matched'], ['east institution', 'plaid', 'matched'], ['north institution', 'plaid', 'matched'], ['south institution', 'snaptrade', 'matched']]);
  });

  it('reports many discrepancies, each once, page by page', async () => {
    const many = await fixture.held('max', 'south', { holdings: [] });
    await fixture.sandbox.change((world) => {
      const symbols = Array.from({ length: 40 }, (_, at) => `S${String(at).padStart(2, '0')}X`);
      (world['securities'] as object[]).push(...symbols.map((symbol) => ({ id: symbol, kind: 'equity', symbol, name: symbol, currency: 'USD', price: '1' })));
      fixture.sandbox.account(many.worldId).holdings = symbols.map((id, at) => ({ security: id, quantity: `${at + 3}.7` }));
    });
    const report = await fixture.reconciled('max');
    expect(report).toMatchObject({ status: 'discrepant', lines: { missing_local: 40, matched: 1 }, discrepancies: { opened: 40 } });
    const first = await fixture.must(rpc.listDiscrepancies, 'max', { limit: 25 });
    const second = await fixture.must(rpc.listDiscrepancies, 'max', { limit: 25, cursor: first.nextCursor ?? '' });
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([25, 15, null]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(40);
  });

  it('counts what happened since: a purchase that the provider tells is expected', async () => {
    const pia = await fixture.held('pia');
    await fixture.at('2026-11-21T22:00:00.000Z');
    await fixture.sandbox.happened({ account: pia.worldId, date: '2026-11-21', kind: 'buy', security: 'aapl', quantity: '2', price: '100', amount: '-200' });
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(pia.worldId), { cash: [{ currency: 'USD', amount: '800.00' }], holdings: [{ security: 'aapl', quantity: '12' }] }));
    const report = await fixture.reconciled('pia');
    expect(report.accountReports[0]?.lines.map(({ asset, expected, outcome }) => [asset, expected, outcome])).toEqual([['currency:USD', '800', 'matched'], ['equity:AAPL', '12', 'matched']]);
  });

  it('compares with the tolerance that it was asked for, and with the configured one otherwise', async () => {
    const tol = await fixture.held('tol');
    await fixture.sandbox.hold(tol.worldId, 'aapl', '10.4');
    const loose = await fixture.reconciled('tol', { tolerance: { classes: { equity: { absolute: '0.5' } } } });
    expect(loose).toMatchObject({ status: 'matched', lines: { within_tolerance: 1 }, tolerance: { classes: { equity: { absolute: '0.5' }, cash: { absolute: '0.01' } } } });
    expect(await fixture.reconciled('tol')).toMatchObject({ status: 'discrepant' });
  });

  it('leaves out what there is nothing to compare with, says why, and never that it agrees', async () => {
    const accountId = await keptByHand('ned');
    expect((await fixture.reconciled('ned')).accountReports).toMatchObject([{ result: 'skipped', reason: expect.stringContaining('nothing to compare with') }]);
    await fixture.must(rpc.importBook, 'ned', { accountId, asOf: '2026-11-19T00:00:00.000Z', positions: [{ asset: 'currency:USD', quantity: '50' }] });
    expect(await fixture.reconciled('ned')).toMatchObject({ status: 'partial', accounts: { checked: 0, skipped: 1 }, accountReports: [{ reason: expect.stringContaining('import one') }] });
    await fixture.must(rpc.importStatement, 'ned', { accountId, asOf: '2026-11-20T00:00:00.000Z', positions: [{ asset: 'currency:USD', quantity: '40' }] });
    expect(await fixture.reconciled('ned')).toMatchObject({ status: 'discrepant', accountReports: [{ source: 'statement', basis: { kind: 'book' }, lines: [{ expected: '50', actual: '40', outcome: 'mismatch' }] }] });
  });
});

describe('an account that is kept by hand', () => {
  it('is expected to hold what its owner said last, and is not judged by a statement from before that', async () => {
    const accountId = await keptByHand('zoe');
    const owned = (capturedAt: string, shares: string) => {
      const snapshotId = newId();
      const balances = [{ asset: 'equity:AAPL', quantity: shares }, { asset: 'currency:USD', quantity: '50' }];
      return fixture.say('sync', 'zoe', [[`account-${accountId}`, 'BalanceSnapshotCaptured', { snapshotId, userId: 'zoe', connectionId: accountId, accountId, provider: 'manual', syncId: null, capturedAt, providerAsOf: null, source: 'manual_entry', currency: 'USD', totals: { balance: null }, balances, providerMetadata: {} }]]);
    };
    const stated = (asOf: string, shares: string) => fixture.must(rpc.importStatement, 'zoe', { accountId, asOf, positions: [{ asset: 'equity:AAPL', quantity: shares }, { asset: 'currency:USD', quantity: '50' }] });
    await owned('2026-11-17T12:00:00.000Z', '10');
    await owned('2026-11-18T12:00:00.000Z', '15');
    await stated('2026-11-19T12:00:00.000Z', '15');
    expect(await fixture.reconciled('zoe')).toMatchObject({ status: 'matched', accountReports: [{ source: 'statement', lines: [{}, { expected: '15', actual: '15' }] }] });
    await owned('2026-11-20T12:00:00.000Z', '999');
    expect(await fixture.reconciled('zoe')).toMatchObject({ status: 'partial', accountReports: [{ result: 'skipped', reason: expect.stringContaining('import one') }] });
    await stated('2026-11-20T13:00:00.000Z', '15');
    expect(await fixture.reconciled('zoe')).toMatchObject({ status: 'discrepant', accountReports: [{ lines: [{}, { expected: '999', actual: '15', outcome: 'mismatch' }] }] });
  });
});

describe('an exchange', () => {
  it('of coins is compared coin by coin, with what was traded since', async () => {
    const cb = await fixture.held('cob', 'coinbase', COINS);
    await fixture.at('2026-11-21T22:00:00.000Z');
    await fixture.sandbox.happened({ account: cb.worldId, date: '2026-11-21', at: '2026-11-21T15:00:00Z', kind: 'buy', security: 'btc', quantity: '0.001', price: '80000', amount: '-80' });
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(cb.worldId), { cash: [{ currency: 'USD', amount: '20' }], holdings: [{ security: 'btc', quantity: '0.20000001' }] }));
    expect((await fixture.reconciled('cob')).accountReports[0]?.lines.map(({ asset, expected, actual, outcome }) => [asset, expected, actual, outcome])).toEqual([['crypto:BTC', '0.201', '0.20000001', 'mismatch'], ['currency:USD', '20', '20', 'matched']]);
  });

  it('of perpetuals is compared by positions of either side and by what it settles in', async () => {
    const dy = await fixture.held('dyd', 'dydx', PERPETUALS);
    const [first] = (await fixture.reconciled('dyd')).accountReports;
    expect(first).toMatchObject({ result: 'matched' });
    const perpetual = first?.lines.find(({ actual }) => actual === '-0.3');
    expect(perpetual?.asset).toMatch(/^provider:dydx:/);
    await fixture.sandbox.hold(dy.worldId, 'btc-perpetual', '0.3');
    expect((await fixture.reconciled('dyd')).accountReports[0]?.lines.find(({ asset }) => asset === perpetual?.asset)).toMatchObject({ expected: '-0.3', actual: '0.3', difference: '0.6', outcome: 'mismatch' });
  });
});

describe('what operators watch', () => {
  it('tells runs by status, accounts by result, fetches and calls by provider, and what is open', async () => {
    const met = await fixture.held('met');
    await fixture.sandbox.hold(met.worldId, 'aapl', '13.7');
    await fixture.reconciled('met');
    const text = await fixture.metrics();
    for (const line of [
      /tidemark_reconciliation_duration_seconds_count\{[^}]*status="discrepant"[^}]*\} [1-9]/, /tidemark_reconciled_accounts_total\{[^}]*result="discrepant"[^}]*\} [1-9]/,
      /tidemark_reconciliation_fetch_seconds_count\{[^}]*provider="plaid",result="ok"[^}]*\} [1-9]/, /tidemark_provider_call_seconds_count\{[^}]*operation="accountsGet"[^}]*\} [1-9]/, /tidemark_discrepancies_open\{/, /tidemark_reconciliation_tasks\{/,
    ]) expect(text).toMatch(line);
  });
});

describe('what is asked', () => {
  it('wrongly is refused with the field named, and nothing begins', async () => {
    const asked = (payload: object) => fixture.call(rpc.startReconciliation, 'bad', payload);
    expect(await asked({ accountIds: ['not an id'] })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'accountIds/0' }] } });
    expect(await asked({ tolerance: { relative: '1.5' } })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'tolerance/relative', message: expect.stringContaining('below 1') }] } });
    expect(await asked({ tolerances: {} })).toMatchObject({ ok: false, error: { errors: [{ field: 'tolerances', message: expect.stringContaining('known are') }] } });
    expect(await fixture.call(rpc.listReconciliations, 'bad', { cursor: 'nonsense' })).toMatchObject({ ok: false, error: { errors: [{ field: 'cursor' }] } });
    expect((await fixture.must(rpc.listReconciliations, 'bad', {})).items).toEqual([]);
  });

  it('of another user’s things is not found', async () => {
    const own = await fixture.held('own');
    await fixture.sandbox.hold(own.worldId, 'aapl', '13.7');
    const { id } = await fixture.reconciled('own');
    const [found] = await fixture.discrepancies('own');
    const unknown = { ok: false, error: { code: 'not_found' } };
    expect(await fixture.call(rpc.getReconciliation, 'other', { reconciliationId: id })).toMatchObject(unknown);
    expect(await fixture.call(rpc.getDiscrepancy, 'other', { discrepancyId: found?.id ?? '' })).toMatchObject(unknown);
    expect(await fixture.call(rpc.resolveDiscrepancy, 'other', { discrepancyId: found?.id ?? '', note: 'mine now' })).toMatchObject(unknown);
    expect(await fixture.call(rpc.startReconciliation, 'other', { accountIds: [own.accountId] })).toMatchObject({ ok: false, error: { code: 'not_found', errors: [{ field: 'accountIds/0' }] } });
    expect(await fixture.discrepancies('other')).toEqual([]);
    expect((await fixture.discrepancies('own'))[0]).toMatchObject({ status: 'open' });
  });

  it('is listed newest first, page by page, by status', async () => {
    await fixture.held('lis');
    const runs = [await fixture.reconciled('lis'), await fixture.reconciled('lis'), await fixture.reconciled('lis')].map(({ id }) => id);
    const first = await fixture.must(rpc.listReconciliations, 'lis', { limit: 2 });
    const second = await fixture.must(rpc.listReconciliations, 'lis', { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(runs.toReversed());
    expect((await fixture.must(rpc.listReconciliations, 'lis', { status: 'failed' })).items).toEqual([]);
  });
});
