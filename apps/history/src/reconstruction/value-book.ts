/**
 * Adds one book to every day of the account: units × multiplier × price at the close, in the price's currency, with what lowers the line.
 * Where the digits of the units do not end, the amount joins the sums as a ratio.
 */
import type { Exact } from '@tidemark/money';
import type { BasisStep } from './basis.js';
import type { Book } from './book.js';
import type { DayNumber } from './model.js';
import type { Path, Step } from './path.js';
import { newQuote, PriceWalk } from './prices.js';
import type { Quote } from './prices.js';
import { FRESH_DAYS, FULL, SCORE } from './quality.js';
import type { Marks } from './quality.js';
import { terminating } from './ratio.js';
import type { Ratio } from './ratio.js';
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

/** From when on which units, with what makes prices of older units match: a split at `date` that the units follow from `day` on. */
export interface Shown {
  readonly book: Book;
  readonly path: Path;
  readonly basis: readonly BasisStep[];
  readonly splits: readonly ShownSplit[];
  /** The first close of which an assumed split makes no doubt any more. */
  readonly sureFrom: DayNumber;
}

export interface ShownSplit {
  readonly date: DayNumber;
  readonly day: DayNumber;
  readonly ratio: Ratio;
}

export function addCash({ book, path }: Shown, days: Days): void {
  const currency = book.currency as string;
  each(path.steps, days, (first, last, units) => {
    if (units === null || units === 0n) return;
    const amount = terminating({ n: units, d: book.denominator }) as Exact;
    const rows = [days.value.row(currency, amount.scale), days.cash.row(currency, amount.scale)];
    const listed = [days.value.listed(currency), days.cash.listed(currency)];
    for (let index = first; index <= last; index += 1) {
      for (const { digits } of rows) digits[index] = (digits[index] as bigint) + amount.digits;
      for (const flags of listed) flags[index] = 1;
      days.marks.line(index, FULL);
    }
  });
}

export function addSecurity(shown: Shown, walk: PriceWalk, days: Days): void {
  const { book } = shown;
  each(shown.path.steps, days, (first, last, units) => {
    if (units === 0n) return;
    if (units === null) unknownUnits(book, first, last, days);
    else price(shown, walk, first, last, { n: units * book.multiplier.digits, d: book.denominator * 10n ** BigInt(book.multiplier.scale) }, days);
  });
}

/** The runs of equal units within the days. */
function each(steps: readonly Step[], { from, length }: Days, visit: (first: number, last: number, units: bigint | null) => void): void {
  for (let index = 0; index < steps.length; index += 1) {
    const first = Math.max((steps[index] as Step).day - from, 0);
    const last = Math.min((steps[index + 1]?.day ?? Infinity) - from, length) - 1;
    if (first <= last) visit(first, last, (steps[index] as Step).units);
  }
}

function unknownUnits(book: Book, first: number, last: number, { marks, lacking }: Days): void {
  const reason = marks.reason('opening_adjustment', `Transactions of ${book.asset} are missing: how much of it was held is not known.`, book.asset);
  for (let index = first; index <= last; index += 1) {
    lacking[index] = 1;
    marks.line(index, SCORE.unknown);
    marks.say(index, reason);
  }
}

/** One run of equal units. Multiplies only where the price is another than the day before. */
function price(shown: Shown, walk: PriceWalk, first: number, last: number, worth: Ratio, days: Days): void {
  const { from, value, securities } = days;
  const whole = terminating(worth);
  const lines = lineMarks(shown, days);
  const quote = newQuote();
  let row: Row | null = null;
  let listed: Uint8Array = new Uint8Array(0);
  let digits: bigint | null = null;
  let amount = 0n;
  for (let index = first; index <= last; index += 1) {
    securities[index] = (securities[index] as number) + 1;
    if (!walk.at(from + index, quote)) {
      lines.unpriced(index);
      continue;
    }
    lines.priced(index, quote);
    const factor = shown.splits.length === 0 ? null : mismatch(shown.splits, from + index, quote.quoted);
    if (whole === null || factor !== null) {
      value.addRatio(quote.currency, index, times(worth, factor, quote));
      value.listed(quote.currency)[index] = 1;
      continue;
    }
    if (row === null || row.currency !== quote.currency || row.scale !== whole.scale + quote.scale) {
      row = value.row(quote.currency, whole.scale + quote.scale);
      listed = value.listed(quote.currency);
      digits = null;
    }
    if (quote.digits !== digits) {
      digits = quote.digits;
      amount = whole.digits * digits;
    }
    row.digits[index] = (row.digits[index] as bigint) + amount;
    listed[index] = 1;
  }
}

function times(worth: Ratio, factor: Ratio | null, quote: Quote): Ratio {
  return { n: worth.n * quote.digits * (factor?.n ?? 1n), d: worth.d * 10n ** BigInt(quote.scale) * (factor?.d ?? 1n) };
}

/** What a price of a unit of its day is to be multiplied by for units of this day; null: nothing. */
function mismatch(splits: readonly ShownSplit[], day: DayNumber, quoted: DayNumber): Ratio | null {
  let factor = null as Ratio | null;
  for (const split of splits) {
    const [units, prices] = [day >= split.day, quoted >= split.date];
    if (units === prices) continue;
    const [n, d]: [bigint, bigint] = units ? [split.ratio.d, split.ratio.n] : [split.ratio.n, split.ratio.d];
    factor = { n: n * (factor?.n ?? 1n), d: d * (factor?.d ?? 1n) };
  }
  return factor;
}

interface LineMarks {
  priced(index: number, quote: Quote): void;
  unpriced(index: number): void;
}

/** Marks the lines of one book, day by day. */
function lineMarks({ book, basis, sureFrom }: Shown, days: Days): LineMarks {
  const { marks, from, lacking } = days;
  const { asset } = book;
  let step = 0;
  const rest = (index: number): number => {
    while (step + 1 < basis.length && (basis[step + 1] as BasisStep).day <= from + index) step += 1;
    const known = basis[step]?.basis != null;
    if (!known) marks.say(index, marks.reason('cost_basis_missing', `What ${asset} was bought for is not known.`, asset));
    const assumed = from + index < sureFrom;
    if (assumed) marks.say(index, marks.reason('split_assumed', `A split of ${asset} that the account did not report is assumed.`, asset));
    return Math.min(known ? FULL : SCORE.basis, assumed ? SCORE.assumed : FULL);
  };
  return {
    priced(index, { age, supplied }) {
      const stale = age > FRESH_DAYS;
      if (stale) marks.say(index, marks.reason('price_stale', `The newest price of ${asset} is older than ${FRESH_DAYS} days.`, asset));
      if (supplied) marks.say(index, marks.reason('price_supplied_by_account', `No market price of ${asset} is newer than the one that the account supplied.`, asset));
      marks.line(index, Math.min(rest(index), stale ? SCORE.stale : FULL));
    },
    unpriced(index) {
      const day = from + index;
      lacking[index] = 1;
      marks.say(index, marks.reason('price_missing', `No price of ${asset} is known.`, asset));
      marks.line(index, SCORE.unknown);
      const open = days.unpriced.at(-1);
      if (open?.asset === asset && open.to === day - 1) open.to = day;
      else days.unpriced.push({ asset, reason: 'price_missing', from: day, to: day });
    },
  };
}
