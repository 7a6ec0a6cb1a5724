/** Coinbase's adapter against the sandbox: both keys sign, every page is read, and what the sandbox verifies is verified truly. */
import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { sum } from '@tidemark/money';
import { createProviders, providerSettings, type CallContext, type ProviderPort, type ProviderSettings } from '@tidemark/providers';
import { demoWorld, startSandbox, type RunningSandbox } from '../app.js';
import { control } from '../testing/clients.js';

const CALL: CallContext = { userId: 'user-1', connectionId: '0b0f9f0e-6f0e-5c57-8d52-6d5bb1a0e6a2', institution: 'Coinbase' };
const PATH = '/coinbase/api/v3/brokerage/accounts';

interface Given {
  keyName: string;
  privateKey: string;
}

let sandbox: RunningSandbox;
const said: unknown[] = [];
let given: Given[] = [];

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
  given = [];
});
afterEach(async () => {
  const everything = JSON.stringify(said) + JSON.stringify(await control(sandbox, 'GET', '/requests'));
  for (const { privateKey } of given) for (const line of privateKey.split('\n').filter((one) => one.length > 20 && !one.startsWith('---'))) expect(everything).not.toContain(line);
});

function coinbase(more: Partial<ProviderSettings> = {}): ProviderPort {
  const settings = providerSettings({ PLAID_ENABLED: 'false', SNAPTRADE_ENABLED: 'false', DYDX_ENABLED: 'false', COINBASE_BASE_URL: `${sandbox.url}/coinbase` });
  if (!settings.ok) throw new Error(JSON.stringify(settings.error));
  const log = (fields: object, message: string): void => void said.push({ ...fields, message });
  const ports = createProviders(settings.value.map((one) => ({ ...one, ...(one.id === 'coinbase' ? more : {}) })), {
    clock: { now: () => Date.now() }, random: () => 0, log: { info: log, warn: log, error: log }, onCall: (record) => void said.push(record), accountNumberKey: 'spec-key', sleep: async (milliseconds) => void said.push({ slept: milliseconds }),
  });
  return ports.get('coinbase')!;
}

async function approved(as: object = {}): Promise<Given> {
  const link = await coinbase().startLink({ call: CALL, providerInstitutionId: null, institutionName: 'Coinbase', trading: false });
  const { credentials } = await control<{ credentials: Given }>(sandbox, 'POST', '/links/approve', { link: link.ok ? link.value : null, as });
  given.push(credentials);
  return credentials;
}

const request = (credential: Given) => ({ call: CALL, credential: { ...credential }, providerConnectionId: 'p' });

