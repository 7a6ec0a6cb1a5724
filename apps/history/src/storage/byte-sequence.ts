/**
 * Integers in few bytes. A balance changes by little from one day to the next and often not at all, so a column is written as its first
 * number, then differences, and of differences that are zero how many follow: a month of unchanged cash takes four bytes.
 */
import { Buffer } from 'node:buffer';

/** Below it a number and twice the number are exact in floating point. */
const PLAIN = 2 ** 51;
/** In a byte: another one follows. */
const MORE = 128;
/** What takes more of them may not be exact in floating point. */
const EXACT_BYTES = 7;

function tooShort(): never {
  throw new RangeError('a block of days ends too early');
}

export class ByteWriter {
  private readonly bytes: number[] = [];

  /** A whole number ≥ 0, seven bits a byte, lowest first. */
  unsigned(value: number): void {
    let left = value;
    while (left >= 128) {
      this.bytes.push((left % 128) + 128);
      left = Math.floor(left / 128);
    }
    this.bytes.push(left);
  }

  /** Any size, either sign: 0, −1, 1, −2, … become 0, 1, 2, 3, …. */
  signed(value: bigint): void {
    const plain = Number(value);
    if (plain < PLAIN && plain > -PLAIN) return this.unsigned(plain < 0 ? -plain * 2 - 1 : plain * 2);
    let left = value < 0n ? -value * 2n - 1n : value * 2n;
    while (left >= 128n) {
      this.bytes.push(Number(left & 127n) + 128);
      left >>= 7n;
    }
    this.bytes.push(Number(left));
  }

  text(value: string): void {
    const encoded = Buffer.from(value);
    this.unsigned(encoded.length);
    this.bytes.push(...encoded);
  }

  series(values: readonly bigint[]): void {
    let before = 0n;
    for (let at = 0; at < values.length; ) {
      const value = values[at] as bigint;
      this.signed(value - before);
      if (value === before) {
        let end = at + 1;
        while (end < values.length && values[end] === before) end += 1;
        this.unsigned(end - at - 1);
        at = end;
      } else {
        before = value;
        at += 1;
      }
    }
  }

  finish(): Buffer {
    return Buffer.from(this.bytes);
  }
}

export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  unsigned(): number {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.next();
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  }

  signed(): bigint {
    let value = 0;
    let place = 1;
    for (let count = 0; count < 7; count += 1, place *= 128) {
      const byte = this.next();
      value += (byte & 127) * place;
      if (byte < 128) return BigInt(value % 2 === 0 ? value / 2 : -(value + 1) / 2);
    }
    let large = BigInt(value);
    for (let shift = 49n; ; shift += 7n) {
      const byte = this.next();
      large += BigInt(byte & 127) << shift;
      if (byte < 128) return large % 2n === 0n ? large / 2n : -(large + 1n) / 2n;
    }
  }

  text(): string {
    const length = this.unsigned();
    const from = this.at;
    this.at += length;
    return Buffer.from(this.bytes.subarray(from, this.at)).toString();
  }

  series(count: number): bigint[] {
    const values: bigint[] = [];
    let value = 0n;
    while (values.length < count) {
      const change = this.signed();
      value += change;
      values.push(value);
      if (change !== 0n) continue;
      for (let more = this.unsigned(); more > 0; more -= 1) values.push(value);
    }
    return values;
  }

  /** As `series`, without a BigInt each; null, and nothing is read, where one of them is too large for a whole number in floating point. */
  plainSeries(count: number): Float64Array | null {
    const { bytes, at: from } = this;
    const values = new Float64Array(count);
    let value = 0;
    for (let filled = 0; filled < count; ) {
      // In place and not by `unsigned`: a chart of a year reads some ten thousand of them.
      let [written, place, byte, read] = [0, 1, MORE, 0];
      for (; byte >= MORE && read < EXACT_BYTES; read += 1, place *= MORE) {
        byte = bytes[this.at++] ?? tooShort();
        written += (byte & 127) * place;
      }
      value += written % 2 === 0 ? written / 2 : -(written + 1) / 2;
      if (byte >= MORE || !Number.isSafeInteger(value)) {
        this.at = from;
        return null;
      }
      values[filled++] = value;
      if (written === 0) for (let more = this.unsigned(); more > 0; more -= 1) values[filled++] = value;
    }
    return values;
  }

  /** As `series`, of numbers that are small: without a BigInt each. */
  numbers(count: number): number[] {
    const values = new Array<number>(count);
    let [value, filled] = [0, 0];
    while (filled < count) {
      const written = this.unsigned();
      const change = written % 2 === 0 ? written / 2 : -(written + 1) / 2;
      value += change;
      values[filled++] = value;
      if (change === 0) for (let more = this.unsigned(); more > 0; more -= 1) values[filled++] = value;
    }
    return values;
  }

  done(): boolean {
    return this.at === this.bytes.length;
  }

  private next(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) tooShort();
    this.at += 1;
    return byte;
  }
}
