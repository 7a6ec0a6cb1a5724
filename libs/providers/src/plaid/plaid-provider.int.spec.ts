import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { multiply } from '@tidemark/money';
import { FakeWire, json } from '../testing/fake-wire.js';
import { CALL, specDeps, specSettings } from '../testing/spec-deps.js';
import type { SpecDeps } from '../testing/spec-deps.js';
import type { ProviderPort, ProviderSettings } from '../port.js';
import { plaidProvider } from './plaid-provider.js';

const TOKEN = 'access-sandbox-8ab976e6-64bc-4b38-98f7-731e7a349970';
const REQUEST = { call: CALL, credential: { accessToken: TOKEN, itemId: 'item-1' }, providerConnectionId: 'item-1' };
const BALANCES = { available: 10, current: 20, limit: null, iso_currency_code: 'USD', unofficial_currency_code: null };
const CHECKING = { account_id: 'chk', balances: BALANCES, mask: '0000', name: 'Checking', official_name: null, type: 'depository', subtype: 'checking' };

let wire: FakeWire;
let spec: SpecDeps;
let plaid: ProviderPort;

function start(settings: Partial<ProviderSettings> = {}): void {
  plaid = plaidProvider(specSettings('plaid', wire.url, settings), spec.deps);
}

function error(code: string, status = 400, type = 'ITEM_ERROR') {
  return json({ error_type: type, error_code: code, error_message: `about ${code}`, display_message: null, request_id: 'r-e' }, status);
}

beforeEach(async () => {
  wire = await FakeWire.start();
  spec = specDeps();
  start();
  wire.on('/item/get', json({ item: { item_id: 'item-1' }, status: { investments: { last_successful_update: '2026-11-20T20:00:00Z' } }, request_id: 'r1' }));
  wire.on('/accounts/get', json({ accounts: [CHECKING], item: {}, request_id: 'r2' }));
  wire.on('/investments/holdings/get', error('NO_INVESTMENT_ACCOUNTS'));
});

afterEach(async () => {
  await wire.stop();
});

describe('plaid over the wire', () => {
  it('multiplies what it read to the last digit', async () => {
    const account = { ...CHECKING, account_id: 'inv', type: 'investment', subtype: 'ira' };
    const security = { security_id: 's1', ticker_symbol: 'VTI', type: 'etf', iso_currency_code: 'USD', close_price: 13.73 };
    wire.on('/accounts/get', json({ accounts: [account], request_id: 'r' }));
    wire.on('/investments/holdings/get', {
      text: `{"accounts":[${JSON.stringify(account)}],"securities":[${JSON.stringify(security)}],"holdings":[
        {"account_id":"inv","security_id":"s1","quantity":100.05,"institution_price":13.73,"institution_price_as_of":"2026-11-19","institution_value":1373.6865,"cost_basis":null,"iso_currency_code":"USD","unofficial_currency_code":null},
        {"account_id":"inv","security_id":"s2","quantity":1e-18,"institution_price":123456789012345678901234.5,"institution_price_as_of":"2026-11-19","institution_value":1.2E2,"cost_basis":0,"iso_currency_code":"USD","unofficial_currency_code":null}],"request_id":"r"}`,
    });
    const fetched = await plaid.fetchAccounts(REQUEST);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    const [line, tiny] = fetched.value.accounts[0]?.balances ?? [];
    expect(line).toMatchObject({ asset: 'etf:VTI', quantity: '100.05', price: '13.73', value: '1373.6865', costBasis: null, currency: 'USD' });
    expect(multiply(line?.quantity ?? '0', line?.price ?? '0')).toBe('1373.6865');
    expect(tiny).toMatchObject({ asset: 'provider:plaid:s2', quantity: '0.000000000000000001', price: '123456789012345678901234.5', value: '120', costBasis: '0' });
  });

  it('reads a bank without investments through its balances', async () => {
    const fetched = await plaid.fetchAccounts(REQUEST);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    expect(fetched.value.accounts[0]).toMatchObject({ currency: 'USD', totals: { balance: '20', available: '10', holdingsValue: null, cashValue: '20' }, balances: [{ asset: 'currency:USD', quantity: '20' }] });
    expect(fetched.value.notes).toEqual(['no investment accounts: read through balances and bank transactions']);
    expect(spec.calls.map(({ operation, result, requestId, attempts }) => [operation, result, requestId, attempts])).toEqual([
      ['itemGet', 'ok', 'r1', 1],
      ['accountsGet', 'ok', 'r2', 1],
      ['investmentsHoldingsGet', 'provider_error', 'r-e', 1],
    ]);
  });

  it('reads an item with both kinds of accounts', async () => {
    const investment = { ...CHECKING, account_id: 'inv', type: 'investment', subtype: 'brokerage' };
    const card = { ...CHECKING, account_id: 'card', type: 'credit', subtype: 'credit card', balances: { ...BALANCES, current: 99.5 } };
    wire.on('/accounts/get', json({ accounts: [CHECKING, investment, card], request_id: 'r' }));
    wire.on('/investments/holdings/get', json({ accounts: [investment], holdings: [], securities: [], request_id: 'r' }));
    const fetched = await plaid.fetchAccounts(REQUEST);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    expect(fetched.value.accounts.map(({ account, balances, totals }) => [account.providerAccountId, balances[0]?.quantity, totals.balance])).toEqual([['chk', '20', '20'], ['inv', undefined, '20'], ['card', '-99.5', '-99.5']]);
    expect(fetched.value.notes).toEqual([]);
  });

  it('has the person link again where the item is in such an error, though old data would be answered', async () => {
    wire.on('/item/get', json({ item: { item_id: 'item-1', error: { error_code: 'ITEM_LOGIN_REQUIRED' } }, request_id: 'r1' }));
    expect(await plaid.fetchAccounts(REQUEST)).toMatchObject({ ok: false, error: { code: 'provider_auth', class: 'relink', providerCode: 'ITEM_LOGIN_REQUIRED', requestId: 'r1' } });
    expect(wire.asked('/accounts/get')).toHaveLength(0);
  });

  it('takes an account that only the holdings know, and refuses a holding of no account', async () => {
    const late = { ...CHECKING, account_id: 'late', type: 'investment', subtype: 'ira' };
    const holding = { account_id: 'late', security_id: 's', quantity: 1, institution_price: 2, institution_price_as_of: '2026-11-19', institution_value: 2, cost_basis: null, iso_currency_code: 'USD', unofficial_currency_code: null };
    wire.on('/investments/holdings/get', json({ accounts: [late], holdings: [holding], securities: [], request_id: 'r' }));
    const fetched = await plaid.fetchAccounts(REQUEST);
    expect(fetched.ok && fetched.value.accounts.map(({ account, balances }) => [account.providerAccountId, balances.length])).toEqual([['chk', 1], ['late', 1]]);
    wire.on('/investments/holdings/get', json({ accounts: [], holdings: [holding], securities: [], request_id: 'r' }));
    expect(await plaid.fetchAccounts(REQUEST)).toMatchObject({ ok: false, error: { detail: 'plaid investmentsHoldingsGet: holdings[0].account_id: an account of the same answer is expected' } });
  });

  it('fails whole where one answer fails', async () => {
    wire.on('/investments/holdings/get', error('PRODUCT_NOT_READY'));
    expect(await plaid.fetchAccounts(REQUEST)).toMatchObject({ ok: false, error: { code: 'provider_error', class: 'retry', providerCode: 'PRODUCT_NOT_READY' } });
    expect(wire.asked('/investments/holdings/get')).toHaveLength(1);
    wire.on('/accounts/get', json({ accounts: [{ ...CHECKING, type: undefined }], request_id: 'r9' }));
    wire.on('/investments/holdings/get', error('PRODUCTS_NOT_SUPPORTED'));
    expect(await plaid.fetchAccounts(REQUEST)).toMatchObject({ ok: false, error: { code: 'provider_malformed', class: 'final', requestId: 'r9', detail: 'plaid accountsGet: accounts[0].type: a text is expected' } });
  });
});

