import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoWorld, generateHistory, offlineAccount, startSandbox, type RunningSandbox } from '../app.js';
import { control, linkPlaid } from '../testing/clients.js';
import { openApi, specsThere, type OpenApi } from '../testing/openapi.js';

if (!specsThere) {
  process.stderr.write('\n!! The official OpenAPI documents are not here (TIDEMARK_SPECS or ../shared/specs): Plaid answers are NOT checked against them.\n\n');
}

const KEYS = { client_id: 'sandbox-plaid-client', secret: 'sandbox-plaid-secret' };
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
});
afterAll(() => sandbox.close());

async function post(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${sandbox.url}/plaid${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...KEYS, ...body }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

// The specs are reference data that only a developer's machine has; without them the warning above is printed.
(specsThere ? describe : describe.skip)('every Plaid answer is what its official OpenAPI document says', () => {
  let spec: OpenApi;
  beforeAll(() => {
    spec = openApi('plaid');
  });

  async function conforms(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await post(path, body);
    expect([path, answer.status, ...spec.answer('post', path, '200', answer.body)]).toEqual([path, 200]);
    return answer.body;
  }

  it.each(['ins_115615', 'ins_129473', 'ins_116530', 'ins_115604'])('holdings, transactions, accounts and item of %s', async (institutionId) => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId });
    const holdings = await conforms('/investments/holdings/get', { access_token });
    expect((holdings['holdings'] as object[]).length).toBeGreaterThan(0);
    await conforms('/investments/transactions/get', { access_token, start_date: '2025-01-01', end_date: '2026-12-31' });
    await conforms('/accounts/get', { access_token });
    await conforms('/accounts/balance/get', { access_token });
    await conforms('/item/get', { access_token });
    await conforms('/investments/refresh', { access_token });
    await conforms('/item/remove', { access_token });
  });

  it('linking, institutions, keys and the sandbox endpoints', async () => {
    const link = { client_name: 'T', language: 'en', country_codes: ['US'], user: { client_user_id: 'u' }, products: ['investments'], hosted_link: {} };
    await conforms('/link/token/create', link);
    await conforms('/institutions/get', { count: 500, offset: 0, country_codes: ['US'] });
    await conforms('/institutions/get_by_id', { institution_id: 'ins_56', country_codes: ['US'] });
    const { public_token } = await conforms('/sandbox/public_token/create', { institution_id: 'ins_115615', initial_products: ['investments'] });
    const { access_token } = await conforms('/item/public_token/exchange', { public_token });
    const fired = await post('/sandbox/item/fire_webhook', { access_token, webhook_code: 'DEFAULT_UPDATE' });
    expect([fired.status, fired.body['error_code'], spec.schema('PlaidError', fired.body)]).toEqual([400, 'SANDBOX_WEBHOOK_INVALID', []]);
  });

  it('generated histories, with every kind of transaction', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 25; seed += 1) {
      const world = generateHistory({ seed, provider: 'plaid', days: 120, accountsPerPerson: 2 });
      for (const { kind } of world.transactions) kinds.add(kind);
      for (const { id, type } of world.accounts) {
        const offline = offlineAccount(world, id, new Date('2026-11-20T22:00:00Z'));
        const check = (path: string, text: string): void => expect([path, ...spec.answer('post', path, '200', { ...(JSON.parse(text) as object), request_id: 'r' })]).toEqual([path]);
        if (type !== 'investment') check('/accounts/get', offline.bank.accounts());
        else {
          check('/investments/holdings/get', offline.plaid.holdings());
          for (const text of offline.plaid.transactions()) check('/investments/transactions/get', text);
        }
      }
    }
    expect(kinds.size).toBeGreaterThan(30);
  });

  it('and the check itself can fail', () => {
    expect(spec.answer('post', '/accounts/get', '200', { accounts: [{ account_id: 1 }], item: null })).not.toEqual([]);
  });

  it('errors', async () => {
    for (const body of [{}, { access_token: 'access-sandbox-unknown' }, { access_token: 'access-sandbox-unknown', secret: 'wrong' }]) {
      const { status, body: answer } = await post('/accounts/get', body);
      expect([status, spec.schema('PlaidError', answer)]).toEqual([400, []]);
    }
  });
});

describe('numbers on the wire', () => {
  it('are the digits of the world, never rounded by a float', async () => {
    const world = await control<{ accounts: { id: string; holdings: object[]; cash: object[] }[] }>(sandbox, 'GET', '/world');
    const account = world.accounts.find(({ id }) => id === 'ada-vanguard-brokerage')!;
    const [quantity, price] = ['123456789012345678.123456789012345678', '0.100000000000000005551'];
    account.holdings = [{ security: 'vfiax', quantity, price, costBasis: '1.50', value: '1e-9' }];
    account.cash = [{ currency: 'USD', amount: '0.00' }];
    await control(sandbox, 'PUT', '/world', world);
    const { accessToken } = await linkPlaid(sandbox, { institutionId: 'ins_115615' });
    const response = await fetch(`${sandbox.url}/plaid/investments/holdings/get`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...KEYS, access_token: accessToken }) });
    const text = await response.text();
    for (const field of [`"quantity":${quantity}`, `"institution_price":${price}`, '"cost_basis":1.50', '"institution_value":1e-9', '"quantity":0.00']) expect(text).toContain(field);
  });
});
