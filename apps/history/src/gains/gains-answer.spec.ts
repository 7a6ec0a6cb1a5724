import { describe, expect, it } from '@jest/globals';
import type { BalanceLine } from '@tidemark/contracts';
import type { MarketNow } from '../allocation/held-lines.js';
import { account, realised } from './gains.fixture.js';
import type { Row } from './gains.fixture.js';
import { gainsAnswer } from './gains-answer.js';
import type { GainsInput } from './gains-answer.js';
import { unrealisedLines } from './unrealised.js';

const [A, B] = ['equity:A', 'equity:B'];
const RATES: Record<string, string> = { 'EUR 2026-02-02': '1.1', 'EUR 2026-11-20': '1.2' };

function answer(rows: readonly Row[], more: Partial<GainsInput> = {}) {
  const books = realised(account(rows));
  return gainsAnswer({ currency: 'USD', method: 'fifo', days: { from: null, to: null }, asOf: null, today: '2026-11-20', unheld: [], realised: books.lines, unrealised: [], reasons: books.reasons, counts: () => true, rate: (from, day) => RATES[`${from} ${day}`] ?? null, ...more });
}

const rows: readonly Row[] = [
  ['2024-01-10', 'buy', '10', A, '-1000'], ['2026-02-02', 'sell', '-10', A, '1300'],
  ['2026-01-10', 'buy', '10', B, '-1000', { currency: 'EUR' }], ['2026-02-02', 'sell', '-10', B, '900', { currency: 'EUR' }],
];

describe('realised gains', () => {
  it('sum in one currency at the rate of their day: 300 − 100 × 1.1 = 190', () => {
    expect(answer(rows).realised).toMatchObject({ total: '190', longTerm: '300', shortTerm: '-110', lines: [{ gain: '300', currency: 'USD' }, { gain: '-100', currency: 'EUR' }] });
  });

  it('without a rate are unknown in sum, and say which', () => {
    const told = answer(rows, { rate: () => null });
    expect(told.realised).toMatchObject({ total: null, longTerm: '300', shortTerm: null });
    expect(told.reasons).toMatchObject([{ code: 'rate_missing', asset: B, detail: 'No rate from EUR to USD is known on 2026-02-02.' }]);
  });

  it('one of which the cost is unknown leaves the sums unknown', () => {
    const told = answer([...rows, ['2026-03-02', 'sell', '-1', 'equity:C', '5']]);
    expect(told.realised).toMatchObject({ total: null, longTerm: null, shortTerm: null });
    expect(told.reasons).toMatchObject([{ code: 'cost_basis_missing', asset: 'equity:C' }]);
  });

  it('are those of the days asked for, and of accounts that count on them', () => {
    expect(answer(rows, { days: { from: '2026-02-03', to: null } }).realised).toEqual({ total: '0', shortTerm: '0', longTerm: '0', lines: [] });
    expect(answer(rows, { counts: (_account, day) => day > '2026-02-02' }).realised.lines).toEqual([]);
  });
});

describe('unrealised gains', () => {
  const market: MarketNow = { at: '2026-11-20T22:00:00.000Z', base: 'USD', close: () => null, rate: () => null };
  const held = (line: BalanceLine, bought: readonly Row[] = []) => {
    const books = realised(account(bought, { [line.asset]: line.quantity }));
    return unrealisedLines([{ accountId: 'a', name: 'A', provider: 'plaid', snapshot: { capturedAt: '2026-11-20T21:00:00.000Z', currency: 'USD', lines: [line, { asset: 'currency:USD', quantity: '5' }] } }], market, (accountId, asset) => books.position(accountId, asset));
  };

  it('are value less the cost that the account states: 10 × 13 − 100', () => {
    expect(held({ asset: A, quantity: '10', price: '13', costBasis: '100' })).toEqual([{ accountId: 'a', asset: A, currency: 'USD', quantity: '10', costBasis: '100', gain: '30', acquired: null, value: '130' }]);
  });

  it('of a short position: brought 150, worth −130', () => {
    expect(held({ asset: A, quantity: '-10', price: '13', costBasis: '150' })).toMatchObject([{ costBasis: '-150', value: '-130', gain: '20' }]);
  });

  it('of contracts have the multiplier in them once', () => {
    expect(held({ asset: 'option:A260116C00100000', quantity: '2', multiplier: '100', price: '3.5', costBasis: '500' })).toMatchObject([{ value: '700', gain: '200' }]);
  });

  it('take the cost of the lots where the account states none and they are whole', () => {
    const bought: Row[] = [['2026-01-02', 'buy', '4', A, '-40'], ['2026-02-02', 'buy', '6', A, '-66']];
    expect(held({ asset: A, quantity: '10', price: '13' }, bought)).toMatchObject([{ costBasis: '106', gain: '24', acquired: '2026-01-02' }]);
    expect(held({ asset: A, quantity: '11', price: '13' }, bought)).toMatchObject([{ costBasis: null, gain: null, acquired: null, reason: { code: 'cost_basis_missing' } }]);
  });

  it('of what is quoted in another currency than its cost is stated in are in the answer\'s: 130 × 1 − 100 × 1.2', () => {
    const line: BalanceLine = { asset: A, quantity: '10', costBasis: '100' };
    const quoted: MarketNow = { ...market, close: () => ({ day: '2026-11-19', close: '13', currency: 'USD' }), rate: (currency) => (currency === 'EUR' ? '1.2' : null) };
    const lines = (at: MarketNow, own: BalanceLine) => unrealisedLines([{ accountId: 'a', name: 'A', provider: 'manual', snapshot: { capturedAt: '2026-11-18T21:00:00.000Z', currency: 'EUR', lines: [own] } }], at, (accountId, asset) => realised(account([], { [asset]: '10' })).position(accountId, asset));
    expect(lines(quoted, line)).toEqual([{ accountId: 'a', asset: A, currency: 'USD', quantity: '10', costBasis: '120', gain: '10', acquired: null, value: '130' }]);
    expect(answer([], { unrealised: lines(quoted, line) }).unrealised.total).toBe('10');
    expect(lines({ ...quoted, rate: () => null }, line)).toMatchObject([{ currency: 'USD', costBasis: null, gain: null, value: '130', reason: { code: 'cost_basis_missing' } }]);
  });

  it('without a price are unknown', () => {
    expect(held({ asset: A, quantity: '10', costBasis: '100' })).toMatchObject([{ value: null, gain: null, reason: { code: 'price_missing', asset: A } }]);
  });

  it('of an earlier day sum at its rate, and not at all where what was held then is not known', () => {
    const unrealised = held({ asset: A, quantity: '10', price: '13', costBasis: '100', currency: 'EUR' });
    expect(answer([], { unrealised, asOf: '2026-02-02' }).unrealised).toMatchObject({ asOf: '2026-02-02', total: '33' });
    const unheld = [{ code: 'no_history' as const, detail: 'nothing is known of it', accountId: 'b' }];
    expect(answer([], { unrealised, asOf: '2026-02-02', unheld })).toMatchObject({ unrealised: { total: null }, reasons: unheld });
    expect(answer([], { unrealised, asOf: '2026-02-02', unheld, counts: (accountId) => accountId === 'a' })).toMatchObject({ unrealised: { total: '33' }, reasons: [] });
  });

  it('sum at the rate of now: (130 − 100) × 1.2', () => {
    const unrealised = held({ asset: A, quantity: '10', price: '13', costBasis: '100', currency: 'EUR' });
    expect(answer([], { unrealised }).unrealised).toMatchObject({ total: '36', lines: [{ gain: '30', currency: 'EUR' }] });
  });
});