describe('plaid transactions over the wire', () => {
  const RANGE = { ...REQUEST, from: '2026-01-01', to: '2026-11-20', cursor: 'c0' };
  const investment = { ...CHECKING, account_id: 'inv', type: 'investment' };
  const one = (index: number) => ({ investment_transaction_id: `t${index}`, account_id: 'inv', security_id: null, date: '2026-11-01', name: 'Fee', quantity: 0, amount: 1, price: 0, fees: null, type: 'fee', subtype: 'account fee', iso_currency_code: 'USD', unofficial_currency_code: null });

  it('follow the pages to the end, and start again where the total moves', async () => {
    const all = Array.from({ length: 1_203 }, (_, index) => one(index));
    let growths = 1;
    wire.on('/accounts/get', json({ accounts: [investment], request_id: 'r' }));
    wire.on('/investments/transactions/get', (request) => {
      const { options } = JSON.parse(request.body) as { options: { count: number; offset: number } };
      if (options.offset === 500 && growths > 0) {
        growths -= 1;
        all.unshift(one(9_999));
      }
      return json({ accounts: [investment], securities: [], investment_transactions: all.slice(options.offset, options.offset + options.count), total_investment_transactions: all.length, request_id: 'r' });
    });
    const fetched = await plaid.fetchTransactions(RANGE);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    expect(fetched.value).toMatchObject({ wholeRange: true, cursor: 'c0' });
    expect(new Set(fetched.value.pages[0]?.transactions.map(({ identity }) => identity)).size).toBe(1_204);
    growths = 1_000;
    expect(await plaid.fetchTransactions(RANGE)).toMatchObject({ ok: false, error: { class: 'retry', detail: expect.stringContaining('kept changing') } });
    expect(await plaid.fetchTransactions({ ...RANGE, from: '2020-01-01' })).toMatchObject({ ok: false });
  });

  it('of a bank come by cursor, again from the start where they move', async () => {
    const bank = (index: number) => ({ transaction_id: `b${index}`, account_id: 'chk', date: '2026-11-02', name: 'x', amount: 5, pending: false, iso_currency_code: 'USD', unofficial_currency_code: null });
    wire.on('/investments/transactions/get', error('PRODUCTS_NOT_SUPPORTED'));
    wire.once('/transactions/sync', json({ added: [bank(1)], modified: [], removed: [], next_cursor: 'c1', has_more: true }), error('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION'));
    wire.once('/transactions/sync', json({ added: [bank(1), bank(2)], modified: [], removed: [], next_cursor: 'c1', has_more: true }), json({ added: [], modified: [{ ...bank(1), amount: 6 }], removed: [{ transaction_id: 'b2', account_id: 'chk' }, { transaction_id: 'b0', account_id: 'chk' }], next_cursor: 'c2', has_more: false }));
    const fetched = await plaid.fetchTransactions(RANGE);
    if (!fetched.ok) throw new Error(fetched.error.detail);
    expect(fetched.value).toMatchObject({ cursor: 'c2', wholeRange: false, pages: [{ providerAccountId: 'chk', transactions: [{ identity: 'b1', amount: '-6' }], withdrawn: ['b2', 'b0'], wholeRange: false }] });
    expect(wire.asked('/transactions/sync').map(({ body }) => (JSON.parse(body) as { cursor: string }).cursor)).toEqual(['c0', 'c1', 'c0', 'c1']);
  });
});

