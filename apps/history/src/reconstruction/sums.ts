/**
 * Amounts of every day, by currency. Digits are added up at the scale they come with, one row a scale, so that the walk over assets and
 * days multiplies and adds and does nothing else; they are aligned and written once, at the end.
 *
 * Where prices and units are small enough, the walk needs no big integers at all: units are high × 2^20 + low, both halves times the
 * price are whole numbers far below 2^53, and so are the sums over the account, as `Row` makes sure of: floating point is exact there.
 */
import { powerOfTen, written, writtenPlain } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { CurrencyAmount } from './model.js';
import { plus, ratioOf, stored } from './ratio.js';
import type { Ratio } from './ratio.js';

const HALF = 2 ** 20;
const BIG_HALF = BigInt(HALF);

export class Row {
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  #big: bigint[] | null = null;
  #highRoom = Number.MAX_SAFE_INTEGER;
  #lowRoom = Number.MAX_SAFE_INTEGER;

  constructor(
    readonly currency: string,
    readonly scale: number,
    readonly length: number,
  ) {
    this.#high = new Float64Array(length);
    this.#low = new Float64Array(length);
  }

  add(index: number, digits: bigint): void {
    const big = (this.#big ??= new Array<bigint>(this.length).fill(0n));
    big[index] = (big[index] as bigint) + digits;
  }

  /** Adds factor × what `of` has from `first` to `last`, both included; `of[index + offset]` belongs to a day. False where it would not stay exact. */
  addPlain(factor: bigint, most: number, first: number, last: number, of: Float64Array | null, offset: number): boolean {
    const units = Number(factor);
    const [high, low] = [Math.trunc(units / HALF), units % HALF];
    if (!Number.isSafeInteger(units) || !this.#room(Math.abs(high) * most, HALF * most)) return false;
    const [highs, lows] = [this.#high, this.#low];
    for (let index = first; index <= last; index += 1) {
      const each = of === null ? 1 : (of[index + offset] as number);
      highs[index] = (highs[index] as number) + high * each;
      lows[index] = (lows[index] as number) + low * each;
    }
    return true;
  }

  /** As a plain number, or NaN where only big integers hold it. */
  plainAt(index: number): number {
    if (this.#big !== null) return NaN;
    const sum = (this.#high[index] as number) * HALF + (this.#low[index] as number);
    return sum < MOST && sum > -MOST ? sum : NaN;
  }

  digitsAt(index: number): bigint {
    const sum = BigInt(this.#high[index] as number) * BIG_HALF + BigInt(this.#low[index] as number);
    return this.#big === null ? sum : sum + (this.#big[index] as bigint);
  }

  /** Whether products as large as these can be added to every day once more, in both halves, and stay exact. Taken if so. */
  #room(high: number, low: number): boolean {
    if (high > this.#highRoom || low > this.#lowRoom) return false;
    this.#highRoom -= high;
    this.#lowRoom -= low;
    return true;
  }
}

/** Below 2^52, so that no sum is rounded to it from above 2^53. */
const MOST = 2 ** 52;

/** What one currency comes to. */
class Currency {
  readonly rows = new Map<number, Row>();
  readonly ratios = new Map<number, Ratio>();
  /** Days on which it is listed, zero or not. */
  readonly listed: Uint8Array;

  constructor(
    readonly code: string,
    readonly length: number,
  ) {
    this.listed = new Uint8Array(length);
  }

  write(days: CurrencyAmount[][]): void {
    const scale = Math.max(0, ...this.rows.keys());
    const rows = [...this.rows.values()].map((row): Part => ({ row, factor: 10 ** (scale - row.scale), big: powerOfTen(scale - row.scale) }));
    let [before, last]: [number | bigint | null, CurrencyAmount | null] = [null, null];
    for (let index = 0; index < this.length; index += 1) {
      if (this.listed[index] === 0) continue;
      const ratio = this.ratios.get(index);
      const digits = ratio === undefined ? digitsOf(rows, index) : null;
      if (ratio !== undefined) last = { currency: this.code, amount: stored(plus(ratioOf({ digits: bigDigitsOf(rows, index), scale }), ratio)) };
      else if (last === null || digits !== before) last = { currency: this.code, amount: typeof digits === 'number' ? writtenPlain(digits, scale) : written({ digits: digits as bigint, scale }) };
      before = digits;
      (days[index] as CurrencyAmount[]).push(last);
    }
  }
}

interface Part {
  readonly row: Row;
  readonly factor: number;
  readonly big: bigint;
}

/** A plain number where it is exact. */
function digitsOf(rows: readonly Part[], index: number): number | bigint {
  let sum = 0;
  for (const { row, factor } of rows) {
    sum += row.plainAt(index) * factor;
    if (!(sum < MOST && sum > -MOST)) return bigDigitsOf(rows, index);
  }
  return sum;
}

function bigDigitsOf(rows: readonly Part[], index: number): bigint {
  let sum = 0n;
  for (const { row, big } of rows) sum += big === 1n ? row.digitsAt(index) : row.digitsAt(index) * big;
  return sum;
}

export class Sums {
  readonly #currencies = new Map<string, Currency>();

  constructor(readonly length: number) {}

  row(currency: string, scale: number): Row {
    const { rows } = this.#of(currency);
    let row = rows.get(scale);
    if (row === undefined) {
      row = new Row(currency, scale, this.length);
      rows.set(scale, row);
    }
    return row;
  }

  /** The days on which the currency is listed, to be set by index. */
  listed(currency: string): Uint8Array {
    return this.#of(currency).listed;
  }

  /** An amount whose digits do not end. */
  addRatio(currency: string, index: number, amount: Ratio): void {
    const { ratios, listed } = this.#of(currency);
    const before = ratios.get(index);
    ratios.set(index, before === undefined ? amount : plus(before, amount));
    listed[index] = 1;
  }

  addExact(currency: string, index: number, amount: Exact): void {
    this.row(currency, amount.scale).add(index, amount.digits);
    this.listed(currency)[index] = 1;
  }

  /** What is listed on each day, currencies in alphabetical order. */
  written(): CurrencyAmount[][] {
    const days = Array.from({ length: this.length }, (): CurrencyAmount[] => []);
    for (const code of [...this.#currencies.keys()].sort()) this.#currencies.get(code)?.write(days);
    return days;
  }

  #of(code: string): Currency {
    let currency = this.#currencies.get(code);
    if (currency === undefined) {
      currency = new Currency(code, this.length);
      this.#currencies.set(code, currency);
    }
    return currency;
  }
}
