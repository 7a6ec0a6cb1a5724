/**
 * Amounts of every day, by currency. Digits are added up at the scale they come with, one row a scale, so that the walk over assets and
 * days multiplies and adds and does nothing else; they are aligned and written once, at the end.
 *
 * Where prices and units are small enough, the walk needs no big integers at all: units are high × 2^20 + low, both halves times the
 * price are whole numbers far below 2^53, and so are the sums over the account, as `room` makes sure of: floating point is exact there.
 */
import { powerOfTen, written } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { CurrencyAmount } from './model.js';
import { plus, ratioOf, stored } from './ratio.js';
import type { Ratio } from './ratio.js';

export const HALF = 2 ** 20;
const BIG_HALF = BigInt(HALF);

export class Row {
  readonly high: Float64Array;
  readonly low: Float64Array;
  #big: bigint[] | null = null;
  #highRoom = Number.MAX_SAFE_INTEGER;
  #lowRoom = Number.MAX_SAFE_INTEGER;

  constructor(
    readonly currency: string,
    readonly scale: number,
    readonly length: number,
  ) {
    this.high = new Float64Array(length);
    this.low = new Float64Array(length);
  }

  /** Whether products as large as these can be added to every day once more, in both halves, and stay exact. Taken if so. */
  room(high: number, low: number): boolean {
    if (high > this.#highRoom || low > this.#lowRoom) return false;
    this.#highRoom -= high;
    this.#lowRoom -= low;
    return true;
  }

  add(index: number, digits: bigint): void {
    const big = (this.#big ??= new Array<bigint>(this.length).fill(0n));
    big[index] = (big[index] as bigint) + digits;
  }

  digitsAt(index: number): bigint {
    const [high, low] = [this.high[index] as number, this.low[index] as number];
    const sum = high === 0 ? BigInt(low) : BigInt(high) * BIG_HALF + BigInt(low);
    return this.#big === null ? sum : sum + (this.#big[index] as bigint);
  }
}

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
    const rows = [...this.rows.values()].map((row) => ({ row, factor: powerOfTen(scale - row.scale) }));
    let [before, last]: [bigint | null, CurrencyAmount | null] = [null, null];
    for (let index = 0; index < this.length; index += 1) {
      if (this.listed[index] === 0) continue;
      let digits = 0n;
      for (const { row, factor } of rows) digits += factor === 1n ? row.digitsAt(index) : row.digitsAt(index) * factor;
      const ratio = this.ratios.get(index);
      if (ratio !== undefined) last = { currency: this.code, amount: stored(plus(ratioOf({ digits, scale }), ratio)) };
      else if (last === null || digits !== before) last = { currency: this.code, amount: written({ digits, scale }) };
      before = ratio === undefined ? digits : null;
      (days[index] as CurrencyAmount[]).push(last);
    }
  }
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
