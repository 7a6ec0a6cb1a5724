import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoWorld, startSandbox, type RunningSandbox, type World } from '../app.js';
import { control, linkSnapTrade, registerSnapTradeUser, snaptradeClient } from '../testing/clients.js';
import { signedFetch } from '../testing/signed-fetch.js';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
});
afterAll(() => sandbox.close());

async function answerOf(response: Promise<Response>): Promise<[status: number, code: unknown]> {
  const answer = await response;
  return [answer.status, ((await answer.json()) as { code?: unknown }).code];
}

async function changeWorld(change: (world: World) => void): Promise<void> {
  const world = await control<World>(sandbox, 'GET', '/world');
  change(world);
  await control(sandbox, 'PUT', '/world', world);
}

describe('signatures', () => {
  const users = (wrong: Parameters<typeof signedFetch>[3]): Promise<[number, unknown]> => answerOf(signedFetch(sandbox, 'GET', '/snapTrade/listUsers', wrong));
  const now = Math.floor(Date.now() / 1000);

  it('of another key, path, time or none at all are refused', async () => {
    expect(await users({ consumerKey: 'another' })).toEqual([401, '1076']);
    expect(await users({ signedPath: '/accounts' })).toEqual([401, '1076']);
    expect(await users({ timestamp: now - 301 })).toEqual([401, '1076']);
    expect(await users({ timestamp: now + 400 })).toEqual([401, '1076']);
    expect(await users({ timestamp: Number.NaN })).toEqual([401, '1076']);
    expect(await users({ signature: '' })).toEqual([401, '1076']);
    expect(await users({ clientId: 'SOMEBODY' })).toEqual([401, '1074']);
    expect((await signedFetch(sandbox, 'GET', '/snapTrade/listUsers')).status).toBe(200);
  });

  it('cover the body: what is changed after signing is refused', async () => {
    const { status } = await signedFetch(sandbox, 'POST', '/snapTrade/registerUser', { body: { userId: 'covered' } });
    expect(status).toBe(200);
    const tampered = await fetch(`${sandbox.url}/snaptrade/snapTrade/registerUser?clientId=SANDBOX-TIDEMARK&timestamp=${now}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', Signature: 'AAAA' },
      body: '{"userId":"evil"}',
    });
    expect(tampered.status).toBe(401);
  });

  it('of the SDK are accepted with non-ASCII bodies and queries, and under the old prefix', async () => {
    const user = await registerSnapTradeUser(sandbox, 'Zoë & Søn / 50%');
    expect((await snaptradeClient(sandbox).accountInformation.listUserAccounts(user)).data).toEqual([]);
    const legacy = await snaptradeClient(sandbox, undefined, '/snaptrade/api/v1').apiStatus.check();
    expect([legacy.data.online, legacy.headers['deprecation']]).toEqual([true, '@1781222400']);
    const wrong = snaptradeClient(sandbox, 'wrong-key').authentication.listSnapTradeUsers();
    await expect(wrong).rejects.toMatchObject({ status: 401, responseBody: { code: '1076', status_code: 401 } });
  });
});

describe('users', () => {
  it('are registered once, need their secret, and take their connections with them', async () => {
    const client = snaptradeClient(sandbox);
    const user = await registerSnapTradeUser(sandbox, 'gone');
    await expect(registerSnapTradeUser(sandbox, 'gone')).rejects.toMatchObject({ status: 400, responseBody: { code: '1010' } });
    await expect(client.accountInformation.listUserAccounts({ ...user, userSecret: 'x' })).rejects.toMatchObject({ status: 401, responseBody: { code: '1083' } });
    const id = await linkSnapTrade(sandbox, user, { broker: 'SCHWAB' });
    await client.authentication.deleteSnapTradeUser({ userId: 'gone' });
    await expect(client.connections.detailBrokerageAuthorization({ ...user, authorizationId: id })).rejects.toMatchObject({ status: 401 });
    await expect(client.authentication.deleteSnapTradeUser({ userId: 'gone' })).rejects.toMatchObject({ status: 404, responseBody: { code: '1011' } });
  });

  it("see nothing of each other's", async () => {
    const [one, two] = [await registerSnapTradeUser(sandbox, 'one'), await registerSnapTradeUser(sandbox, 'two')];
    const authorizationId = await linkSnapTrade(sandbox, one, { broker: 'SCHWAB' });
    const client = snaptradeClient(sandbox);
    await expect(client.connections.detailBrokerageAuthorization({ ...two, authorizationId })).rejects.toMatchObject({ status: 403, responseBody: { code: '1066' } });
    const accountId = (await client.accountInformation.listUserAccounts(one)).data[0]!.id;
    await expect(client.accountInformation.getUserAccountDetails({ ...two, accountId })).rejects.toMatchObject({ status: 404, responseBody: { code: '1011' } });
  });
});

describe('the portal', () => {
  it('is open for five minutes and once, and knows who trades', async () => {
    const user = await registerSnapTradeUser(sandbox, 'portal');
    const { data } = await snaptradeClient(sandbox).authentication.loginSnapTradeUser({ ...user, broker: 'SCHWAB', connectionType: 'trade' });
    const link = { kind: 'snaptrade_portal', url: (data as { redirectURI: string }).redirectURI };
    await control(sandbox, 'POST', '/clock', { now: new Date(Date.now() + 301_000).toISOString() });
    await expect(control(sandbox, 'POST', '/links/approve', { link })).rejects.toThrow(/410.*the portal closed at/);
    await control(sandbox, 'POST', '/clock', { now: null });
    await control(sandbox, 'POST', '/links/approve', { link });
    await expect(control(sandbox, 'POST', '/links/approve', { link })).rejects.toThrow(/410.*used already/);
    await expect(linkSnapTrade(sandbox, user, { broker: 'FIDELITY', connectionType: 'trade' })).rejects.toThrow(/422.*does not allow trading/);
  });
});

describe('a connection whose login broke', () => {
  it('answers with what it last knew, is not refreshed (402/3003), and lives again after reconnecting', async () => {
    const client = snaptradeClient(sandbox);
    const user = await registerSnapTradeUser(sandbox, 'broken');
    const authorizationId = await linkSnapTrade(sandbox, user, { broker: 'ALPACA' });
    const accountId = (await client.accountInformation.listUserAccounts(user)).data[0]!.id;
    const units = async (): Promise<unknown> => (await client.accountInformation.getAllAccountPositions({ ...user, accountId })).data.results[0]!.units;
    await changeWorld((world) => {
      const account = world.accounts.find(({ id }) => id === 'dan-alpaca')!;
      account.login = 'login_required';
      account.holdings![0]!.quantity = '99';
    });
    expect([await units(), (await client.connections.detailBrokerageAuthorization({ ...user, authorizationId })).data.disabled]).toEqual(['15.5', true]);
    await expect(client.connections.refreshBrokerageAuthorization({ ...user, authorizationId })).rejects.toMatchObject({ status: 402, responseBody: { code: '3003' } });
    await expect(client.connections.disableBrokerageAuthorization({ ...user, authorizationId })).rejects.toMatchObject({ status: 402, responseBody: { code: '3011' } });
    expect(await linkSnapTrade(sandbox, user, { reconnect: authorizationId })).toBe(authorizationId);
    expect([await units(), (await client.connections.refreshBrokerageAuthorization({ ...user, authorizationId })).status]).toEqual(['99', 200]);
    await client.connections.deleteConnection({ ...user, connectionId: authorizationId });
    await expect(client.connections.detailBrokerageAuthorization({ ...user, authorizationId })).rejects.toMatchObject({ status: 404 });
  });
});

describe('what is read', () => {
  it('options carry their multiplier, costs are per contract; short is negative; currencies stand side by side', async () => {
    const user = await registerSnapTradeUser(sandbox, 'reader');
    const client = snaptradeClient(sandbox);
    await linkSnapTrade(sandbox, user, { broker: 'ETRADE', as: { person: 'ben' } });
    await linkSnapTrade(sandbox, user, { broker: 'INTERACTIVE-BROKERS-FLEX' });
    const { data: accounts } = await client.accountInformation.listUserAccounts(user);
    const positions = (await client.accountInformation.getAllAccountPositions({ ...user, accountId: accounts[0]!.id })).data.results;
    expect(positions.map((position) => [position.instrument.symbol, 'multiplier' in position.instrument ? position.instrument.multiplier : undefined, position.units, position.price, position.cost_basis])).toEqual([
      ['KO', undefined, '200', '71.21', '59.2'],
      ['NFLX  270115C01200000', '100', '2', '38.45', '4060'],
      ['AAPL  261218P00250000', '100', '-1', '2.31', '310'],
    ]);
    const { data: balances } = await client.accountInformation.getUserAccountBalance({ ...user, accountId: accounts.at(-1)!.id });
    expect(balances.map(({ currency, cash }) => [currency?.code, cash])).toEqual([['USD', 10250.5], ['EUR', 4120], ['GBP', -312.4], ['JPY', 150000]]);
    const { data: page } = await client.accountInformation.getAccountActivities({ ...user, accountId: accounts[0]!.id, type: 'SELL,BUY', offset: 1, limit: 5000 });
    expect([page.pagination, page.data!.map(({ option_type, units, amount }: { option_type?: string; units?: number; amount?: number | null }) => [option_type, units, amount])]).toEqual([{ offset: 1, limit: 1000, total: 2 }, [['BUY_TO_OPEN', 2, -8121.3]]]);
  });
});

it('250 calls a minute, told in headers, then 429', async () => {
  await changeWorld((world) => (world.rateLimits = { overrides: { snaptrade: { perClient: 3 } } }));
  await control(sandbox, 'POST', '/clock', { now: new Date(Date.now() + 120_000).toISOString() });
  const answers = [];
  for (let i = 0; i < 4; i += 1) answers.push(await signedFetch(sandbox, 'GET', '/brokerages'));
  expect(answers.map(({ status, headers }) => [status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')])).toEqual([[200, '3', '2'], [200, '3', '1'], [200, '3', '0'], [429, '3', '0']]);
  expect(Number(answers[3]!.headers.get('x-ratelimit-reset'))).toBeGreaterThan(50);
  expect(await answers[3]!.json()).toMatchObject({ status_code: 429, code: 'throttled' });
});
