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
});
