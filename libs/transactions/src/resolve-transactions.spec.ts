import { describe, expect, it } from '@jest/globals';
import { applyCancellations, resolveTransactions } from './resolve-transactions.js';
import { plaid, snaptrade } from './transactions.fixture.js';

const bought = (more = {}) => plaid('buy/buy', { identity: 'b1', quantity: '5', amount: '-50', ...more });
const cancelled = (cancels: string | null, more = {}) => plaid('cancel/buy', { quantity: '-5', amount: '50', original: { investment_transaction_id: 'c', cancel_transaction_id: cancels }, date: '2026-02-19', ...more });

describe('a cancellation', () => {
  it('takes what it names away, and itself', () => {
    const other = bought({ identity: 'b2' });
    expect(applyCancellations([bought(), cancelled('b1'), other])).toEqual([other]);
  });

  it('that names nothing takes the nearest earlier one of its size', () => {
    const [older, newer, later] = [bought({ date: '2026-02-10' }), bought({ date: '2026-02-18' }), bought({ date: '2026-02-20' })];
    expect(applyCancellations([older, newer, later, cancelled(null)])).toEqual([older, later]);
  });

  it('of what is not there stays as a doubt', () => {
    expect(applyCancellations([bought({ identity: 'b9' }), cancelled('b1')])).toMatchObject([{ kind: 'buy' }, { kind: 'cancel', cancels: 'b1', doubts: ['cancelled_missing'] }]);
  });

  it('never takes two away, nor the same twice', () => {
    expect(applyCancellations([bought(), bought({ identity: 'b2' }), cancelled('b1'), cancelled('b1')])).toMatchObject([{ identity: 'b2' }, { kind: 'cancel', doubts: ['cancelled_missing'] }]);
    expect(applyCancellations([bought(), bought({ identity: 'b2' }), cancelled(null), cancelled(null)])).toEqual([]);
  });
});

describe('a reinvestment', () => {
  const reinvested = snaptrade('REI', { quantity: '0.05', price: '192', amount: '-9.6', date: '2026-02-19' });

  it('pays with the dividend that is a row of its own: + 9.6 − 9.6', () => {
    const both = [snaptrade('DIVIDEND', { amount: '9.6' }), reinvested];
    expect(resolveTransactions(both)).toEqual(both);
  });

  it('after tax, or in part, still pays with it', () => {
    const both = [snaptrade('DIVIDEND', { amount: '12' }), reinvested];
    expect(resolveTransactions(both)).toEqual(both);
  });

  it('without any such row moves no cash: the income it spends never was any', () => {
    const implied = { units: '0.05', cash: '0', worth: '9.6', doubts: ['income_implied'] };
    expect(resolveTransactions([reinvested])).toMatchObject([implied]);
    expect(resolveTransactions([snaptrade('DIVIDEND', { amount: '9.6', date: '2026-01-02' }), reinvested])).toMatchObject([{}, implied]);
    expect(resolveTransactions([snaptrade('DIVIDEND', { asset: 'equity:MSFT', amount: '9.6' }), reinvested])).toMatchObject([{}, implied]);
  });

  it('takes income that names no asset only where it is of the very size', () => {
    expect(resolveTransactions([snaptrade('DIVIDEND', { asset: null, amount: '9.6' }), reinvested])[1]).toEqual(reinvested);
    expect(resolveTransactions([snaptrade('DIVIDEND', { asset: null, amount: '9.61' }), reinvested])[1]).toMatchObject({ cash: '0' });
  });
});
