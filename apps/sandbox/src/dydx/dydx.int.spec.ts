/** dYdX's adapter against the sandbox's indexer: equity to the last digit, every page, milliseconds in Retry-After, and the address in nothing that is said. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { add, multiply, sum } from '@tidemark/money';
import { createProviders, providerSettings, type CallContext, type ProviderPort, type ProviderSettings } from '@tidemark/providers';
import { demoWorld, startSandbox, type RunningSandbox, type World } from '../app.js';
import { control } from '../testing/clients.js';

const CALL: CallContext = { userId: 'user-1', connectionId: '0b0f9f0e-6f0e-5c57-8d52-6d5bb1a0e6a2', institution: 'dYdX' };
const ADDRESS = demoWorld().accounts.find(({ id }) => id === 'dan-dydx')!.dydx!.address;
const REQUEST = { call: CALL, credential: { address: ADDRESS }, providerConnectionId: 'p' };
const RANGE = { from: '2026-01-01', to: '2026-11-20', cursor: null };

let sandbox: RunningSandbox;
const said: unknown[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld(), seed: 3 });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await control(sandbox, 'PUT', '/world', { ...demoWorld(), rateLimits: { enabled: false } });
  await control(sandbox, 'POST', '/clock', { now: null });
  await control(sandbox, 'DELETE', '/faults');
  await control(sandbox, 'DELETE', '/requests');
  said.length = 0;
});
afterEach(() => expect(JSON.stringify(said)).not.toContain(ADDRESS));

function dydx(more: Partial<ProviderSettings> = {}): ProviderPort {
  const settings = providerSettings({ PLAID_ENABLED: 'false', SNAPTRADE_ENABLED: 'false', COINBASE_ENABLED: 'false', DYDX_BASE_URL: `${sandbox.url}/dydx` });
  if (!settings.ok) throw new Error(JSON.stringify(settings.error));
  const log = (fields: object, message: string): void => void said.push({ ...fields, message });
  return createProviders(settings.value.map((one) => ({ ...one, ...(one.id === 'dydx' ? more : {}) })), {
    clock: { now: () => Date.now() }, random: () => 0, log: { info: log, warn: log, error: log }, onCall: (record) => void said.push(record), accountNumberKey: 'spec-key', sleep: async (milliseconds) => void said.push({ slept: milliseconds }),
  }).get('dydx')!;
}

const fault = (fault: object): Promise<unknown> => control(sandbox, 'POST', '/faults', { provider: 'dydx', times: 9, ...fault });
const asked = async (operation: string): Promise<number> => (await control<{ requests: unknown[] }>(sandbox, 'GET', `/requests?provider=dydx&operation=${operation}`)).requests.length;

describe('dYdX through its adapter', () => {
  it('is linked by an address, an account a subaccount, children included', async () => {
    const link = await dydx().startLink({ call: CALL, providerInstitutionId: null, institutionName: 'dYdX', trading: false });
    if (!link.ok) throw new Error(link.error.detail);
    const { credentials } = await control<{ credentials: Record<string, string> }>(sandbox, 'POST', '/links/approve', { link: link.value });
    expect(credentials).toEqual({ address: ADDRESS });
    const linked = await dydx().completeLink({ call: CALL, proof: { credentials } });
    if (!linked.ok) throw new Error(linked.error.detail);
    expect(linked.value.accounts.map(({ providerAccountId, name, currency }) => [providerAccountId, name, currency])).toEqual([['0', 'dYdX subaccount 0', 'USD'], ['128', 'dYdX subaccount 128 (isolated, of 0)', 'USD']]);
    const { credential, ...kept } = linked.value;
    expect(credential).toEqual({ address: ADDRESS });
    said.push(kept);
    const one = await dydx().fetchAccounts({ ...REQUEST, credential: { address: ADDRESS, subaccountNumber: '128' } });
    const parent = await dydx().fetchAccounts({ ...REQUEST, credential: { address: ADDRESS, subaccountNumber: '0' } });
    expect([one, parent].map((answer) => (answer.ok ? answer.value.accounts.map(({ account }) => account.providerAccountId) : answer.error))).toEqual([['128'], ['0', '128']]);
  });

  it('states positions signed, at oracle prices, and sums to the equity exactly', async () => {
    const fetched = await dydx().fetchAccounts(REQUEST);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    said.push(fetched);
    const [main, child] = fetched.value.accounts;
    expect(main!.balances.map(({ asset, quantity, price, value }) => [asset, quantity, price, value])).toEqual([
      ['crypto:USDC', '13909.432704', '1', '13909.432704'],
      ['provider:dydx:BTC-USD', '0.3', '85220.41235', multiply('0.3', '85220.41235')],
      ['provider:dydx:ETH-USD', '-6', '2780.917304', multiply('-6', '2780.917304')],
    ]);
    const equity = add(add('13909.432704', multiply('0.3', '85220.41235')), multiply('-6', '2780.917304'));
    expect([main!.totals.balance, main!.currency, fetched.value.notes]).toEqual([equity, 'USD', []]);
    for (const account of [main!, child!]) expect(sum(account.balances.map(({ value }) => value!))).toBe(account.totals.balance);
  });

  it('keeps the sign of USDC that is owed', async () => {
    const world = demoWorld();
    await control(sandbox, 'PUT', '/world', { ...world, accounts: world.accounts.map((one) => (one.id === 'dan-dydx' ? { ...one, cash: [{ currency: 'USDC', amount: '-9000.5' }] } : one)) });
    const fetched = await dydx().fetchAccounts(REQUEST);
    expect(fetched.ok && fetched.value.accounts[0]!.balances[0]).toMatchObject({ asset: 'crypto:USDC', quantity: '-9000.5', value: '-9000.5' });
  });

  it('lists what moved, a trade as both of its sides, so that it leads to what is there', async () => {
    const found = await dydx().fetchTransactions({ ...REQUEST, ...RANGE });
    if (!found.ok) throw new Error(found.error.detail);
    said.push(found);
    const moved = (account: number, asset: string): string => sum(found.value.pages[account]!.transactions.filter((row) => row.asset === asset).map(({ quantity }) => quantity ?? '0'));
    expect(['crypto:USDC', 'provider:dydx:BTC-USD', 'provider:dydx:ETH-USD'].map((asset) => moved(0, asset))).toEqual(['13909.432704', '0.3', '-6']);
    expect(['crypto:USDC', 'provider:dydx:SOL-USD'].map((asset) => moved(1, asset))).toEqual(['895.9485', '15']);
    expect(found.value.wholeRange).toBe(true);
    expect(found.value.pages[0]!.transactions.map(({ providerType, providerSubtype }) => [providerType, providerSubtype].join('/')).sort()).toEqual([
      'DEPOSIT/', 'FILL/LIMIT', 'FILL/LIMIT', 'FILL/LIMIT', 'FUNDING/', 'SETTLEMENT/LIMIT', 'SETTLEMENT/LIMIT', 'SETTLEMENT/LIMIT', 'TRANSFER_OUT/', 'WITHDRAWAL/',
    ]);
  });

  it('reads every page of a long history once', async () => {
    const world = demoWorld();
    const at = (index: number): string => new Date(Date.parse('2026-03-02T15:00:00Z') + index * 1_000).toISOString();
    const fills: World['transactions'] = Array.from({ length: 2_300 }, (_, index) => ({ id: `f${index}`, account: 'dan-dydx', date: '2026-03-02', at: at(index), kind: 'buy', security: 'btc-perpetual', quantity: '0.001', price: '80000.5', fees: '0.02', amount: '-80.0205', currency: 'USDC', description: 'Bought' }));
    const funding: World['transactions'] = Array.from({ length: 1_500 }, (_, index) => ({ id: `p${index}`, account: 'dan-dydx', date: '2026-03-03', at: at(90_000 + index * 10), kind: 'interest', security: 'btc-perpetual', quantity: '1', amount: '0.01', currency: 'USDC', description: 'Funding' }));
    await control(sandbox, 'PUT', '/world', { ...world, transactions: [...world.transactions, ...fills, ...funding] });
    const found = await dydx().fetchTransactions({ ...REQUEST, credential: { address: ADDRESS }, ...RANGE });
    if (!found.ok) throw new Error(found.error.detail);
    const rows = found.value.pages[0]!.transactions;
    expect([rows.length, new Set(rows.map(({ identity }) => identity)).size, found.value.wholeRange]).toEqual([10 + 2 * 2_300 + 1_500, 10 + 2 * 2_300 + 1_500, true]);
    expect(await asked('listFills')).toBe(4);
  });

  it('goes on without a list that an older indexer does not have, and says so', async () => {
    await fault({ operation: 'listFundingPayments', kind: 'status', status: 404 });
    const found = await dydx().fetchTransactions({ ...REQUEST, ...RANGE });
    expect(found).toMatchObject({ ok: true, value: { wholeRange: false, pages: [{ wholeRange: false }, { wholeRange: false }], notes: [expect.stringContaining('fundingPayments'), expect.stringContaining('fundingPayments')] } });
    expect(found.ok && found.value.pages[0]!.transactions).toHaveLength(9);
  });

  it('reads again where prices moved between balances and prices, and says so where they never stand still', async () => {
    const subaccounts = [{ subaccountNumber: 0, equity: '1000', freeCollateral: '1', openPerpetualPositions: { 'BTC-USD': { size: '0.01', side: 'LONG', entryPrice: '1' } }, assetPositions: { USDC: { size: '100', side: 'LONG' } } }];
    await fault({ operation: 'getSubaccounts', kind: 'malformed', body: { subaccounts }, times: 1 });
    expect(await dydx().fetchAccounts(REQUEST)).toMatchObject({ ok: true, value: { notes: [] } });
    expect(await asked('getSubaccounts')).toBe(2);
    await fault({ operation: 'getSubaccounts', kind: 'malformed', body: { subaccounts } });
    const unsteady = await dydx().fetchAccounts(REQUEST);
    expect(unsteady).toMatchObject({ ok: true, value: { accounts: [{ totals: { balance: '1000' } }], notes: [expect.stringContaining('47.7958765')] } });
  });
});

describe('dYdX when it refuses or fails', () => {
  it('knows no such address, and says so without it', async () => {
    const stranger = ADDRESS.replace('dydx1q', 'dydx1p');
    const result = await dydx().completeLink({ call: CALL, proof: { credentials: { address: stranger } } });
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_error', class: 'final', status: 404 } });
    expect(JSON.stringify(result)).not.toContain(stranger);
    for (const credentials of [{}, { address: 'cosmos1abc' }, { address: ADDRESS, subaccountNumber: '-1' }]) expect(await dydx().completeLink({ call: CALL, proof: { credentials } })).toMatchObject({ ok: false, error: { status: 400 } });
  });

  it.each([
    ['timeout', { kind: 'timeout' }, 'provider_unreachable', 'retry', 2],
    ['reset', { kind: 'reset' }, 'provider_unreachable', 'retry', 2],
    ['500', { kind: 'status', status: 500 }, 'provider_error', 'retry', 2],
    ['half an answer', { kind: 'partial' }, 'provider_malformed', 'retry', 2],
    ['a restricted region', { kind: 'status', code: 'GEOBLOCKED', status: 403 }, 'provider_error', 'final', 1],
    ['a wrong shape', { kind: 'malformed', body: { subaccounts: [{ subaccountNumber: 0 }] } }, 'provider_malformed', 'final', 1],
    ['an unsigned short', { kind: 'malformed', body: { subaccounts: [{ subaccountNumber: 0, equity: '1', openPerpetualPositions: { 'BTC-USD': { size: '1', side: 'SHORT' } }, assetPositions: {} }] } }, 'provider_malformed', 'final', 1],
    ['a signed asset', { kind: 'malformed', body: { subaccounts: [{ subaccountNumber: 0, equity: '1', openPerpetualPositions: {}, assetPositions: { USDC: { size: '-1', side: 'SHORT' } } }] } }, 'provider_malformed', 'final', 1],
  ] as const)('%s is classified', async (_what, ordered, code, errorClass, tries) => {
    await fault({ operation: 'getSubaccounts', ...ordered });
    const result = await dydx({ timeoutMs: 300, retries: 1 }).fetchAccounts(REQUEST);
    said.push(result);
    expect(result).toMatchObject({ ok: false, error: { code, class: errorClass } });
    expect(await asked('getSubaccounts')).toBe(tries);
  });

  it('takes Retry-After for milliseconds', async () => {
    await fault({ operation: 'getSubaccounts', kind: 'status', status: 429, headers: { 'retry-after': '4200' }, times: 1 });
    expect(await dydx().fetchAccounts(REQUEST)).toMatchObject({ ok: true });
    expect(said).toContainEqual({ slept: 4_200 });
  });

  it('refuses the 101st request in ten seconds, saying in milliseconds how long', async () => {
    await control(sandbox, 'PUT', '/world', demoWorld());
    await control(sandbox, 'POST', '/clock', { now: '2026-11-20T12:00:00Z' });
    const markets = (): Promise<Response> => fetch(`${sandbox.url}/dydx/v4/perpetualMarkets`);
    for (let time = 0; time < 100; time += 1) expect((await markets()).status).toBe(200);
    const refused = await markets();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ errors: [{ msg: 'Too many requests' }] });
    const wait = Number(refused.headers.get('retry-after'));
    expect([wait > 1_000, wait <= 10_000]).toEqual([true, true]);
  });
});
