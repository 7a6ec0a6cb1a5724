import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CountryCode, Products } from 'plaid';
import { demoWorld, startSandbox, type RunningSandbox, type World } from '../app.js';
import { control, linkPlaid, plaidClient } from '../testing/clients.js';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
});
afterAll(() => sandbox.close());

/** The error code that a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<[status: number, type: string, code: string]> {
  const error = await call.then(() => undefined, (reason: { response: { status: number; data: { error_type: string; error_code: string } } }) => reason.response);
  return [error?.status ?? 0, error?.data.error_type ?? 'none', error?.data.error_code ?? 'none'];
}

async function changeWorld(change: (world: World) => void): Promise<void> {
  const world = await control<World>(sandbox, 'GET', '/world');
  change(world);
  await control(sandbox, 'PUT', '/world', world);
}

describe('keys and tokens', () => {
  it('wrong or missing keys are refused, keys in the body are accepted', async () => {
    const access_token = 'access-sandbox-none';
    expect(await refusal(plaidClient(sandbox, 'wrong').accountsGet({ access_token }))).toEqual([400, 'INVALID_INPUT', 'INVALID_API_KEYS']);
    const bare = (body: object): Promise<Response> => fetch(`${sandbox.url}/plaid/accounts/get`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect(await (await bare({ access_token })).json()).toMatchObject({ error_code: 'MISSING_FIELDS' });
    expect(await (await bare({ access_token, client_id: 'sandbox-plaid-client', secret: 'sandbox-plaid-secret' })).json()).toMatchObject({ error_code: 'INVALID_ACCESS_TOKEN', request_id: expect.any(String) });
    const torn = await fetch(`${sandbox.url}/plaid/accounts/get`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"access' });
    expect([torn.status, ((await torn.json()) as { error_code: string }).error_code]).toEqual([400, 'INVALID_BODY']);
  });

  it('a public token works once and for half an hour; a removed item is gone', async () => {
    const plaid = plaidClient(sandbox);
    const make = (): Promise<string> => plaid.sandboxPublicTokenCreate({ institution_id: 'ins_115615', initial_products: [Products.Investments] }).then(({ data }) => data.public_token);
    const public_token = await make();
    const { access_token } = (await plaid.itemPublicTokenExchange({ public_token })).data;
    expect(await refusal(plaid.itemPublicTokenExchange({ public_token }))).toEqual([400, 'INVALID_INPUT', 'INVALID_PUBLIC_TOKEN']);
    await plaid.itemRemove({ access_token });
    expect(await refusal(plaid.itemGet({ access_token }))).toEqual([400, 'ITEM_ERROR', 'ITEM_NOT_FOUND']);
    const late = await make();
    await control(sandbox, 'POST', '/clock', { now: new Date(Date.now() + 31 * 60_000).toISOString() });
    expect(await refusal(plaid.itemPublicTokenExchange({ public_token: late }))).toEqual([400, 'INVALID_INPUT', 'INVALID_PUBLIC_TOKEN']);
    await control(sandbox, 'POST', '/clock', { now: null });
  });
});

describe('what institutions cannot or will not do', () => {
  it('a bank without the product, an institution that is down, a locked login', async () => {
    const plaid = plaidClient(sandbox);
    const wells = await linkPlaid(sandbox, { institutionId: 'ins_127991', products: [Products.Transactions] });
    expect(await refusal(plaid.investmentsHoldingsGet({ access_token: wells.accessToken }))).toEqual([400, 'ITEM_ERROR', 'PRODUCTS_NOT_SUPPORTED']);
    await changeWorld((world) => {
      world.institutions.find(({ id }) => id === 'wells-fargo')!.plaid!.status = 'down';
    });
    expect(await refusal(plaid.accountsGet({ access_token: wells.accessToken }))).toEqual([400, 'INSTITUTION_ERROR', 'INSTITUTION_DOWN']);
    await changeWorld((world) => {
      world.institutions.find(({ id }) => id === 'wells-fargo')!.plaid!.status = 'healthy';
      world.accounts.find(({ id }) => id === 'ben-wells-checking')!.login = 'locked';
    });
    expect(await refusal(plaid.accountsGet({ access_token: wells.accessToken }))).toEqual([400, 'ITEM_ERROR', 'ITEM_LOCKED']);
  });

  it('a login that changed is repaired in update mode, and takes in accounts that are new', async () => {
    const plaid = plaidClient(sandbox);
    const { accessToken: access_token, itemId } = await linkPlaid(sandbox, { institutionId: 'ins_5', products: [Products.Transactions] });
    await changeWorld((world) => {
      const account = world.accounts.find(({ id }) => id === 'chloe-citi')!;
      account.login = 'login_required';
      world.accounts.push({ ...account, id: 'chloe-citi-2', name: 'Citi Accelerate Savings', subtype: 'savings', login: 'ok' });
    });
    expect(await refusal(plaid.accountsBalanceGet({ access_token }))).toEqual([400, 'ITEM_ERROR', 'ITEM_LOGIN_REQUIRED']);
    expect((await plaid.itemGet({ access_token })).data.item.error).toMatchObject({ error_code: 'ITEM_LOGIN_REQUIRED' });
    const { data: link } = await plaid.linkTokenCreate({ client_name: 'T', language: 'en', country_codes: [CountryCode.Us], user: { client_user_id: 'u' }, access_token });
    await control(sandbox, 'POST', '/links/approve', { link: { kind: 'plaid_link', token: link.link_token } });
    const { data } = await plaid.accountsGet({ access_token });
    expect([data.item.item_id, data.item.error, data.accounts.length]).toEqual([itemId, null, 2]);
  });
});

describe('investment transactions', () => {
  it('come newest first, in pages of at most 500, from the last 24 months, in Plaid’s signs', async () => {
    await changeWorld((world) => {
      for (let i = 0; i < 620; i += 1) {
        world.transactions.push({ id: `n${i}`, account: 'ben-etrade', date: new Date(Date.UTC(2023, 11, 1 + i)).toISOString().slice(0, 10), kind: 'fee', amount: '-1.00', currency: 'USD', description: `fee ${i}` });
      }
    });
    const plaid = plaidClient(sandbox);
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_129473', as: { person: 'ben' } });
    const window = { access_token, start_date: '2023-01-01', end_date: '2026-12-31' };
    const first = (await plaid.investmentsTransactionsGet({ ...window, options: { count: 500, offset: 0 } })).data;
    const rest = (await plaid.investmentsTransactionsGet({ ...window, options: { count: 500, offset: 500 } })).data;
    const all = [...first.investment_transactions, ...rest.investment_transactions];
    expect(all).toHaveLength(first.total_investment_transactions);
    expect(all.map(({ date }) => date)).toEqual(all.map(({ date }) => date).sort().reverse());
    expect(all.at(-1)!.date >= '2024-11-01').toBe(true);
    expect(await refusal(plaid.investmentsTransactionsGet({ ...window, options: { count: 501 } }))).toEqual([400, 'INVALID_REQUEST', 'INVALID_FIELD']);
    const option = all.find(({ name }) => name.startsWith('Bought 2 NFLX'))!;
    expect([option.type, option.subtype, option.quantity, option.price, option.amount, option.fees]).toEqual(['buy', 'buy', 200, 40.6, 8121.3, 1.3]);
    const short = all.find(({ name }) => name.startsWith('Sold 1 AAPL'))!;
    expect([short.subtype, short.quantity, short.amount]).toEqual(['sell short', -100, -309.35]);
  });

  it('options and bonds: units × price is the value, without a second multiplier', async () => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_129473' });
    const { data } = await plaidClient(sandbox).investmentsHoldingsGet({ access_token });
    const held = (symbol: string): unknown[] => {
      const security = data.securities.find(({ ticker_symbol, cusip }) => ticker_symbol === symbol || cusip === symbol)!;
      const { quantity, institution_price, institution_value, cost_basis } = data.holdings.find(({ security_id }) => security_id === security.security_id)!;
      return [security.type, quantity, institution_price, institution_value, cost_basis];
    };
    expect(held('NFLX270115C01200000')).toEqual(['derivative', 200, 38.45, 7690, 8120]);
    expect(held('AAPL261218P00250000')).toEqual(['derivative', -100, 2.31, -231, -310]);
    expect(held('91282CLW9')).toEqual(['fixed income', 10000, 0.998125, 9981.25, 9950]);
    expect(data.holdings.filter(({ quantity }) => quantity === 0)).toHaveLength(1);
  });
});

describe('bank transactions', () => {
  it('sync by cursor: added, then modified and removed, page by page', async () => {
    const plaid = plaidClient(sandbox);
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_56', products: [Products.Transactions] });
    const first = (await plaid.transactionsSync({ access_token, count: 4 })).data;
    expect([first.added.length, first.has_more]).toEqual([4, true]);
    const second = (await plaid.transactionsSync({ access_token, count: 4, cursor: first.next_cursor })).data;
    expect([second.added.length, second.has_more]).toEqual([3, false]);
    expect(new Set([...first.added, ...second.added].map(({ transaction_id }) => transaction_id)).size).toBe(7);
    await changeWorld((world) => {
      const utilities = world.transactions.find(({ id }) => id === 'acc-04')!;
      Object.assign(utilities, { pending: false, amount: '-130.00' });
      world.transactions = world.transactions.filter(({ id }) => id !== 'acc-03');
      world.transactions.push({ ...utilities, id: 'acc-05', description: 'NEW' });
    });
    const third = (await plaid.transactionsSync({ access_token, cursor: second.next_cursor })).data;
    expect([third.added.map(({ name }) => name), third.modified.map(({ amount }) => amount), third.removed.length, third.has_more]).toEqual([['NEW'], [130], 1, false]);
    expect((await plaid.transactionsSync({ access_token })).data.added).toHaveLength(7);
    expect(await refusal(plaid.transactionsSync({ access_token, cursor: 'bm9wZQ==' }))).toEqual([400, 'INVALID_REQUEST', 'INVALID_FIELD']);
  });
});

describe('limits', () => {
  it('fifteen reads of holdings a minute an item, then 429 until the minute is over on the sandbox’s clock', async () => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_115615' });
    const plaid = plaidClient(sandbox);
    for (let i = 0; i < 15; i += 1) await plaid.investmentsHoldingsGet({ access_token });
    expect(await refusal(plaid.investmentsHoldingsGet({ access_token }))).toEqual([429, 'RATE_LIMIT_EXCEEDED', 'INVESTMENT_HOLDINGS_GET_LIMIT']);
    await control(sandbox, 'POST', '/clock', { now: new Date(Date.now() + 61_000).toISOString() });
    expect((await plaid.investmentsHoldingsGet({ access_token })).status).toBe(200);
    await control(sandbox, 'POST', '/clock', { now: null });
  });

  it('can be changed or lifted in the world', async () => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_115615' });
    await changeWorld((world) => (world.rateLimits = { overrides: { itemGet: { perItem: 1 } } }));
    await plaidClient(sandbox).itemGet({ access_token });
    expect((await refusal(plaidClient(sandbox).itemGet({ access_token })))[2]).toBe('ITEM_GET_LIMIT');
    await changeWorld((world) => (world.rateLimits = { enabled: false }));
    for (let i = 0; i < 20; i += 1) await plaidClient(sandbox).itemGet({ access_token });
  });
});

it('institutions come in pages', async () => {
  const all = demoWorld().institutions.filter(({ plaid }) => plaid !== undefined);
  const page = async (offset: number): Promise<{ total: number; names: string[] }> => {
    const { data } = await plaidClient(sandbox).institutionsGet({ count: 10, offset, country_codes: [CountryCode.Us] });
    return { total: data.total, names: data.institutions.map(({ name }) => name) };
  };
  const [first, second] = [await page(0), await page(10)];
  expect([first.total, ...first.names, ...second.names]).toEqual([all.length, ...all.map(({ name }) => name)]);
});
