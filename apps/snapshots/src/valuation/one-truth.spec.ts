/**
 * One truth: portfolio value = Σ account values = Σ positions + cash, to the last digit, in every world: several providers, owed cash,
 * short sides, contracts, missing prices, foreign currencies with and without a rate, twins, excluded accounts, accounts without a snapshot.
 */
import { describe, expect, it } from '@jest/globals';
import type { BalanceLine, CountingChange } from '@tidemark/contracts';
import { decimal, sum } from '@tidemark/money';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { givenAccount, givenSnapshot, holdings, id, PREVIOUS_CLOSE } from './holdings.fixture.js';
import type { AccountHoldings, Holdings } from './portfolio.js';
import { portfolioPositions } from './portfolio-positions.js';
import { portfolioValue } from './portfolio-value.js';

const seed = chooseSeed();

const digits = (most: number) => fc.tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.integer({ min: 0, max: most })).map(([units, scale]) => decimal(`${units}e-${scale}`));
const currency = fc.constantFrom('USD', 'EUR', 'CAD', 'JPY');
const price = fc.option(digits(8).map((text) => text.replace('-', '')), { freq: 5 });
const cash = fc.record({ code: currency, quantity: digits(4) }).map(({ code, quantity }): BalanceLine => ({ asset: `currency:${code}`, quantity }));
const security = fc
  .record({ asset: fc.constantFrom('equity:AAPL', 'etf:VTI', 'crypto:BTC', 'option:NFLX180201C00355000', 'provider:plaid:x'), quantity: digits(8), price, currency: fc.option(currency, { freq: 9 }), costBasis: fc.option(digits(2)), multiplier: fc.constantFrom('1', '100'), countedAsCash: fc.boolean() })
  .map((line): BalanceLine => ({ ...line, countedAsCash: line.countedAsCash && line.asset === 'etf:VTI' }));
const lines = fc.array(fc.oneof(cash, security), { maxLength: 8 });
const change = (number: number) =>
  fc.oneof<fc.Arbitrary<CountingChange>[]>(
    fc.constantFrom('excluded' as const, 'closed' as const, 'disconnected' as const).map((kind) => ({ kind, value: true, effectiveAt: PREVIOUS_CLOSE })),
    fc.integer({ min: 0, max: 5 }).map((twin) => ({ kind: 'duplicate', value: id(twin === number ? twin + 1 : twin), effectiveAt: PREVIOUS_CLOSE })),
  );
const account = (number: number) =>
  fc
    .record({ provider: fc.constantFrom('plaid', 'snaptrade', 'manual'), now: fc.option(lines, { freq: 8 }), before: fc.option(lines), changes: fc.array(change(number), { maxLength: 1 }), currency, balance: fc.option(digits(2)) })
    .map((given): AccountHoldings => ({
      account: givenAccount(number, { provider: given.provider, changes: given.changes }),
      snapshot: given.now && givenSnapshot(given.now, { currency: given.currency, balance: given.balance }),
      previous: given.before && givenSnapshot(given.before, { capturedAt: PREVIOUS_CLOSE, currency: given.currency }),
      parked: false,
    }));
const rates: Holdings['rate'] = (from, to) => (from === 'EUR' && to === 'USD' ? '1.08337' : null);
const world = fc.integer({ min: 0, max: 5 }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, number) => account(number)))).map((accounts) => holdings(accounts, { rate: rates }));

const known = (amounts: readonly (string | null)[]) => sum(amounts.filter((amount) => amount !== null));

function check(property: (given: Holdings) => void): void {
  fc.assert(fc.property(world, property), { seed, numRuns: 150 });
}

describe(`one truth (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('is the same sum in every endpoint', () => {
    check((given) => {
      const value = portfolioValue(given, {});
      const positions = portfolioPositions(given, {});
      expect(positions.totals.value).toBe(value.value);
      expect(positions.complete).toBe(value.complete);
      expect(positions.totals.cash).toBe(value.cash);
      const accounts = known(value.accounts.filter((row) => row.counted).map((row) => row.baseValue));
      const parts = known([...positions.positions, ...positions.cash].map((row) => row.baseValue));
      expect([value.value ?? '0', accounts]).toEqual([parts, parts]);
      expect(known([positions.totals.positionsValue, positions.totals.cash])).toBe(parts);
    });
  });

  it('is the sum of the answers about each account alone', () => {
    check((given) => {
      const whole = portfolioValue(given, {});
      const each = given.accounts.map(({ account: one }) => portfolioValue(given, { accountId: one.accountId }));
      expect(known(each.map((answer) => answer.value))).toBe(whole.value ?? '0');
      expect(each.every((answer) => answer.complete)).toBe(whole.complete);
    });
  });

  it('holds in every row: the accounts beneath sum to the position', () => {
    check((given) => {
      for (const row of [...portfolioPositions(given, {}).positions]) {
        expect(known(row.accounts.map((part) => part.baseValue))).toBe(row.baseValue ?? '0');
        if (row.currency !== null) expect(known(row.accounts.map((part) => part.value))).toBe(row.value ?? '0');
        if (row.accounts.every((part) => part.multiplier === row.multiplier)) expect(sum(row.accounts.map((part) => part.quantity))).toBe(row.quantity);
      }
    });
  });

  it('has shares that sum to exactly 100 where there are any', () => {
    check((given) => {
      const percents = portfolioValue(given, {}).accounts.map((row) => row.percent).filter((percent) => percent !== null);
      const answer = portfolioPositions(given, {});
      const weights = [...answer.positions, ...answer.cash].map((row) => row.weight).filter((weight) => weight !== null);
      for (const parts of [percents, weights]) if (parts.length > 0) expect(sum(parts)).toBe('100');
    });
  });

  it('is complete exactly where nothing is missing, and of full quality only then', () => {
    check((given) => {
      const answer = portfolioValue(given, {});
      const missing = answer.reasons.filter((reason) => ['price_missing', 'rate_missing', 'no_snapshot'].includes(reason.code));
      expect(answer.complete).toBe(missing.length === 0);
      if (!answer.complete) expect(answer.quality).toBeLessThan(100);
      expect(answer.unpriced).toHaveLength(missing.filter((reason) => reason.code === 'price_missing').length);
    });
  });
});
