import { describe, expect, it } from '@jest/globals';
import { compare } from '@tidemark/money';
import { demoWithHistory, demoWorld } from '../../app.js';
import { dayNumber, hasClose } from '../../market/calendar.js';
import { validateWorld } from '../../world/validate-world.js';
import { trueHistory } from '../true-history.js';
import { impossibleOpenings } from './demo-history.js';

const WRITTEN = new Date('2026-11-21T12:00:00Z');

describe('the demo with its history', () => {
  const plain = demoWorld();
  const world = demoWithHistory(WRITTEN);

  it('is valid, and what is held and owed today is what the file says', () => {
    expect(validateWorld(world)).toEqual({ world });
    for (const account of plain.accounts) expect(world.accounts.find(({ id }) => id === account.id)).toMatchObject(account);
    for (const row of plain.transactions) expect(world.transactions).toContainEqual(row);
    expect(world.securities).toEqual(plain.securities);
  });

  it('leads there from an opening that can have been, over two years', () => {
    expect(impossibleOpenings(world).filter((one) => !one.startsWith('chloe-ibkr GBP') && !one.startsWith('chloe-bofa-mortgage') && !one.startsWith('ada-chase-card'))).toEqual([]);
    const truth = trueHistory(world, '2024-11-21', '2026-11-20');
    for (const account of world.accounts.filter(({ type }) => type === 'investment')) {
      const last = truth.get(account.id)!.at(-1)!;
      for (const { security, quantity } of account.holdings ?? []) expect([account.id, security, compare(last.units.get(security) ?? '0', quantity)]).toEqual([account.id, security, 0]);
      expect([account.id, last.units.size]).toEqual([account.id, (account.holdings ?? []).length]);
      for (const { currency, amount } of account.cash ?? []) expect([account.id, currency, compare(last.cash.get(currency) ?? '0', amount)]).toEqual([account.id, currency, 0]);
    }
    expect(world.transactions.filter(({ account }) => account === 'ada-schwab-brokerage').length).toBeGreaterThan(60);
  });

  it('does not age: on any later day everything stands where it stood, relative to that day', () => {
    const later = demoWithHistory(new Date('2028-03-18T12:00:00Z'));
    expect(validateWorld(later)).toEqual({ world: later });
    expect(later.accounts.map(({ holdings, cash, balances }) => ({ holdings, cash, balances }))).toEqual(world.accounts.map(({ holdings, cash, balances }) => ({ holdings, cash, balances })));
    expect(later.securities.find(({ id }) => id === 'aapl')).toMatchObject({ price: '271.49', priceAsOf: '2028-03-17T21:00:00Z' });
    expect(later.transactions).toHaveLength(world.transactions.length);
    expect(later.transactions.reduce((newest, { date }) => (date > newest ? date : newest), '')).toBe('2028-03-17');
    for (const { date, security } of later.transactions) if (security !== undefined) expect([date, hasClose(dayNumber(date), 'exchange')]).toEqual([date, true]);
    const option = later.securities.find(({ id }) => id === 'nflx-call')!;
    expect([option.symbol, option.option!.expiration]).toEqual([`NFLX${option.option!.expiration.slice(2).replaceAll('-', '')}C01200000`, '2028-05-12']);
  });
});
