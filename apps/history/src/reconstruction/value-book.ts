/**
 * Adds one book to every day of the account: units × multiplier × price at the close, in the price's currency, with what lowers the line.
 * Runs of days on which nothing but the market's price changes take the short way; where the digits of the units do not end, or a price
 * is of another unit, the amount joins the sums as a ratio.
 */
import { powerOfTen } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { BasisStep } from './basis.js';
import { ONE } from './book.js';
import type { Book } from './book.js';
import type { DayNumber } from './model.js';
import type { Path } from './path.js';
import { plainCloses } from './plain-closes.js';
import { newQuote } from './prices.js';
import type { PriceWalk, Quote } from './prices.js';
import { FRESH_DAYS, FULL, SCORE } from './quality.js';
import type { Marks } from './quality.js';
import { terminating } from './ratio.js';
import type { Ratio } from './ratio.js';
import { detailOf, SAID } from './said.js';
import type { Words } from './said.js';
import { mismatch } from './shown-splits.js';
import type { BookSplits } from './shown-splits.js';
import type { Row, Sums } from './sums.js';

export interface Days {
  readonly from: DayNumber;
  readonly length: number;
  readonly value: Sums;
  readonly cash: Sums;
  readonly marks: Marks;
  readonly securities: Int32Array;
  /** 1 where something is in no sum. */
  readonly lacking: Uint8Array;
  readonly unpriced: { asset: string; reason: string; from: DayNumber; to: DayNumber }[];
}

export interface Shown extends BookSplits {
  readonly book: Book;
  readonly path: Path;
  readonly basis: readonly BasisStep[];
}

/** Days by index, both included, with what is the same on all of them. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly units: bigint | null;
  /** The score of the line as far as its price does not lower it. */
  readonly score: number;
}

export function addCash({ book, path }: Shown, days: Days): void {
  const currency = book.currency as string;
  for (const { first, last, units } of runsOf(path.steps, [], -Infinity, days)) {
    if (units === null || units === 0n) continue;
    const amount = wholeOf(book, units, ONE);
    if (amount === null) throw new Error('cash is never split');
    for (const row of [days.value.row(currency, amount.scale), days.cash.row(currency, amount.scale)]) {
      if (!row.addPlain(amount.digits, 1, first, last, null, 0)) for (let index = first; index <= last; index += 1) row.add(index, amount.digits);
    }
    days.value.listed(currency).fill(1, first, last + 1);
    days.cash.listed(currency).fill(1, first, last + 1);
    days.marks.lines(first, last, FULL);
  }
}

export function addSecurity(shown: Shown, walk: PriceWalk, days: Days): void {
  const { book, path, basis, sureFrom } = shown;
  for (const run of runsOf(path.steps, basis, sureFrom, days)) {
    if (run.units === 0n) continue;
    if (run.units === null) unknownUnits(book, run, days);
    else {
      for (let index = run.first; index <= run.last; index += 1) days.securities[index] = (days.securities[index] as number) + 1;
      sayOfRun(shown, run, days);
      const worth = { n: run.units * book.multiplier.digits, d: book.denominator * powerOfTen(book.multiplier.scale) };
      const whole = wholeOf(book, run.units, book.multiplier) ?? terminating(worth);
      for (let first = run.first; first <= run.last; ) {
        const own = walk.ownFrom(first + days.from) - days.from;
        const from = whole !== null && shown.splits.length === 0 && own > first ? plainly({ ...run, first, last: Math.min(run.last, own - 1) }, whole, walk, days) : first;
        const last = from === first || own > run.last ? run.last : marketAgain(walk, from, run.last, days);
        if (from <= last) carefully(shown, { ...run, first: from, last }, worth, whole, walk, days);
        first = last + 1;
      }
    }
  }
}

/** Units × multiplier as they stand, where no split has made ratios of them. */
function wholeOf(book: Book, units: bigint, multiplier: Exact): Exact | null {
  return book.factor === 1n ? { digits: units * multiplier.digits, scale: book.scale + multiplier.scale } : null;
}

/** The runs of equal units within the days, cut where the basis becomes known or unknown. */
function* runsOf(steps: Path['steps'], basis: readonly BasisStep[], sureFrom: DayNumber, { from, length }: Days): Generator<Run> {
  let next = 0;
  for (let index = 0; index < steps.length; index += 1) {
    const units = steps[index]?.units as bigint | null;
    const end = Math.min((steps[index + 1]?.day ?? Infinity) - from, length) - 1;
    for (let first = Math.max((steps[index]?.day as number) - from, 0); first <= end; ) {
      while (next < basis.length && (basis[next] as BasisStep).day - from <= first) next += 1;
      const known = basis.length === 0 || basis[next - 1]?.basis != null;
      const sure = first + from >= sureFrom;
      const last = Math.min(end, (basis[next]?.day ?? Infinity) - from - 1, sure ? Infinity : sureFrom - from - 1);
      yield { first, last, units, score: Math.min(known ? FULL : SCORE.basis, sure ? FULL : SCORE.assumed) };
      first = last + 1;
    }
  }
}

