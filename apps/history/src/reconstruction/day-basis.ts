/**
 * Cost bases of the days, by currency. Only days on which a basis changes are computed; the others are those of the day before. Averages
 * are ratios whose common denominator would be enormous, so they are added up at 36 digits, rounded down, and the sum is stored at 18:
 * the same as that of the exact sum unless this lies within 10^−34 of half a unit of the 18th digit, where the exact sum decides.
 */
import { halfEven, powerOfTen, STORED_DIGITS, written } from '@tidemark/money';
import { scaledBasis } from './basis.js';
import type { CurrencyAmount } from './model.js';
import { NOTHING, plus, reduced, stored } from './ratio.js';
import type { Ratio } from './ratio.js';
import type { Days, Shown } from './value-book.js';

const DIGITS = 36;
const SCALE = powerOfTen(DIGITS);
const CUT = powerOfTen(DIGITS - STORED_DIGITS);

/** One basis from `first` on; null: units are held and their basis is unknown. */
interface Change {
  readonly index: number;
  readonly book: number;
  readonly currency: string | null;
  readonly basis: Ratio | null;
}

/** Null on days on which one is unknown. */
export function sumBases(shown: readonly Shown[], days: Days): (CurrencyAmount[] | null)[] {
  const changes = shown.flatMap((each, book) => (each.book.cash ? [] : changesOf(each, book, days))).sort((a, b) => a.index - b.index);
  const current = new Map<number, Change>();
  const sums: (CurrencyAmount[] | null)[] = [];
  let [next, sum]: [number, CurrencyAmount[] | null] = [0, []];
  for (let index = 0; index < days.length; index += 1) {
    const from = next;
    for (; next < changes.length && (changes[next] as Change).index === index; next += 1) current.set((changes[next] as Change).book, changes[next] as Change);
    if (next > from || index === 0) sum = sumOf([...current.values()]);
    sums.push(sum);
  }
  return sums;
}

function changesOf({ book, path, basis }: Shown, index: number, { from, length }: Days): Change[] {
  const at = new Set([...path.steps, ...basis].map(({ day }) => Math.max(day - from, 0)).filter((day) => day < length));
  return [...at].map((start) => {
    const day = start + from;
    const units = path.steps.findLast((step) => step.day <= day)?.units;
    const known = units === 0n ? NOTHING : units === null ? null : (basis.findLast((step) => step.day <= day)?.basis ?? null);
    return { index: start, book: index, currency: book.currency, basis: known };
  });
}

function sumOf(held: readonly Change[]): CurrencyAmount[] | null {
  const byCurrency = new Map<string, Ratio[]>();
  for (const { basis, currency } of held) {
    if (basis === null || (currency === null && basis.n !== 0n)) return null;
    if (basis.n === 0n) continue;
    const list = byCurrency.get(currency as string);
    if (list) list.push(basis);
    else byCurrency.set(currency as string, [basis]);
  }
  return [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, bases]) => ({ currency, amount: rounded(bases) }));
}

function rounded(bases: readonly Ratio[]): string {
  let [digits, inexact] = [0n, 0n];
  for (const basis of bases) {
    const part = scaledBasis(basis, SCALE);
    digits += part.digits;
    if (!part.exact) inexact += 1n;
  }
  if (inexact === 0n) return written({ digits, scale: DIGITS });
  const [low, high] = [halfEven(digits, CUT), halfEven(digits + inexact, CUT)];
  if (low === high) return written({ digits: low, scale: STORED_DIGITS });
  return stored(bases.reduce((sum, basis) => reduced(plus(sum, basis)), NOTHING));
}
