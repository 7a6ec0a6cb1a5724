/** What a reconstruction says beside what is true, day by day, to the last digit. */
import type { TrueDay } from '@tidemark/app-sandbox';
import { dayOf } from '@tidemark/market';
import { compare, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { AccountDay, CurrencyAmount, ReconstructionResult } from '../apps/history/src/reconstruction/model.js';

export interface Mismatch {
  day: string;
  what: 'value' | 'cash' | 'inflow' | 'outflow';
  quality: number;
  said: string;
  true: string;
  reasons: string[];
}

/**
 * @param wanted which days must be right; all where it is absent
 * @param asCash securities that the provider counts as cash as well: a money-market fund at one unit of the currency each
 */
export function mismatches(result: ReconstructionResult, truth: readonly TrueDay[], wanted: (day: AccountDay) => boolean = () => true, asCash: ReadonlySet<string> = new Set()): Mismatch[] {
  const byDay = new Map(truth.map((day) => [day.day, day]));
  return result.days.flatMap((said): Mismatch[] => {
    const day = dayOf(said.day);
    const right = byDay.get(day);
    if (right === undefined || !wanted(said)) return [];
    const wrong = (what: Mismatch['what'], amounts: readonly CurrencyAmount[] | null, expected: ReadonlyMap<string, Decimal>): Mismatch[] =>
      amounts !== null && same(amounts, expected) ? [] : [{ day, what, quality: said.quality, said: JSON.stringify(amounts), true: JSON.stringify([...expected]), reasons: said.reasons.map((index) => `${result.reasons[index]!.code}: ${result.reasons[index]!.detail}`) }];
    return [...wrong('value', said.value, right.value), ...wrong('cash', said.cash, withFunds(right, asCash)), ...wrong('inflow', said.inflow, right.inflow), ...wrong('outflow', said.outflow, right.outflow)];
  });
}

function withFunds({ cash, units }: TrueDay, asCash: ReadonlySet<string>): ReadonlyMap<string, Decimal> {
  const held = [...asCash].map((security) => units.get(security) ?? '0');
  return held.length === 0 ? cash : new Map([...cash, ['USD', sum([cash.get('USD') ?? '0', ...held])]]);
}

/** A currency that is not listed is zero. */
function same(amounts: readonly CurrencyAmount[], expected: ReadonlyMap<string, Decimal>): boolean {
  const said = new Map(amounts.map(({ currency, amount }) => [currency, amount]));
  return [...new Set([...said.keys(), ...expected.keys()])].every((currency) => {
    const [a, b] = [said.get(currency) ?? '0', expected.get(currency) ?? '0'];
    return a === b || compare(a, b) === 0;
  });
}
