import { describe, expect, it } from '@jest/globals';
import type { AlertCondition, AlertKind, historyRpc, snapshotsRpc } from '@tidemark/contracts';
import { askKey, askOf, readAnswer } from './value-rules.decide.js';
import type { Answer } from './value-rules.decide.js';

const ACCOUNT = '11111111-1111-4111-8111-111111111111';
const rule = (kind: AlertKind, condition: AlertCondition) => ({ kind, condition, hysteresis: '1' });
const row = { accountId: ACCOUNT, name: 'Brokerage', institution: null, provider: 'plaid', currency: 'USD', value: '1', baseValue: '1', percent: '100', counted: true, reason: null, asOf: null };
const value = (given: Partial<snapshotsRpc.PortfolioValue>): Answer => ({ what: 'value', value: { value: '900', currency: 'USD', cash: '0', dayChange: '0', dayChangePercent: '-6', asOf: '2026-11-20T15:00:00.000Z', complete: true, quality: 100, unpriced: [], parked: [], reasons: [], accounts: [row], ...given } });
const below = rule('balance_below', { amount: { amount: '1000', currency: 'USD' } });
const missing = { code: 'price_missing' as const, detail: 'No price of equity:A is known.' };

describe('the question of a rule', () => {
  it('is asked once for all that share its answer', () => {
    const asks = [below, rule('balance_above', { amount: { amount: '5', currency: 'USD' } }), rule('balance_below', { amount: { amount: '5', currency: 'EUR' } }), rule('balance_below', { accountId: ACCOUNT, amount: { amount: '5', currency: 'USD' } }), rule('day_change_percent', { percent: '5' }), rule('concentration_above', { percent: '5' }), rule('allocation_drift', { percent: '5' })].map(askOf).map(askKey);
    expect(asks).toEqual(['value  USD', 'value  USD', 'value  EUR', `value ${ACCOUNT} USD`, 'value  ', 'positions  ', 'allocation  ']);
  });
});

describe('a balance', () => {
  it('is the value that is shown, in the currency of the rule', () => {
    expect(readAnswer(below, value({}), 'The portfolio')).toEqual({ known: true, stand: 'over', period: null, figures: { value: '900', threshold: '1000', unit: 'money', currency: 'USD', asset: null }, message: 'The portfolio is worth 900 USD, below 1000 USD.' });
    expect(readAnswer(rule('balance_above', { amount: { amount: '800', currency: 'USD' } }), value({}), 'Brokerage')).toMatchObject({ stand: 'over', message: 'Brokerage is worth 900 USD, above 800 USD.' });
  });

  it.each([
    ['it is not complete', { complete: false, reasons: [missing] }, 'No price of equity:A is known.'],
    ['nothing of it is known', { value: null, reasons: [missing] }, 'No price of equity:A is known.'],
    ['an event about it is parked', { parked: [ACCOUNT], reasons: [{ code: 'parked' as const, detail: 'Newer data may exist.' }] }, 'Newer data may exist.'],
    ['no account counts', { accounts: [], value: '0' }, 'No account counts: there is nothing to judge.'],
    ['all are gone', { accounts: [{ ...row, counted: false, reason: 'closed' }], value: '0' }, 'No account counts: there is nothing to judge.'],
    ['it is in another currency', { currency: 'EUR' }, 'The value is in EUR and not in USD.'],
  ])('is not judged where %s', (_why, given, problem) => {
    expect(readAnswer(below, value(given), 'The portfolio')).toEqual({ known: false, problem });
  });

  it('of an account that counts in no total is not judged', () => {
    expect(readAnswer(rule('balance_below', { ...below.condition, accountId: ACCOUNT }), value({ accounts: [{ ...row, counted: false, reason: 'disconnected' }], value: '0' }), 'Brokerage')).toEqual({ known: false, problem: 'The account counts in no total now: disconnected.' });
  });
});

