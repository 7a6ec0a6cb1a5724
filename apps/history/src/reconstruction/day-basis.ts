/**
 * Cost bases of the days, by currency. Only days on which a basis changes are computed; the others are those of the day before. Averages
 * are ratios whose common denominator would be enormous, so they are added up at 36 digits, rounded down, and the sum is stored at 18:
 * the same as that of the exact sum unless this lies within 10^−34 of half a unit of the 18th digit, where the exact sum decides.
 */
import { powerOfTen, STORED_DIGITS, written } from '@tidemark/money';
import { scaledBasis } from './basis.js';
import type { CurrencyAmount } from './model.js';
import { NOTHING, plus, reduced, stored } from './ratio.js';
import type { Ratio } from './ratio.js';
import type { Days, Shown } from './value-book.js';

const DIGITS = 36;
const SCALE = powerOfTen(DIGITS);
const CUT = powerOfTen(DIGITS - STORED_DIGITS);
const HALF = CUT / 2n;

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
  const sums: (CurrencyAmount[] | null)[] = [];
  const running = new Running();
  let [next, sum]: [number, CurrencyAmount[] | null] = [0, []];
  for (let index = 0; index < days.length; index += 1) {
    const from = next;
    for (; next < changes.length && (changes[next] as Change).index === index; next += 1) running.take(changes[next] as Change);
    if (next > from) sum = running.written();
    sums.push(sum);
  }
  return sums;
}

/** Where units or basis change; several changes of one day are the last of them. */
function changesOf({ book, path, basis }: Shown, index: number, { from, length }: Days): Change[] {
  const changes: Change[] = [];
  let [step, known] = [0, 0];
  for (;;) {
    const day = Math.min(path.steps[step]?.day ?? Infinity, basis[known]?.day ?? Infinity);
    if (day - from >= length || day === Infinity) return changes;
    while ((path.steps[step]?.day ?? Infinity) <= day) step += 1;
    while ((basis[known]?.day ?? Infinity) <= day) known += 1;
    const units = path.steps[step - 1]?.units;
    const start = Math.max(day - from, 0);
    if (changes.at(-1)?.index === start) changes.pop();
    changes.push({ index: start, book: index, currency: book.currency, basis: units === 0n ? NOTHING : units === null ? null : (basis[known - 1]?.basis ?? null) });
  }
}

interface Part {
  readonly change: Change;
  readonly digits: bigint;
  readonly exact: boolean;
}

/** The sum of what is held, kept up change by change. */
class Running {
  readonly #parts = new Map<number, Part>();
  readonly #totals = new Map<string, { digits: bigint; inexact: number; count: number }>();
  #unknown = 0;

  take(change: Change): void {
    const before = this.#parts.get(change.book);
    if (before) this.#count(before, -1);
    const part = { change, ...(change.basis === null ? { digits: 0n, exact: true } : scaledBasis(change.basis, SCALE)) };
    this.#parts.set(change.book, part);
    this.#count(part, 1);
  }

  written(): CurrencyAmount[] | null {
    if (this.#unknown > 0) return null;
    return [...this.#totals].filter(([, { count }]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, { digits, inexact }]) => ({ currency, amount: this.#amount(currency, digits, BigInt(inexact)) }));
  }

  #count({ change: { basis, currency }, digits, exact }: Part, by: 1 | -1): void {
    if (basis !== null && basis.n === 0n) return;
    if (basis === null || currency === null) {
      this.#unknown += by;
      return;
    }
    const total = this.#totals.get(currency) ?? { digits: 0n, inexact: 0, count: 0 };
    total.digits = by === 1 ? total.digits + digits : total.digits - digits;
    if (!exact) total.inexact += by;
    total.count += by;
    this.#totals.set(currency, total);
  }

  #amount(currency: string, digits: bigint, inexact: bigint): string {
    if (inexact === 0n) return written({ digits, scale: DIGITS });
    const kept = digits / CUT;
    const rest = digits - kept * CUT;
    if (rest + inexact < HALF && rest >= 0n) return written({ digits: kept, scale: STORED_DIGITS });
    if (rest > HALF) return written({ digits: kept + 1n, scale: STORED_DIGITS });
    const bases = [...this.#parts.values()].flatMap(({ change }) => (change.currency === currency && change.basis !== null ? [change.basis] : []));
    return stored(bases.reduce((sum, basis) => reduced(plus(sum, basis)), NOTHING));
  }
}
