/** Days of any shape that storage must keep, from a seed. */
import { dayNumber } from '@tidemark/market';
import type { Decimal } from '@tidemark/money';
import type { Random } from '@tidemark/testing';
import type { AccountDay, CurrencyAmount } from '../reconstruction/model.js';

/** A day with one dollar value and nothing unusual. */
export function plainDay(date: string, value: Decimal, given: Partial<AccountDay> = {}): AccountDay {
  const day = { day: dayNumber(date), value: usd(value), cash: usd('100'), costBasis: usd('900'), inflow: [], outflow: [], securities: 3, origin: 'reconstructed', quality: 100, reasons: [], complete: true } as const;
  return { ...day, ...given };
}

export const usd = (amount: Decimal): CurrencyAmount[] => [{ currency: 'USD', amount }];

const CURRENCIES = ['EUR', 'GBP', 'JPY', 'USD'];

/** @param reasons ids or indices to take some from */
export function anyDay(random: Random, day: number, reasons: readonly number[] = []): AccountDay {
  const held = random.chance(0.7) ? ['USD'] : CURRENCIES.filter(() => random.chance(0.5));
  const amounts = () => held.filter(() => random.chance(0.9)).map((currency) => ({ currency, amount: anyAmount(random) }));
  const sometimes = () => (random.chance(0.9) ? amounts() : null);
  return {
    day, value: amounts(), cash: amounts(), costBasis: sometimes(), inflow: random.chance(0.8) ? [] : sometimes(), outflow: random.chance(0.8) ? [] : sometimes(),
    securities: random.int(0, 300), origin: random.pick(['reconstructed', 'captured', 'carried'] as const), quality: random.int(0, 100), reasons: reasons.filter(() => random.chance(0.2)), complete: random.chance(0.9),
  };
}

/** Of every size: cents, eighteen digits after the point, more than 2^64, negative, zero. */
function anyAmount(random: Random): Decimal {
  const whole = random.pick(['0', '7', String(random.int(0, 1_000_000)), '123456789012345678901234567890']);
  const fraction = random.pick(['', '.5', `.${String(random.int(1, 99)).padStart(2, '0')}`.replace(/0+$/, ''), '.000000000000000001', '.123456789012345678901234567']);
  return whole === '0' && fraction === '' ? '0' : `${random.chance(0.2) ? '-' : ''}${whole}${fraction === '.' ? '' : fraction}`;
}
