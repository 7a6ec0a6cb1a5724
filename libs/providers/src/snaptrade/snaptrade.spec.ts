import { describe, expect, it } from '@jest/globals';
import { parseLossless } from '../wire/lossless.js';
import { shaped } from '../wire/shape.js';
import { Identities } from '../transaction-identity.js';
import { fetchedAccountOf, listedAccountsOf } from './accounts.js';
import { activityPageOf } from './activities.js';
import { cashOf, positionsOf } from './positions.js';

const KEY = 'spec-key';

function wire(value: unknown): unknown {
  const parsed = parseLossless(JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function position(instrument: object, rest: object = {}) {
  const read = shaped(() => positionsOf(wire({ results: [{ instrument: { id: 'i', symbol: 'AAPL', raw_symbol: 'AAPL', ...instrument }, units: '2', price: '10.5', cost_basis: '4', currency: 'USD', ...rest }], data_freshness: { as_of: '2026-11-20T20:00:00Z' } })));
  if (!read.ok) return { fault: `${read.error.path}: ${read.error.expected}`, notes: [] };
  return { ...read.value.lines[0], notes: read.value.notes };
}

describe('SnapTrade positions', () => {
  it.each([
    ['stock', {}, 'equity:AAPL'],
    ['adr', { symbol: 'BABA' }, 'equity:BABA'],
    ['stock', { symbol: 'VAB.TO', raw_symbol: 'VAB' }, 'equity:VAB.TO'],
    ['etf', { symbol: 'VTI' }, 'etf:VTI'],
    ['mutualfund', { symbol: 'VFIAX' }, 'fund:VFIAX'],
    ['crypto', { symbol: 'BTC' }, 'crypto:BTC'],
    ['other', { symbol: '91282CLW9' }, 'bond:91282CLW9'],
    ['other', { symbol: 'NHX105509' }, 'provider:snaptrade:i'],
    ['something new', {}, 'provider:snaptrade:i'],
  ])('%s %j is %s', (kind, instrument, asset) => expect(position({ kind, ...instrument })).toMatchObject({ asset }));

  it('price an option a share, with its multiplier, and total its cost by contract', () => {
    const option = { kind: 'option', symbol: 'NFLX  270115C01200000', multiplier: '100' };
    expect(position(option, { units: '2', price: '38.45', cost_basis: '4060' })).toMatchObject({ asset: 'option:NFLX270115C01200000', quantity: '2', multiplier: '100', price: '38.45', value: '7690', costBasis: '8120' });
    expect(position(option, { units: '-1', price: '2.31', cost_basis: '310' })).toMatchObject({ quantity: '-1', value: '-231', costBasis: '310' });
    expect(position({ kind: 'option', symbol: 'X' })).toMatchObject({ fault: 'results[0].instrument.multiplier: a number is expected' });
  });

  it('total an average that had to be rounded to what was paid, and one that did not exactly', () => {
    const total = (units: string, cost_basis: string) => (position({ kind: 'stock' }, { units, cost_basis }) as { costBasis?: string | null }).costBasis;
    expect(total('123', '1333.151869918699186992')).toBe('163977.68');
    expect(total('-7.5', '0.133333333333333333')).toBe('1');
    expect(total('28', '53.214285714285715')).toBe('1490');
    expect(total('37', '150.123456')).toBe('5554.567872');
    expect(total('1000000', '0.000012345678')).toBe('12.345678');
    expect(total('5000000', '1234567.123456')).toBe('6172835617280');
  });

  it('total the cost of shares, and keep an unknown one null', () => {
    expect(position({ kind: 'stock' }, { units: '3', cost_basis: '1.1' })).toMatchObject({ costBasis: '3.3' });
    expect(position({ kind: 'stock' }, { cost_basis: null, price: null })).toMatchObject({ costBasis: null, price: null, value: null, quantity: '2' });
  });

  it('give no price in an unknown currency, and none to a notional', () => {
    expect(position({ kind: 'stock' }, { currency: 'QQQ' })).toMatchObject({ price: null, value: null, currency: null, notes: ['equity:AAPL is recorded without price: quoted in QQQ, which is none of ISO\'s'] });
    expect(position({ kind: 'future', symbol: 'ESM26', multiplier: '50' })).toMatchObject({ asset: 'provider:snaptrade:i', multiplier: '50', price: null, value: null });
  });

  it('survive huge and tiny units', () => expect(position({ kind: 'crypto', symbol: 'SHIB' }, { units: '1e-18', price: '123456789012345678901234.5' })).toMatchObject({ quantity: '0.000000000000000001', value: '123456.7890123456789012345' }));

  it('keep no product that has more digits than an event keeps', () => {
    const tiny = `0.${'0'.repeat(29)}1234567891`;
    expect(position({ kind: 'crypto', symbol: 'X' }, { units: tiny, price: tiny, cost_basis: '9'.repeat(40) })).toMatchObject({ quantity: tiny, price: tiny, value: '0' });
    expect(position({ kind: 'crypto', symbol: 'X' }, { units: '9'.repeat(30), price: '9'.repeat(30) })).toMatchObject({ value: null, quantity: '9'.repeat(30) });
  });

  it('name a field that is missing', () => expect(position({ kind: 'stock' }, { units: null })).toMatchObject({ fault: 'results[0].units: a number is expected' }));
});

describe('SnapTrade cash', () => {
  it('is a line per currency, zero and owed included', () => {
    const { lines, notes } = cashOf(wire([{ currency: { code: 'USD' }, cash: 0 }, { currency: { code: 'EUR' }, cash: -312.4 }, { currency: { code: 'USDC' }, cash: 3 }, { currency: { code: 'CAD' }, cash: null }]));
    expect(lines.map(({ asset, quantity, price }) => [asset, quantity, price])).toEqual([['currency:USD', '0', '1'], ['currency:EUR', '-312.4', '1'], ['provider:snaptrade:currency:USDC', '3', null]]);
    expect(notes).toEqual(['SnapTrade states no cash in CAD']);
  });
});

const ACCOUNT = { id: 'acc', number: 'Q6542138443', name: 'Individual Q6542138443', institution_name: 'Broker', institution_account_id: '54953432', balance: { total: { amount: 1000.5, currency: 'USD' } }, sync_status: { holdings: { initial_sync_completed: true, last_successful_sync: '2026-11-19' } }, status: 'open', raw_type: 'Margin', account_category: 'INVESTMENT', is_paper: false };

function account(overrides: object, cash: unknown = [{ currency: { code: 'USD' }, cash: 300 }], results: unknown = []) {
  const listed = listedAccountsOf(wire([{ ...ACCOUNT, ...overrides }]), KEY);
  const [one] = listed.accounts;
  return { listed, fetched: one && fetchedAccountOf(one, cashOf(wire(cash)).lines, positionsOf(wire({ results })), {}) };
}

describe('SnapTrade accounts', () => {
  it('never let a full number out', () => {
    const { fetched } = account({});
    expect(fetched?.account).toMatchObject({ name: 'Individual …8443', mask: '8443', type: 'investment', subtype: 'Margin', numberHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.stringify(fetched)).not.toMatch(/Q6542138443|6542138443|54953432/);
  });

  it('count a money-market fund that is cash already once', () => {
    const fund = { instrument: { kind: 'mutualfund', id: 'f', symbol: 'SPAXX', raw_symbol: 'SPAXX' }, units: '250', price: '1', cost_basis: null, currency: 'USD', cash_equivalent: true };
    const { fetched } = account({}, undefined, [fund]);
    expect(fetched?.balances.map(({ asset, countedAsCash }) => [asset, countedAsCash])).toEqual([['currency:USD', undefined], ['fund:SPAXX', true]]);
    expect(fetched?.totals).toEqual({ balance: '1000.5', available: null, holdingsValue: '0', cashValue: '300' });
  });

  it('are worth their total where the brokerage does not list the holdings', () => {
    const unavailable = { sync_status: { holdings: { initial_sync_completed: true, holdings_unavailable: true, last_successful_sync: null } } };
    const { fetched } = account(unavailable);
    expect(fetched?.totals.balance).toBe('1000.5');
    expect(fetched?.balances[1]).toMatchObject({ asset: 'provider:snaptrade:unlisted:acc', quantity: '1', price: '700.5', value: '700.5' });
    expect(account({ ...unavailable, balance: { total: null } }).fetched?.incomplete).toBeDefined();
  });

  it('are not read before SnapTrade has gathered them', () => expect(account({ sync_status: { holdings: { initial_sync_completed: false } } }).listed.accounts[0]?.ready).toBe(false));

  it('leave out what is simulated or closed, and say so', () => {
    expect(account({ is_paper: true }).listed).toEqual({ accounts: [], notes: ['account ending 8443 is left out: it is a simulated (paper) account'] });
    expect(account({ status: 'closed' }).listed.notes).toEqual(['account ending 8443 is left out: its status is closed']);
  });

  it('keep unknown categories and several currencies', () => {
    expect(account({ account_category: 'PIGGY_BANK' }).fetched?.account.type).toBe('PIGGY_BANK');
    const { fetched } = account({ balance: { total: { amount: 5, currency: 'XQX' } } }, [{ currency: { code: 'USD' }, cash: 1 }, { currency: { code: 'EUR' }, cash: 2 }]);
    expect(fetched).toMatchObject({ currency: null, totals: { cashValue: null, holdingsValue: null } });
  });
});

describe('SnapTrade activities', () => {
  const ACTIVITY = { id: 'x1', type: 'BUY', symbol: { id: 's', symbol: 'VTI', type: { code: 'et' } }, option_symbol: null, price: 310, units: 5, amount: -1550, currency: { code: 'USD' }, fee: 0, description: 'Bought 5 VTI', trade_date: '2026-06-12T00:00:00Z', settlement_date: '2026-06-15T00:00:00Z' };
  const read = (...activities: object[]) => activityPageOf(wire({ data: activities.map((one) => ({ ...ACTIVITY, ...one })), pagination: { total: activities.length } }), new Identities(), ['Q6542138443']).transactions;

  it('are cash in and units gained as they come', () => {
    expect(read({})[0]).toMatchObject({ identity: 'x1', date: '2026-06-12', at: null, settlementDate: '2026-06-15', asset: 'etf:VTI', quantity: '5', amount: '-1550', fees: '0', currency: 'USD' });
    expect(read({ type: 'SELL', option_symbol: { id: 'o', ticker: 'AAPL  261218P00250000' }, option_type: 'SELL_TO_OPEN', units: -1 })[0]).toMatchObject({ asset: 'option:AAPL261218P00250000', quantity: '-1', providerSubtype: 'SELL_TO_OPEN' });
  });

  it('keep unknown types, and have no currency where a coin is the measure', () => {
    expect(read({ type: 'MIND_MELD', symbol: null, currency: null, currency_universal_symbol: { symbol: 'USDC' }, amount: null, description: 'account Q6542138443' })[0]).toMatchObject({ providerType: 'MIND_MELD', asset: null, currency: null, amount: null, description: 'account [removed]' });
  });

  it('have an identity of their content where there is no id, and an ordinal among equals', () => {
    const [a, b, c] = read({ id: undefined }, { id: undefined }, { id: undefined, amount: -1551 });
    expect(a?.identity).toMatch(/^hash:[0-9a-f]{64}:1$/);
    expect(b?.identity).toBe(a?.identity.replace(/:1$/, ':2'));
    expect(c?.identity).not.toContain(a?.identity.split(':')[1]);
    expect(read({ id: undefined })[0]?.identity).toBe(a?.identity);
  });

  it('fall on the settlement day where there is no trade day, and are refused where there is neither', () => {
    expect(read({ trade_date: null })[0]?.date).toBe('2026-06-15');
    const refused = shaped(() => read({ trade_date: null, settlement_date: null }));
    expect(refused).toMatchObject({ ok: false, error: { path: 'data[0].trade_date' } });
  });
});
