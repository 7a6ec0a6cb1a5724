/** A running total a day, exact: digits at a scale that grows as amounts with more digits come. Null where something of it is unknown. */
import { powerOfTen, written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

export class ScopeSums {
  private readonly digits: bigint[];
  private readonly scales: Uint16Array;
  private readonly unknown: Uint8Array;
  private last = { digits: 0n, scale: 0, text: '0' };

  constructor(days: number) {
    this.digits = new Array<bigint>(days).fill(0n);
    this.scales = new Uint16Array(days);
    this.unknown = new Uint8Array(days);
  }

  add(at: number, digits: bigint, scale: number): void {
    if (digits === 0n) return;
    const held = this.scales[at] as number;
    if (scale > held) {
      this.digits[at] = (this.digits[at] as bigint) * powerOfTen(scale - held) + digits;
      this.scales[at] = scale;
    } else {
      this.digits[at] = (this.digits[at] as bigint) + (scale === held ? digits : digits * powerOfTen(held - scale));
    }
  }

  spoil(at: number): void {
    this.unknown[at] = 1;
  }

  isUnknown(at: number): boolean {
    return this.unknown[at] === 1;
  }

  at(at: number): Decimal | null {
    if (this.unknown[at] === 1) return null;
    const [digits, scale] = [this.digits[at] as bigint, this.scales[at] as number];
    // Cash and cost basis are the day before's on most days.
    if (digits !== this.last.digits || scale !== this.last.scale) this.last = { digits, scale, text: written({ digits, scale }) };
    return this.last.text;
  }
}