function sayOfRun({ book: { asset }, basis, sureFrom }: Shown, { first, last, score }: Run, { marks, from }: Days): void {
  if (score === FULL) return;
  if (basis.findLast(({ day }) => day <= first + from)?.basis == null) marks.sayAll(first, last, said(marks, SAID.basis, asset));
  if (first + from < sureFrom) marks.sayAll(first, last, marks.reason('split_assumed', `A split of ${asset} that the account did not report is assumed.`, asset));
}

function unknownUnits({ asset }: Book, { first, last }: Run, { marks, lacking }: Days): void {
  lacking.fill(1, first, last + 1);
  marks.lines(first, last, SCORE.unknown);
  marks.sayAll(first, last, marks.reason('opening_adjustment', `Transactions of ${asset} are missing: how much of it was held is not known.`, asset));
}

/**
 * Fresh closes of the market alone, in plain numbers.
 * @returns the first index that is left over
 */
function plainly({ first, last, score }: Run, whole: Exact, { closes }: PriceWalk, days: Days): number {
  const plain = closes === null ? null : plainCloses(closes);
  if (closes === null || plain === null || !plain.fresh) return first;
  const offset = days.from - closes.firstDay;
  const end = Math.min(last, plain.digits.length - 1 - offset);
  if (first > end || first + offset < plain.first) return first;
  if (!days.value.row(closes.currency, whole.scale + closes.scale).addPlain(whole.digits, plain.most, first, end, plain.digits, offset)) return first;
  days.value.listed(closes.currency).fill(1, first, end + 1);
  days.marks.lines(first, end, score);
  return end + 1;
}

/** The last day before the market has a close again. */
function marketAgain({ closes }: PriceWalk, first: number, last: number, { from }: Days): number {
  let index = first;
  while (index < last && closes?.age[index + 1 + from - closes.firstDay] !== 0) index += 1;
  return index;
}

/** Day by day, with every way in which a price can fall short. */
function carefully(shown: Shown, { first, last, score }: Run, worth: Ratio, whole: Exact | null, walk: PriceWalk, days: Days): void {
  const { from, value } = days;
  const quote = newQuote();
  let [row, listed]: [Row | null, Uint8Array | null] = [null, null];
  for (let index = first; index <= last; index += 1) {
    if (!walk.at(from + index, quote)) {
      unpriced(shown.book, index, days);
      continue;
    }
    priced(shown.book, index, quote, score, days);
    const factor = shown.splits.length === 0 ? null : mismatch(shown.splits, from + index, quote.quoted);
    if (whole === null || factor !== null) {
      value.addRatio(quote.currency, index, { n: worth.n * quote.digits * (factor?.n ?? 1n), d: worth.d * powerOfTen(quote.scale) * (factor?.d ?? 1n) });
      continue;
    }
    if (row === null || listed === null || row.currency !== quote.currency || row.scale !== whole.scale + quote.scale) {
      row = value.row(quote.currency, whole.scale + quote.scale);
      listed = value.listed(quote.currency);
    }
    row.add(index, whole.digits * quote.digits);
    listed[index] = 1;
  }
}

const said = (marks: Marks, words: Words, asset: string): number => marks.reason(words.code, detailOf(words, asset), asset);

function priced({ asset }: Book, index: number, { age, supplied }: Quote, score: number, { marks }: Days): void {
  const stale = age > FRESH_DAYS;
  if (stale) marks.say(index, said(marks, SAID.stale, asset));
  if (supplied) marks.say(index, said(marks, SAID.supplied, asset));
  marks.lines(index, index, stale ? Math.min(score, SCORE.stale) : score);
}

function unpriced({ asset }: Book, index: number, { from, marks, lacking, unpriced: open }: Days): void {
  const day = from + index;
  lacking[index] = 1;
  marks.say(index, said(marks, SAID.missing, asset));
  marks.lines(index, index, SCORE.unknown);
  const last = open.at(-1);
  if (last?.asset === asset && last.to === day - 1) last.to = day;
  else open.push({ asset, reason: 'price_missing', from: day, to: day });
}