describe('Coinbase through its adapter', () => {
  it('is linked by an API key and read whole: a line a currency, zero cash included', async () => {
    const kinds = new Set<boolean>();
    for (let made = 0; made < 2; made += 1) {
      const credentials = await approved();
      kinds.add(credentials.privateKey.startsWith('-----BEGIN EC PRIVATE KEY-----'));
      const linked = await coinbase().completeLink({ call: CALL, proof: { credentials: { ...credentials } } });
      if (!linked.ok) throw new Error(linked.error.detail);
      said.push({ ...linked.value, credential: 'kept' });
      const fetched = await coinbase().fetchAccounts(request(credentials));
      if (!fetched.ok) throw new Error(fetched.error.detail);
      said.push(fetched);
      expect(fetched.value.accounts.map(({ account, balances }) => [account.providerAccountId === linked.value.providerConnectionId, balances.map(({ asset, quantity, price }) => [asset, quantity, price])])).toEqual([
        [true, [['crypto:BTC', '0.21840913', null], ['crypto:ETH', '3.5', null], ['currency:USD', '0', '1']]],
      ]);
    }
    expect(kinds.size).toBe(2);
  });

  it('reads every page of wallets and of trades', async () => {
    const world = demoWorld();
    const coins = Array.from({ length: 300 }, (_, index) => ({ id: `c${index}`, kind: 'crypto' as const, symbol: `COIN${index}`, name: `Coin ${index}`, currency: 'USD', price: '1' }));
    const account = world.accounts.find(({ id }) => id === 'ada-coinbase')!;
    account.coinbase = { holds: [{ currency: 'COIN3', amount: '0.5' }] };
    account.holdings = coins.map(({ id }, index) => ({ security: id, quantity: `${index + 1}.25` }));
    const trades = Array.from({ length: 230 }, (_, index) => ({ id: `t${index}`, account: account.id, date: '2026-11-02', at: `2026-11-02T15:${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}Z`, kind: 'buy' as const, security: 'c1', quantity: '0.1', price: '3.33', fees: '0.01', amount: '-0.343', currency: 'USD', description: 'Bought' }));
    await control(sandbox, 'PUT', '/world', { ...world, rateLimits: { enabled: false }, securities: [...world.securities, ...coins], transactions: [...world.transactions, ...trades] });
    const credentials = await approved();
    const fetched = await coinbase().fetchAccounts(request(credentials));
    if (!fetched.ok) throw new Error(fetched.error.detail);
    const lines = new Map(fetched.value.accounts[0]!.balances.map((line) => [line.asset, line.quantity]));
    expect([lines.size, lines.get('crypto:COIN3'), lines.get('crypto:COIN299')]).toEqual([301, '4.25', '300.25']);
    const found = await coinbase().fetchTransactions({ ...request(credentials), from: '2026-01-01', to: '2026-11-20', cursor: null });
    if (!found.ok) throw new Error(found.error.detail);
    const [page] = found.value.pages;
    expect([page!.transactions.length, new Set(page!.transactions.map(({ identity }) => identity)).size, page!.wholeRange]).toEqual([231, 231, true]);
    expect(page!.transactions.every(({ providerType }) => providerType === 'FILL')).toBe(true);
    expect(page!.transactions[0]).toMatchObject({ date: '2026-11-02', asset: 'crypto:COIN1', quantity: '0.1', price: '3.33', fees: '0.01', amount: null, currency: 'USD', providerType: 'FILL', providerSubtype: 'BUY' });
    const { requests } = await control<{ requests: { operation: string }[] }>(sandbox, 'GET', '/requests?provider=coinbase');
    expect(['listAccounts', 'listFills'].map((name) => requests.filter(({ operation }) => operation === name).length)).toEqual([4, 3]);
  });

  it('reads what else moved in each wallet, so that everything leads to what is there', async () => {
    const world = demoWorld();
    const account = world.accounts.find(({ id }) => id === 'ada-coinbase')!;
    const row = (id: string, kind: 'deposit' | 'withdrawal' | 'buy' | 'transfer_out' | 'stock_dividend' | 'adjustment', more: object): (typeof world.transactions)[number] => ({ id, account: account.id, date: '2026-09-08', at: `2026-09-08T15:00:${id}Z`, kind, amount: '0', currency: 'USD', description: id, ...more });
    const deposits = Array.from({ length: 130 }, (_, index) => row(String(10 + (index % 40)), 'deposit', { id: `d${index}`, amount: '10.01' }));
    const transactions = [
      ...deposits, row('51', 'buy', { security: 'btc', quantity: '0.01', price: '60000', fees: '1.2', amount: '-601.2' }), row('52', 'withdrawal', { amount: '-100.05' }), row('53', 'transfer_out', { security: 'btc', quantity: '-0.004' }),
      row('54', 'stock_dividend', { security: 'eth', quantity: '0.002' }), row('55', 'deposit', { amount: '77', pending: true }), row('56', 'adjustment', { security: 'eth', quantity: '0.5', wire: { coinbaseLedger: 'subscription' } }),
    ];
    await control(sandbox, 'PUT', '/world', { ...world, rateLimits: { enabled: false }, accounts: [{ ...account, cash: [{ currency: 'USD', amount: '600.05' }], holdings: [{ security: 'btc', quantity: '0.006' }, { security: 'eth', quantity: '0.502' }] }], transactions });
    const credentials = await approved();
    const range = { from: '2026-09-01', to: '2026-11-20', cursor: null };
    const found = await coinbase().fetchTransactions({ ...request(credentials), ...range });
    if (!found.ok) throw new Error(found.error.detail);
    const rows = found.value.pages[0]!.transactions;
    const words = rows.reduce<Record<string, number>>((counted, { providerType }) => ({ ...counted, [providerType]: (counted[providerType] ?? 0) + 1 }), {});
    expect(words).toEqual({ FILL: 1, fiat_deposit: 131, fiat_withdrawal: 1, send: 1, staking_reward: 1, subscription: 1 });
    expect(rows.filter(({ pending }) => pending)).toMatchObject([{ providerType: 'fiat_deposit', amount: '77', currency: 'USD', asset: null }]);
    expect(rows.find(({ providerType }) => providerType === 'send')).toMatchObject({ asset: 'crypto:BTC', quantity: '-0.004', amount: null, currency: null });
    const cash = rows.filter(({ pending, currency }) => pending !== true && currency === 'USD').map((one) => (one.providerType === 'FILL' ? '-601.2' : (one.amount ?? '0')));
    expect([sum(cash), found.value.wholeRange, found.value.notes]).toEqual(['600.05', true, []]);
    // Nothing moved since, and what holds something is asked all the same; empty wallets that did not change are not.
    const none = await coinbase().fetchTransactions({ ...request(credentials), ...range, from: '2026-10-01' });
    expect(none).toMatchObject({ ok: true, value: { pages: [{ transactions: [], wholeRange: true }] } });
  });

  it('notes a wallet whose ledger is not there, and takes back nothing of that account', async () => {
    const credentials = await approved();
    await control(sandbox, 'POST', '/faults', { provider: 'coinbase', operation: 'listTransactions', kind: 'status', status: 404, times: 1 });
    const found = await coinbase().fetchTransactions({ ...request(credentials), from: '2026-01-01', to: '2026-11-20', cursor: null });
    expect(found).toMatchObject({ ok: true, value: { wholeRange: false, pages: [{ wholeRange: false }], notes: [expect.stringContaining('wallet of BTC')] } });
  });

  it('wants another key where this one is unknown, revoked or may not view', async () => {
    const credentials = await approved();
    const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const refusals = [
      await coinbase().fetchAccounts(request({ ...credentials, privateKey: stranger })),
      await coinbase().fetchAccounts(request({ ...credentials, keyName: 'organizations/x/apiKeys/none' })),
    ];
    await control(sandbox, 'POST', '/faults', { provider: 'coinbase', operation: 'listAccounts', kind: 'status', status: 403, times: 1 });
    refusals.push(await coinbase().fetchAccounts(request(credentials)));
    const world = demoWorld();
    await control(sandbox, 'PUT', '/world', { ...world, accounts: world.accounts.map((one) => (one.id === 'ada-coinbase' ? { ...one, login: 'locked' } : one)) });
    refusals.push(await coinbase().fetchAccounts(request(credentials)));
    said.push(...refusals);
    for (const refusal of refusals) expect(refusal).toMatchObject({ ok: false, error: { code: 'provider_auth', class: 'relink' } });
  });

  it('takes a key that the world has from the beginning, and reads nothing for one without the permission', async () => {
    const pair = generateKeyPairSync('ed25519');
    const mine = { keyName: 'organizations/o/apiKeys/mine', privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string };
    given.push(mine);
    const key = { name: mine.keyName, accounts: ['ada-coinbase'], publicKey: pair.publicKey.export({ format: 'pem', type: 'spki' }) };
    await control(sandbox, 'PUT', '/world', { ...demoWorld(), coinbaseKeys: [key] });
    expect(await coinbase().fetchAccounts(request(mine))).toMatchObject({ ok: true, value: { accounts: [{ balances: { length: 3 } }] } });
    await control(sandbox, 'PUT', '/world', { ...demoWorld(), coinbaseKeys: [{ ...key, view: false }] });
    expect(await coinbase().fetchAccounts(request(mine))).toMatchObject({ ok: false, error: { code: 'provider_auth', class: 'relink', status: 403, detail: expect.stringContaining('Missing required scopes') } });
  });

  it('says what is wrong with a key before anything is sent', async () => {
    for (const [credentials, detail] of [[{}, 'keyName'], [{ keyName: 'k' }, 'privateKey'], [{ keyName: 'k', privateKey: 'not a key at all' }, 'P-256']] as const) {
      expect(await coinbase().completeLink({ call: CALL, proof: { credentials } })).toMatchObject({ ok: false, error: { code: 'provider_error', class: 'final', status: 400, detail: expect.stringContaining(detail) } });
    }
    expect((await control<{ requests: unknown[] }>(sandbox, 'GET', '/requests')).requests).toEqual([]);
  });
});