describe('a Plaid link', () => {
  it('is a token for the institution, a credential for a public token, and gone when revoked', async () => {
    wire.on('/institutions/get_by_id', json({ institution: { institution_id: 'ins_1', name: 'X', products: ['investments'] }, request_id: 'r' }));
    wire.on('/link/token/create', json({ link_token: 'link-sandbox-1', expiration: '2026-11-21T01:05:00Z', request_id: 'r' }));
    expect(await plaid.startLink({ call: CALL, providerInstitutionId: 'ins_1', institutionName: 'X', trading: false })).toEqual({ ok: true, value: { kind: 'plaid_link', token: 'link-sandbox-1', expiresAt: '2026-11-21T01:05:00.000Z' } });
    wire.on('/item/public_token/exchange', json({ access_token: TOKEN, item_id: 'item-1', request_id: 'r' }));
    expect(await plaid.completeLink({ call: CALL, proof: { publicToken: 'public-sandbox-1' } })).toMatchObject({ ok: true, value: { providerConnectionId: 'item-1', credential: { accessToken: TOKEN, itemId: 'item-1' }, accounts: [{ providerAccountId: 'chk', mask: '0000', numberHash: null }], tradingGranted: false } });
    wire.on('/item/remove', error('ITEM_NOT_FOUND'));
    expect(await plaid.revoke(REQUEST)).toEqual({ ok: true, value: undefined });
    expect(await plaid.completeLink({ call: CALL, proof: {} })).toMatchObject({ ok: false, error: { detail: 'publicToken is needed to complete a Plaid link' } });
    expect(JSON.stringify([spec.logged, spec.calls])).not.toMatch(/8ab976e6|public-sandbox-1|very-secret/);
  });

  it('keeps its token where the accounts cannot be read at once', async () => {
    wire.on('/item/public_token/exchange', json({ access_token: TOKEN, item_id: 'item-1', request_id: 'r' }));
    wire.on('/accounts/get', error('INSTITUTION_DOWN'));
    expect(await plaid.completeLink({ call: CALL, proof: { publicToken: 'p' } })).toMatchObject({ ok: true, value: { accounts: [], credential: { accessToken: TOKEN } } });
  });
});

describe('a paid refresh at Plaid', () => {
  it('costs when it ran, and nothing at a bank without investments', async () => {
    wire.on('/investments/refresh', json({ request_id: 'r' }));
    expect(await plaid.requestRefresh(REQUEST)).toEqual({ ok: true, value: { billed: true } });
    wire.on('/investments/refresh', error('PRODUCTS_NOT_SUPPORTED'));
    expect(await plaid.requestRefresh(REQUEST)).toEqual({ ok: true, value: { billed: false } });
    wire.on('/investments/refresh', { misbehave: 'cut' });
    expect(await plaid.requestRefresh(REQUEST)).toMatchObject({ ok: false, error: { billed: true, class: 'retry' } });
    expect(spec.calls.map(({ cost, attempts }) => [cost.amount, attempts])).toEqual([['0.01', 1], ['0', 1], ['0.01', 1]]);
  });
});

describe('Plaid’s catalogue', () => {
  it('comes page by page', async () => {
    wire.on('/institutions/get', (request) => {
      const { offset } = JSON.parse(request.body) as { offset: number };
      const institutions = offset === 0 ? [{ institution_id: 'a', name: 'A', products: ['transactions', 'investments'] }, { institution_id: 'b', name: 'B', products: ['investments'] }] : [{ institution_id: 'c', name: 'C', products: [] }];
      return json({ institutions, total: 3, request_id: 'r' });
    });
    const types: string[] = [];
    for await (const page of plaid.institutions()) if (page.ok) types.push(...page.value.map(({ providerInstitutionId, type }) => `${providerInstitutionId}:${type}`));
    expect(types).toEqual(['a:bank', 'b:brokerage', 'c:other']);
  });
});
