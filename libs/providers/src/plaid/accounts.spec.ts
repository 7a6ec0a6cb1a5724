import { describe, expect, it } from '@jest/globals';
import { parseLossless } from '../wire/lossless.js';
import { fetchedAccountsOf } from './accounts.js';

const NO_NEWS = { investments: null, transactions: null };

function read(account: object) {
  const parsed = parseLossless(JSON.stringify({ accounts: [{ account_id: 'a', mask: '0001', name: 'N', official_name: null, subtype: null, ...account }] }));
  if (!parsed.ok) throw new Error(parsed.error);
  const { accounts, notes } = fetchedAccountsOf(parsed.value, null, NO_NEWS);
  return { account: accounts[0], notes };
}

const balances = (current: number | null, available: number | null, iso: string | null = 'USD', unofficial: string | null = null) => ({ balances: { current, available, limit: null, iso_currency_code: iso, unofficial_currency_code: unofficial } });

describe('Plaid accounts read through their balance', () => {
  it.each([
    ['depository', 5230.18, '5230.18'],
    ['credit', 1284.55, '-1284.55'],
    ['credit', -20, '20'],
    ['loan', 312440.12, '-312440.12'],
    ['credit', 0, '0'],
    ['cash box on the moon', 7, '7'],
  ])('%s of %d counts as %s', (type, current, quantity) => {
    const { account } = read({ type, ...balances(current, 3) });
    expect(account?.balances).toEqual([{ asset: 'currency:USD', quantity, currency: 'USD', price: '1', value: quantity }]);
    expect(account?.totals.balance).toBe(quantity);
    expect(account?.account.type).toBe(type);
  });

  it('take what is available where that is all that is said of money that is there, never of a debt', () => {
    expect(read({ type: 'depository', ...balances(null, 12) }).account?.balances[0]?.quantity).toBe('12');
    const { account, notes } = read({ type: 'credit', ...balances(null, 4000) });
    expect(account).toMatchObject({ balances: [], totals: { balance: null }, incomplete: 'Plaid states no balance of this account' });
    expect(notes).toEqual(['account ending 0001 (credit): Plaid states no balance of this account']);
  });

  it('are never cash where they are investments that nobody lists', () => {
    expect(read({ type: 'investment', ...balances(700.5, 10) }).account).toMatchObject({ totals: { balance: '700.5', cashValue: null }, balances: [{ asset: 'provider:plaid:unlisted:a', quantity: '1', price: '700.5', value: '700.5', currency: 'USD' }] });
  });

  it('keep a currency that is not ISO’s as the provider’s own', () => {
    const { account } = read({ type: 'depository', ...balances(2, 2, null, 'BTC') });
    expect(account).toMatchObject({ currency: null, balances: [{ asset: 'provider:plaid:currency:BTC', quantity: '2', price: null, currency: null }], totals: { cashValue: null } });
    expect(read({ type: 'depository', ...balances(2, 2, null, null) }).account?.incomplete).toBe('Plaid states no currency of this account');
  });
});
