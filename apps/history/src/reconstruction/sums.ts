/**
 * Amounts of every day, by currency. Digits are added up at the scale they come with, one row of integers a scale, so that the walk over
 * assets and days multiplies and adds and does nothing else; they are aligned and written once, at the end.
 */
import { powerOfTen, written } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { CurrencyAmount } from './model.js';
import { plus, ratioOf, stored } from './ratio.js';
import type { Ratio } from './ratio.js';

export interface Row {
  readonly currency: string;
  readonly scale: number;
  readonly digits: bigint[];
}

export class Sums {
  readonly #rows = new Map<string, Row>();
  readonly #ratios = new Map<string, Map<number, Ratio>>();
  /** Days on which a currency is listed, zero or not. */
  readonly #listed = new Map<string, Uint8Array>();

  constructor(readonly length: number) {}

  row(currency: string, scale: number): Row {
    const key = `${currency}${scale}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { currency, scale, digits: new Array<bigint>(this.length).fill(0n) };
      this.#rows.set(key, row);
    }
    return row;
  }

  /** The days on which the currency is listed, to be set by index. */
  listed(currency: string): Uint8Array {
    let days = this.#listed.get(currency);
    if (days === undefined) {
      days = new Uint8Array(this.length);
      this.#listed.set(currency, days);
    }
    return days;
  }

  /** An amount whose digits do not end. */
  addRatio(currency: string, index: number, amount: Ratio): void {
    const ratios = this.#ratios.get(currency) ?? new Map<number, Ratio>();
    const before = ratios.get(index);
    ratios.set(index, before === undefined ? amount : plus(before, amount));
    this.#ratios.set(currency, ratios);
  }

  addExact(currency: string, index: number, amount: Exact): void {
    const { digits } = this.row(currency, amount.scale);
    digits[index] = (digits[index] as bigint) + amount.digits;
    this.listed(currency)[index] = 1;
  }

  /** What is listed on each day, currencies in alphabetical order. */
  written(): CurrencyAmount[][] {
    const days = Array.from({ length: this.length }, (): CurrencyAmount[] => []);
    for (const currency of [...this.#listed.keys()].sort()) {
      const listed = this.#listed.get(currency) as Uint8Array;
      const total = this.#total(currency);
      const ratios = this.#ratios.get(currency);
      let before: CurrencyAmount | null = null;
      let digits: bigint | null = null;
      for (let index = 0; index < this.length; index += 1) {
        if (listed[index] === 0) continue;
        const ratio = ratios?.get(index);
        if (ratio !== undefined) {
          before = { currency, amount: stored(plus(ratioOf({ digits: total.digits[index] as bigint, scale: total.scale }), ratio)) };
          digits = null;
        } else if (before === null || total.digits[index] !== digits) {
          digits = total.digits[index] as bigint;
          before = { currency, amount: written({ digits, scale: total.scale }) };
        }
        (days[index] as CurrencyAmount[]).push(before);
      }
    }
    return days;
  }

  #total(currency: string): Row {
    const rows = [...this.#rows.values()].filter((row) => row.currency === currency);
    const scale = Math.max(0, ...rows.map((row) => row.scale));
    const [first] = rows;
    if (rows.length === 1 && first) return first;
    const digits = new Array<bigint>(this.length).fill(0n);
    for (const row of rows) {
      const factor = powerOfTen(scale - row.scale);
      for (let index = 0; index < this.length; index += 1) if (row.digits[index] !== 0n) digits[index] = (digits[index] as bigint) + (row.digits[index] as bigint) * factor;
    }
    return { currency, scale, digits };
  }
}