describe("a day's change", () => {
  const change = (direction: 'up' | 'down' | 'any' | undefined, dayChangePercent: string | null) => readAnswer(rule('day_change_percent', { percent: '5', ...(direction ? { direction } : {}) }), value({ dayChangePercent, reasons: dayChangePercent === null ? [{ code: 'previous_value_missing', detail: 'No value of before is known.' }] : [] }), 'The portfolio');
  it.each([
    [undefined, '-6', 'over'], ['any', '5', 'over'], ['down', '-5', 'over'], ['down', '6', 'back'], ['up', '6', 'over'], ['up', '-6', 'back'], ['any', '4.5', 'between'],
  ] as const)('%s of %s %% is %s', (direction, percent, stand) => {
    expect(change(direction, percent)).toMatchObject({ known: true, stand, figures: { value: percent, threshold: '5', unit: 'percent' } });
  });

  it('is of the close before, and says which way', () => {
    expect(change('any', '-6')).toMatchObject({ period: '2026-11-19T21:00:00.000Z', message: 'The portfolio is down 6 % since the close before; you asked to hear of 5 %.' });
  });

  it('that is not known is not judged', () => {
    expect(change('any', null)).toEqual({ known: false, problem: 'No value of before is known.' });
  });
});

describe('a concentration', () => {
  const held = (weights: readonly (string | null)[], more: Partial<snapshotsRpc.PortfolioPositions> = {}): Answer => ({ what: 'positions', value: { currency: 'USD', asOf: '2026-11-20T15:00:00.000Z', complete: true, quality: 100, reasons: [], positions: weights.map((weight, index) => ({ weight, asset: { id: `equity:${index}`, kind: 'equity', symbol: `S${index}`, name: null } })) as never, cash: [], totals: { value: '100', positionsValue: '100', cash: '0', costBasis: null, unrealizedGain: null }, ...more } });
  const above = rule('concentration_above', { percent: '25' });
  it('is that of the largest holding', () => {
    expect(readAnswer(above, held(['10', '26.5', '20']), 'The portfolio')).toMatchObject({ stand: 'over', figures: { value: '26.5', threshold: '25', unit: 'percent', asset: 'equity:1' }, message: 'S1 is 26.5 % of The portfolio, above 25 %.' });
    expect(readAnswer(above, held([]), 'The portfolio')).toMatchObject({ stand: 'back', figures: { value: '0', asset: null } });
  });

  it.each([
    ['complete', held(['90'], { complete: false, reasons: [missing] }), 'No price of equity:A is known.'],
    ['of a worth above zero', held([null]), 'Shares of the whole mean nothing: it is not worth more than zero.'],
    ['free of parked events', held(['90'], { reasons: [{ code: 'parked', detail: 'Newer data may exist.' }] }), 'Newer data may exist.'],
  ])('that is not %s is not judged', (_what, answer, problem) => {
    expect(readAnswer(above, answer, 'The portfolio')).toEqual({ known: false, problem });
  });
});

describe('a drift', () => {
  const of = (percents: Record<string, string | null>, more: Partial<historyRpc.Allocation> = {}): Answer => ({ what: 'allocation', value: { currency: 'USD', asOf: '2026-11-20T15:00:00.000Z', by: 'class', slices: Object.entries(percents).map(([key, percent]) => ({ key, name: key, value: '1', percent })), total: '100', complete: true, reasons: [], ...more } });
  const off = rule('allocation_drift', { percent: '5', targets: { equity: '60', bond: '40' } });
  it('is that of the class that is furthest off, one without a target included', () => {
    expect(readAnswer(off, of({ equity: '62', bond: '30', crypto: '8' }), 'The portfolio')).toMatchObject({ stand: 'over', figures: { value: '10', threshold: '5', unit: 'points' }, message: 'The portfolio: bond is 30 %, 10 points off its target of 40 %; you asked to hear of more than 5.' });
    expect(readAnswer(off, of({ equity: '57', bond: '34.5', crypto: '8.5' }), 'The portfolio')).toMatchObject({ stand: 'over', figures: { value: '8.5' } });
    expect(readAnswer(off, of({ equity: '100' }), 'The portfolio')).toMatchObject({ figures: { value: '40' } });
    expect(readAnswer(off, of({ equity: '64.5', bond: '35.5' }), 'The portfolio')).toMatchObject({ stand: 'between' });
    expect(readAnswer(off, of({ equity: '64', bond: '36' }), 'The portfolio')).toMatchObject({ stand: 'back' });
  });

  it('of what is not complete, of nothing, or of a worth below zero is not judged', () => {
    expect([of({ equity: '62' }, { complete: false, reasons: [] }), of({}), of({ equity: null })].map((answer) => readAnswer(off, answer, 'The portfolio').known)).toEqual([false, false, false]);
  });
});