describe('Coinbase when it fails', () => {
  it.each([
    ['timeout', { kind: 'timeout', times: 9 }, 'provider_unreachable', 'retry', 2],
    ['reset', { kind: 'reset', times: 9 }, 'provider_unreachable', 'retry', 2],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '7' }, times: 9 }, 'provider_rate_limited', 'retry', 2],
    ['500', { kind: 'status', status: 500, times: 9 }, 'provider_error', 'retry', 2],
    ['503', { kind: 'status', status: 503, times: 9 }, 'provider_unreachable', 'retry', 2],
    ['half an answer', { kind: 'partial', times: 9 }, 'provider_malformed', 'retry', 2],
    ['a wrong shape', { kind: 'malformed', body: { accounts: [{ uuid: 'u' }], has_next: false }, times: 9 }, 'provider_malformed', 'final', 1],
  ] as const)('%s is classified, and no key comes out', async (_what, fault, code, errorClass, tries) => {
    const credentials = await approved();
    await control(sandbox, 'POST', '/faults', { provider: 'coinbase', operation: '*', ...fault });
    const result = await coinbase({ timeoutMs: 300, retries: 1 }).fetchAccounts(request(credentials));
    said.push(result);
    expect(result).toMatchObject({ ok: false, error: { code, class: errorClass } });
    expect((await control<{ requests: unknown[] }>(sandbox, 'GET', '/requests?provider=coinbase')).requests).toHaveLength(tries);
    if (code === 'provider_rate_limited') expect(said).toContainEqual({ slept: 7_000 });
  });

  it('comes through when it fails once, each attempt with a token of its own', async () => {
    const credentials = await approved();
    await control(sandbox, 'POST', '/faults', { provider: 'coinbase', operation: 'listAccounts', kind: 'status', status: 503, times: 1 });
    expect(await coinbase().fetchAccounts(request(credentials))).toMatchObject({ ok: true });
  });

  it('is not asked more often than 30 times a second', async () => {
    await control(sandbox, 'PUT', '/world', demoWorld());
    const credentials = await approved();
    const port = coinbase();
    for (let time = 0; time < 12; time += 1) expect(await port.fetchAccounts(request(credentials))).toMatchObject({ ok: true });
    expect(said.filter((one) => (one as { slept?: number }).slept !== undefined).length).toBeGreaterThan(0);
  });
});

