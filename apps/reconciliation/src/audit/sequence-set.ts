/** A set of places of a chain, a bit each, so that a chain of millions of entries is checked in little memory. */
export class SequenceSet {
  private readonly blocks = new Map<number, Uint8Array>();

  add(sequence: number): void {
    const block = this.blocks.get(Math.floor(sequence / BITS)) ?? new Uint8Array(BITS / 8);
    this.blocks.set(Math.floor(sequence / BITS), block);
    const bit = sequence % BITS;
    block[bit >> 3] = (block[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  has(sequence: number): boolean {
    const bit = sequence % BITS;
    return (((this.blocks.get(Math.floor(sequence / BITS))?.[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
  }
}

const BITS = 8_192;
