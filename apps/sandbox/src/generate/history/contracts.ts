/** Option contracts on an underlying: one call and one put for every other month, with made-up closes from three months before they expire. */
import { dayText, hasClose } from '../../market/calendar.js';
import { walk } from '../../market/walk.js';
import type { Dice } from '../dice.js';
import type { Listed } from './listed.js';
import { priceText } from './numbers.js';

export interface Contract extends Listed {
  underlying: Listed;
  expiration: number;
  /** In whole dollars. */
  strike: bigint;
  right: 'call' | 'put';
}

const LIFE_DAYS = 100;
const APART_DAYS = 56;
export const CONTRACT_SHARES = 100n;

export function optionsOn(chance: Dice, underlying: Listed, from: number, to: number): Contract[] {
  const contracts: Contract[] = [];
  for (let friday = fridayFrom(from + 40); friday <= to + LIFE_DAYS; friday += APART_DAYS) {
    const expiration = hasClose(friday, 'exchange') ? friday : friday - 1;
    for (const right of ['call', 'put'] as const) contracts.push(contract(chance, underlying, expiration, right, to));
  }
  return contracts;
}

function fridayFrom(day: number): number {
  return day + ((1 - (day % 7) + 7) % 7);
}

function contract(chance: Dice, underlying: Listed, expiration: number, right: 'call' | 'put', to: number): Contract {
  const listedFrom = expiration - LIFE_DAYS;
  const days = underlying.days.filter((day) => day >= listedFrom && day <= Math.min(expiration, to));
  const about = underlying.closes[Math.max(0, underlying.days.findLastIndex((day) => day <= listedFrom))]!.digits / 100n;
  const strike = (about * BigInt(chance.whole(85, 115))) / 100n + 1n;
  const { symbol, currency } = underlying.security;
  const occ = `${symbol}${dayText(expiration).slice(2).replaceAll('-', '')}${right === 'call' ? 'C' : 'P'}${String(strike * 1000n).padStart(8, '0')}`;
  const closes = walk(`${chance.whole(0, 1 << 30)}/${occ}`, days, { at: listedFrom, units: BigInt(chance.whole(40, 900)) }, 600).map((digits) => ({ digits, scale: 2 }));
  return {
    security: {
      id: `o-${occ}`,
      kind: 'option',
      symbol: occ,
      name: `${symbol} ${dayText(expiration)} ${strike} ${right}`,
      currency,
      price: closes.length === 0 ? null : priceText(closes.at(-1)!),
      priceAsOf: days.length === 0 ? null : `${dayText(days.at(-1)!)}T21:00:00Z`,
      option: { contractType: right, strike: String(strike), expiration: dayText(expiration), underlying: symbol!, multiplier: '100' },
    },
    session: 'exchange',
    days,
    closes,
    underlying,
    expiration,
    strike,
    right,
  };
}