describe('the token of a request', () => {
  /** Every other key is an EC key. */
  async function signing(): Promise<Given> {
    const first = await approved();
    return first.privateKey.startsWith('-----BEGIN') ? first : approved();
  }

  type Change = (claims: Record<string, unknown>, header: Record<string, unknown>) => void;

  async function ask({ keyName, privateKey }: Given, change: Change = () => undefined, uri = `GET ${new URL(sandbox.url).host}${PATH}`, query = ''): Promise<{ status: number; token: string }> {
    const now = Math.floor(Date.now() / 1000);
    const claims: Record<string, unknown> = { sub: keyName, iss: 'cdp', nbf: now, exp: now + 120, uri };
    const header: Record<string, unknown> = { alg: 'ES256', kid: keyName, nonce: randomBytes(16).toString('hex') };
    change(claims, header);
    const token = await new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(createPrivateKey(privateKey));
    return { token, status: (await fetch(`${sandbox.url}${PATH}${query}`, { headers: { authorization: `Bearer ${token}` } })).status };
  }

  it.each<[string, number, Change]>([
    ['as it should be', 200, () => undefined],
    ['expired', 401, (claims) => Object.assign(claims, { nbf: 1_700_000_000, exp: 1_700_000_120 })],
    ['not valid yet', 401, (claims) => Object.assign(claims, { nbf: Math.floor(Date.now() / 1000) + 600, exp: Math.floor(Date.now() / 1000) + 700 })],
    ['for longer than two minutes', 401, (claims) => Object.assign(claims, { exp: Math.floor(Date.now() / 1000) + 3_600 })],
    ['for another path', 401, (claims) => Object.assign(claims, { uri: `GET ${new URL(sandbox.url).host}/coinbase/api/v3/brokerage/orders/historical/fills` })],
    ['for another method', 401, (claims) => Object.assign(claims, { uri: `POST ${new URL(sandbox.url).host}${PATH}` })],
    ['of another issuer', 401, (claims) => Object.assign(claims, { iss: 'somebody' })],
    ['of another subject', 401, (claims) => Object.assign(claims, { sub: randomUUID() })],
    ['without a nonce', 401, (_claims, header) => void delete header['nonce']],
  ])('%s: %d', async (_what, status, change) => {
    expect((await ask(await signing(), change)).status).toBe(status);
  });

  it('is good once, covers the path without its query, and is refused when it is tampered with or absent', async () => {
    const credentials = await signing();
    const { token, status } = await ask(credentials, () => undefined, undefined, '?limit=5');
    expect(status).toBe(200);
    const again = (authorization: string): Promise<number> => fetch(`${sandbox.url}${PATH}`, { headers: authorization === '' ? {} : { authorization } }).then((answer) => answer.status);
    expect(await again(`Bearer ${token}`)).toBe(401);
    const [head = '', body = '', signature = ''] = (await ask(credentials)).token.split('.');
    expect(await again(`Bearer ${head}.${body}.${signature.split('').reverse().join('')}`)).toBe(401);
    expect([await again(''), await again('Bearer nonsense'), await again('Basic abc')]).toEqual([401, 401, 401]);
    const answer = await fetch(`${sandbox.url}${PATH}`);
    expect(await answer.text()).toBe('Unauthorized');
  });

  it('is counted: the 31st in a second is refused', async () => {
    await control(sandbox, 'POST', '/clock', { now: '2026-11-20T12:00:00Z' });
    const credentials = await signing();
    const statuses: number[] = [];
    await control(sandbox, 'PUT', '/world', { ...demoWorld(), rateLimits: { overrides: { coinbase: { perClient: 3 } } } });
    for (let time = 0; time < 4; time += 1) statuses.push((await ask(credentials)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});
