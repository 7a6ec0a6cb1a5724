import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@tidemark/testing';
import type { AccountDay } from '../reconstruction/model.js';
import { columnsOf } from '../storage/day-columns.js';
import type { DayColumns } from '../storage/day-columns.js';
import { amountColumn } from '../storage/amount-column.js';
import { combineDays } from './combine-days.js';
import type { AccountDays } from './combine-days.js';
import { rates } from './scope.fixture.js';

/** The same days with a currency of which nothing is held: such columns are added day by day. */
function dayByDay(columns: DayColumns): DayColumns {
  const none = amountColumn(0, columns.days.map(() => null));
  const { value, cash, costBasis, inflow, outflow } = columns.amounts;
  return { ...columns, currencies: [...columns.currencies, 'ZZZ'], amounts: { value: [...value, none], cash: [...cash, none], costBasis: [...costBasis, none], inflow: [...inflow, none], outflow: [...outflow, none] } };
}

describe('days that are added as columns', () => {
  it('give what the same days give one by one: unknown amounts, gaps, reasons, accounts that stand aside, amounts too large for a number', () => {
    const seed = 20_261_121;
    const random = seededRandom(seed);
    const chance = (percent: number) => random.int(1, 100) <= percent;
    const amount = () => {
      const size = chance(3) ? '9007199254740993' : String(random.int(0, 90_000));
      return `${chance(5) && size !== '0' ? '-' : ''}${size}${chance(60) ? `.${random.int(1, 9_999)}1` : ''}`;
    };
    const usd = (percent: number) => (chance(percent) ? [{ currency: 'USD', amount: amount() }] : []);
    const dayOn = (day: number): AccountDay => ({
      day, value: usd(98), cash: usd(90), costBasis: chance(97) ? usd(95) : null, inflow: chance(97) ? usd(10) : null, outflow: chance(97) ? usd(10) : null,
      securities: random.int(0, 9), origin: chance(80) ? 'reconstructed' : 'captured', quality: chance(80) ? 100 : 60, complete: chance(95), reasons: chance(20) ? [random.int(1, 3)] : [],
    });
    for (let round = 0; round < 50; round += 1) {
      const [from, to] = [20_000, 20_000 + random.int(1, 90)];
      const accounts = Array.from({ length: random.int(1, 3) }, (_, number) => {
        const days = Array.from({ length: to - from + 2 }, (_unused, at) => from - 1 + at).filter(() => !chance(3)).map(dayOn);
        const cut = random.int(0, days.length);
        const aside = from + random.int(0, 200);
        return { accountId: `account ${number}`, chunks: [columnsOf(days.slice(0, cut)), columnsOf(days.slice(cut))], countsOn: (day: number) => (day >= aside && day < aside + 7 ? 'excluded' : null) } satisfies AccountDays;
      });
      const given = { base: 'USD', from, to, rates: rates({}), internal: [] };
      const slow = accounts.map((account) => ({ ...account, chunks: account.chunks.map(dayByDay) }));
      expect({ seed, round, ...combineDays({ ...given, accounts }) }).toEqual({ seed, round, ...combineDays({ ...given, accounts: slow }) });
    }
  });
});
