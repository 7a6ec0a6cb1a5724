/** What is kept as prices move is what is summed from the start, to the last digit, after any sequence of ticks, closes and splits. */
import { describe, expect, it } from '@jest/globals';
import { decimal, exact, written } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { LiveAccount } from './live-account.js';
import type { HeldLine } from './live-account.js';
import type { DatedPrice, SymbolPrices } from './symbol-prices.js';

const seed = chooseSeed();
const DAY = 20_412;
const NOW = DAY * 86_400_000;
const NAMES = ['AAPL', 'SAP.DE', 'BTCUSD', 'SHIBUSD'];

const digits = (most: number) => fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 0, max: most })).map(([units, scale]) => decimal(`${units}e-${scale}`));
const signed = fc.tuple(digits(18), fc.boolean()).map(([amount, short]) => (short ? `-${amount}` : amount));
const line = fc.oneof(
  fc.record({ currency: fc.constantFrom('USD', 'EUR', 'JPY'), quantity: signed }).map(({ currency, quantity }): HeldLine => ({ asset: `currency:${currency}`, quantity, multiplier: '1', currency, price: null, priceAt: null, countedAsCash: false })),
  fc
    .record({ asset: fc.constantFrom('equity:AAPL', 'equity:SAP.DE', 'crypto:BTC', 'crypto:SHIB', 'provider:plaid:x'), quantity: fc.oneof(signed, fc.constant('0')), multiplier: fc.constantFrom('1', '100', '0.1'), currency: fc.constantFrom('USD', 'EUR'), price: fc.option(digits(8)), countedAsCash: fc.boolean() })
    .map((given): HeldLine => ({ ...given, priceAt: given.price === null ? null : NOW - 5_000 })),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('quote' as const), symbol: fc.nat(3), price: digits(18), after: fc.integer({ min: -10_000, max: 10_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), symbol: fc.nat(3), price: digits(4), after: fc.integer({ min: -3, max: 0 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), symbol: fc.nat(3), price: fc.constantFrom('2/1', '1/10', '3/1', '7/3'), after: fc.integer({ min: -4, max: 0 }) }) },
);

const symbolOf = (asset: string) => NAMES.indexOf(asset.startsWith('crypto:') ? `${asset.slice(7)}USD` : asset.slice(asset.indexOf(':') + 1));
const texts = (totals: ReadonlyMap<string, Exact>) => Object.fromEntries([...totals].map(([currency, amount]) => [currency, written(amount)]).filter(([, amount]) => amount !== '0').sort());

describe(`incremental values (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('are the full ones', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(step, { maxLength: 40 }), (lines, steps) => {
        const symbols: SymbolPrices[] = NAMES.map((symbol) => ({ symbol, crypto: false, close: null, quote: null, splits: [] }));
        const account = new LiveAccount('a', NOW, DAY - 2, lines, (asset) => symbols[symbolOf(asset)] ?? null, NOW);
        let now = NOW;
        for (const { kind, symbol, price, after } of steps) {
          const prices = symbols[symbol] as SymbolPrices;
          now += 100;
          const dated = (at: number, day: number): DatedPrice => ({ price: exact(price), at, day, currency: after % 2 === 0 ? 'USD' : null });
          if (kind === 'quote') prices.quote = dated(now + Math.min(after, 0), DAY);
          if (kind === 'close') prices.close = dated(now + after * 86_400_000, DAY + after);
          if (kind === 'split') {
            const [numerator = '1', denominator = '1'] = price.split('/');
            prices.splits = [...prices.splits, { day: DAY + after, numerator, denominator }];
          }
          for (const position of account.positions) if (position.symbol === prices) account.reprice(position, now);
          expect(texts(account.totals)).toEqual(texts(account.recomputed(now)));
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
