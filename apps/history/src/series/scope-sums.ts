/**
 * A running total a day, exact: digits at a scale that grows as amounts with more digits come. Null where something of it is unknown.
 * A day's total is a whole number in floating point as long as it fits, and a big integer from then on.
 */
import { powerOfTen, written, writtenPlain } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

export class ScopeSums {
  private readonly plain: Float64Array;
  /** Of days whose total does not fit. */
  private readonly big = new Map<number, bigint>();
  private readonly scales: Uint16Array;
  private readonly unknown: Uint8Array;
  private last = { digits: 0, scale: 0, text: '0' };

  constructor(days: number) {
    this.plain = new Float64Array(days);
    this.scales = new Uint16Array(days);
    this.unknown = new Uint8Array(days);
  }

  /** @param digits a whole number, exact */
  addPlain(at: number, digits: number, scale: number): void {
    const held = this.scales[at] as number;
    const most = Math.max(held, scale);
    const before = (this.plain[at] as number) * tenTo(most - held);
    const more = digits * tenTo(most - scale);
    if ((this.big.size > 0 && this.big.has(at)) || !(fits(before) && fits(more) && fits(before + more))) return this.add(at, BigInt(digits), scale);
    this.plain[at] = before + more;
    this.scales[at] = most;
  }

  /** Of days that follow one another: `digits` from `first` on into the sums from `at` on. NaN and 0 add nothing. */
  addColumn(at: number, digits: Float64Array, first: number, count: number, scale: number): void {
    for (let day = 0; day < count; day += 1) {
      const more = digits[first + day] as number;
      if (more === 0 || Number.isNaN(more)) continue;
      const slot = at + day;
      const before = this.plain[slot] as number;
      const sum = before + more;
      if (this.big.size === 0 && (before === 0 || this.scales[slot] === scale) && (this.scales[slot] as number) <= scale && fits(more) && fits(sum)) {
        this.plain[slot] = sum;
        this.scales[slot] = scale;
      } else this.addPlain(slot, more, scale);
    }
  }

  add(at: number, digits: bigint, scale: number): void {
    if (digits === 0n) return;
    const held = this.scales[at] as number;
    const before = this.big.get(at) ?? BigInt(this.plain[at] as number);
    const most = Math.max(held, scale);
    this.big.set(at, before * powerOfTen(most - held) + digits * powerOfTen(most - scale));
    this.scales[at] = most;
  }

  spoil(at: number): void {
    this.unknown[at] = 1;
  }

  isUnknown(at: number): boolean {
    return this.unknown[at] === 1;
  }

  at(at: number): Decimal | null {
    if (this.unknown[at] === 1) return null;
    const scale = this.scales[at] as number;
    const big = this.big.get(at);
    if (big !== undefined) return written({ digits: big, scale });
    const digits = this.plain[at] as number;
    // Cash and cost basis are the day before's on most days.
    if (digits !== this.last.digits || scale !== this.last.scale) this.last = { digits, scale, text: writtenPlain(digits, scale) };
    return this.last.text;
  }
}

/** Half of what floating point holds whole, so that nothing beyond it is rounded to less than it. */
const MOST = 2 ** 52;
const fits = (number: number): boolean => number <= MOST && number >= -MOST;

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** More than fifteen digits apart nothing fits, zero times infinity neither. */
const tenTo = (exponent: number): number => POWERS[exponent] ?? Infinity;
