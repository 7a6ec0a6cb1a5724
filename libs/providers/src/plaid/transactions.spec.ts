import { describe, expect, it } from '@jest/globals';
import { parseLossless } from '../wire/lossless.js';
import { shaped } from '../wire/shape.js';
import { bankPageOf } from './bank-transactions.js';
import { linkTokenRequest } from './link-request.js';
import { investmentPageOf } from './transactions.js';

const USD = { iso_currency_code: 'USD', unofficial_currency_code: null };

function wire(value: unknown): unknown {
  const parsed = parseLossless(JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function investment(transaction: object) {
  const page = shaped(() => investmentPageOf(wire({
    accounts: [{ account_id: 'a' }],
    securities: [{ security_id: 's', type: 'equity', ticker_symbol: 'MSFT' }, { security_id: 'c', type: 'cash', ticker_symbol: 'CUR:USD' }],
    investment_transactions: [{ investment_transaction_id: 't1', account_id: 'a', security_id: 's', date: '2026-02-18', name: 'Something', quantity: 0, amount: 0, price: 0, fees: null, type: 'cash', subtype: 'dividend', ...USD, ...transaction }],
    total_investment_transactions: 1,
  })));
  return page.ok ? page.value.transactions[0]?.transaction : `${page.error.path}: ${page.error.expected}`;
}

describe('Plaid investment transactions', () => {
  it('count cash from the account’s side, whatever Plaid’s sign', () => {
    expect(investment({ type: 'buy', subtype: 'buy', quantity: 5, amount: 1550, price: 310, fees: 0.65 })).toMatchObject({ identity: 't1', asset: 'equity:MSFT', quantity: '5', amount: '-1550', price: '310', fees: '0.65', currency: 'USD' });
    expect(investment({ type: 'sell', subtype: 'sell', quantity: -5, amount: -2011.45 })).toMatchObject({ quantity: '-5', amount: '2011.45' });
  });

  it('keep unknown types and undescribed securities, and read cash as its currency', () => {
    expect(investment({ type: 'levitation', subtype: 'upward', security_id: 'x' })).toMatchObject({ providerType: 'levitation', providerSubtype: 'upward', asset: 'provider:plaid:x' });
    expect(investment({ security_id: 'c' })).toMatchObject({ asset: 'currency:USD' });
    expect(investment({ security_id: null, iso_currency_code: null, unofficial_currency_code: 'PTS' })).toMatchObject({ asset: null, currency: null, original: { unofficial_currency_code: 'PTS' } });
  });

  it('take midnight for a day without a time, which decides no order', () => {
    expect(investment({ transaction_datetime: '2026-02-18T15:04:05Z' })).toMatchObject({ date: '2026-02-18', at: '2026-02-18T15:04:05.000Z' });
    expect(investment({ transaction_datetime: '2026-02-18T00:00:00Z' })).toMatchObject({ date: '2026-02-18', at: null });
    expect(investment({})).toMatchObject({ at: null });
  });

  it('name a missing amount', () => expect(investment({ amount: null })).toBe('investment_transactions[0].amount: a number is expected'));
});

describe('Plaid bank transactions', () => {
  const base = { account_id: 'a', transaction_id: 't', date: '2026-11-14', name: 'PAYROLL', pending: false, ...USD };

  it('are additions, changes and withdrawals', () => {
    const page = bankPageOf(wire({ added: [{ ...base, amount: -3412.77, personal_finance_category: { primary: 'INCOME', detailed: 'INCOME_WAGES' } }], modified: [{ ...base, transaction_id: 'u', amount: 9.99, pending: true }], removed: [{ transaction_id: 'v', account_id: 'a' }], next_cursor: 'c2', has_more: true }));
    expect(page.changed.map(({ transaction }) => transaction)).toMatchObject([
      { identity: 't', amount: '3412.77', providerType: 'INCOME', providerSubtype: 'INCOME_WAGES', asset: null, quantity: null },
      { identity: 'u', amount: '-9.99', pending: true, providerType: 'UNCATEGORIZED' },
    ]);
    expect(page).toMatchObject({ removed: [{ providerAccountId: 'a', identity: 'v' }], nextCursor: 'c2', hasMore: true });
  });
});

describe('what Link is asked', () => {
  const request = { call: { userId: 'u', connectionId: null, institution: null }, providerInstitutionId: 'ins_1', institutionName: 'X', trading: false, webhookUrl: 'https://example.test/hook' };

  it('lets in whoever has any account that can be read', () => {
    expect(linkTokenRequest(request, ['auth', 'transactions', 'investments'])).toMatchObject({ products: ['transactions'], required_if_supported_products: ['investments'], institution_id: 'ins_1', webhook: 'https://example.test/hook' });
    expect(linkTokenRequest(request, ['transactions'])).not.toHaveProperty('required_if_supported_products');
    expect(linkTokenRequest(request, ['investments'])).toMatchObject({ products: ['investments'] });
    expect(linkTokenRequest({ ...request, providerInstitutionId: null }, null)).not.toHaveProperty('institution_id');
  });

  it('names the item and no products in update mode', () => {
    const update = linkTokenRequest({ ...request, existing: { accessToken: 'access-1', itemId: 'i' } }, null);
    expect(update).toMatchObject({ access_token: 'access-1', update: { account_selection_enabled: true } });
    expect(update).not.toHaveProperty('products');
  });
});
