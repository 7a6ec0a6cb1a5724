/**
 * At least 500 random worlds, half read through Plaid and half through SnapTrade: generator → wire text → the providers' mapping → normalised
 * transactions → reconstruction, compared with the truth on every day, to the last digit, value, cash and what crossed the account's border. Then
 * the same worlds with something taken away: a wrong value never stands at full quality. `TIDEMARK_SEED` repeats a run, and with
 * `TIDEMARK_WORLDS=1` one world of it: its seed alone decides the provider, and what is taken away.
 */
import { describe, expect, it } from '@jest/globals';
import { dayNumber } from '@tidemark/market';
import { chooseSeed } from '@tidemark/testing';
import { countedAsCash, drawCases, rebuilt, truthOf, whole } from './worlds-case.js';
import type { Case } from './worlds-case.js';
import { mismatches } from './worlds-compare.js';
import { damage, NAMES, seenOften } from './worlds-damage.js';

const seed = chooseSeed();
const WORLDS = Number(process.env['TIDEMARK_WORLDS'] ?? 500);

/** What every run of 500 worlds meets with at each provider. */
const KINDS = [
  'buy', 'sell', 'dividend', 'qualified_dividend', 'substitute_dividend', 'dividend_reinvestment', 'capital_gain', 'return_of_capital', 'interest', 'fee', 'management_fee', 'tax', 'tax_withheld', 'rebate',
  'deposit', 'contribution', 'withdrawal', 'transfer_in', 'transfer_out', 'cash_transfer_in', 'cash_transfer_out', 'asset_transfer_in', 'asset_transfer_out',
  'split', 'reverse_split', 'merger', 'spin_off', 'stock_dividend', 'option_exercise', 'option_assignment', 'option_expiration', 'sell_short', 'buy_to_cover', 'adjustment', 'cancel',
];
const OF_PLAID_ALONE = ['purchase', 'payment'];

/** Where the market's closes were taken away, the price that the account itself brought is newer than what is left, and rightly taken. */
const bySupply = (reason: string): boolean => reason.startsWith('price_supplied_by_account');

function each(visit: (of: Case, pick: number) => void): void {
  for (let index = 0; index < WORLDS; index += 1) {
    const pick = (seed + index) >>> 0;
    for (const one of drawCases(pick | 0, pick % 2 === 0 ? 'plaid' : 'snaptrade')) visit(one, pick);
  }
}

describe(`${WORLDS} random worlds (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('come out to the last digit, and with anything missing never wrong at full quality', () => {
    const failures: string[] = [];
    const seen = { kinds: new Set<string>(), days: 0, full: 0, spoilt: 0, lowered: 0, wrongBelow: 0 };
    const fail = (of: Case, what: string, wrong: object[]): void => void (wrong.length > 0 && failures.push(`TIDEMARK_SEED=${of.seed} ${of.provider} ${of.accountId}, ${what}, ${wrong.length} wrong: ${JSON.stringify(wrong.at(-1))}`));
    each((of, pick) => {
      for (const { kind } of of.world.transactions) seen.kinds.add(`${of.provider} ${kind}`);
      const shown = pick % 4 === 3 ? seenOften(of) : whole(of);
      const result = rebuilt(of, shown);
      fail(of, `complete, seen on ${shown.evenings.join(' and ')}`, mismatches(result, truthOf(of), () => true, countedAsCash(of, shown)));
      fail(of, 'complete', result.days.filter(({ complete }) => !complete));
      if (!result.invariant.holds) fail(of, 'the invariant', [...result.invariant.differences]);
      seen.days += result.days.length;
      seen.full += result.days.filter(({ quality }) => quality === 100).length;
      // Half of the worlds, one of either provider at a time.
      if (pick % 4 >= 2) return;
      const name = NAMES[(pick >>> 2) % NAMES.length]!;
      const spoilt = damage(of, name);
      if (spoilt === null) return;
      const rest = rebuilt(of, spoilt);
      const unpriced = new Set(spoilt.truth.filter((day) => day.unpriced.length > 0).map(({ day }) => day));
      fail(of, name, mismatches(rest, spoilt.truth, ({ quality }) => quality === 100, countedAsCash(of, spoilt)).filter(({ what, day, reasons }) => what === 'cash' || (!unpriced.has(day) && !reasons.some(bySupply))));
      seen.spoilt += 1;
      seen.lowered += rest.days.some(({ quality }) => quality < 100) ? 1 : 0;
      seen.wrongBelow += mismatches(rest, spoilt.truth, ({ quality }) => quality < 100, countedAsCash(of, spoilt)).length > 0 ? 1 : 0;
    });
    process.stdout.write(`${JSON.stringify({ ...seen, kinds: seen.kinds.size })}\n`);
    expect(failures).toEqual([]);
    if (WORLDS < 500) return;
    const met = ['plaid', 'snaptrade'].flatMap((provider) => KINDS.concat(provider === 'plaid' ? OF_PLAID_ALONE : []).filter((kind) => !seen.kinds.has(`${provider} ${kind}`)).map((kind) => `${provider} ${kind}`));
    expect(met).toEqual([]);
    expect(seen.full / seen.days).toBeGreaterThan(0.3);
    expect(seen.wrongBelow).toBeGreaterThan(20);
  }, 180_000);

  it('older than the 24 months that Plaid keeps are right since then, and never at full quality before', () => {
    for (let index = 0; index < Math.min(WORLDS, 3); index += 1) {
      for (const of of drawCases((seed + index) | 0, 'plaid', 820)) {
        const cut = '2024-11-20';
        const result = rebuilt(of, { ...whole(of), wholeFrom: cut });
        expect([of.seed, mismatches(result, truthOf(of), ({ quality }) => quality === 100)]).toEqual([of.seed, []]);
        const kept = of.world.transactions.filter(({ date, account }) => account === of.accountId && date < cut).length;
        if (kept > 0) expect(result.days.filter(({ day, quality }) => day < dayNumber(cut) && quality === 100)).toEqual([]);
      }
    }
  });
});
