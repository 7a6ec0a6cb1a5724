/**
 * Randomness that can be had again: every random test prints its seed, and TIDEMARK_SEED repeats it.
 * The generator is xoroshiro128+ from pure-rand.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';

export interface Random {
  /** What this generator started from. */
  readonly seed: number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  /** True with this probability (0 to 1). */
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
  /** So many random bytes, as ids take them. */
  bytes(count: number): Uint8Array;
  /** A generator of its own that depends on this one's seed and on `name` only, not on what was drawn before. */
  fork(name: string): Random;
}

/** A seed: the one that TIDEMARK_SEED names, else one from the machine's entropy. */
export function chooseSeed(): number {
  const given = process.env['TIDEMARK_SEED'];
  if (given === undefined) return crypto.getRandomValues(new Int32Array(1))[0] as number;
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new RangeError(`TIDEMARK_SEED must be a whole number, not "${given}"`);
  return seed;
}

/** Runs `work` with a chosen seed, and names the seed when it fails. */
export async function withRandom<T>(work: (random: Random) => T | Promise<T>, seed = chooseSeed()): Promise<T> {
  try {
    return await work(seededRandom(seed));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n(repeat with TIDEMARK_SEED=${seed})`, { cause: error });
  }
}

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (from: number, to: number) => uniformInt(generator, from, to);
  return {
    seed,
    int,
    chance: (probability) => uniformFloat64(generator) < probability,
    pick: (choices) => {
      if (choices.length === 0) throw new RangeError('nothing to pick from');
      return choices[int(0, choices.length - 1)] as (typeof choices)[number];
    },
    shuffle: (items) => {
      const left = [...items];
      return items.map(() => left.splice(int(0, left.length - 1), 1)[0] as (typeof items)[number]);
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(0, 255)),
    fork: (name) => seededRandom(hash(seed, name)),
  };
}

/** FNV-1a over the name, started from the seed. */
function hash(seed: number, name: string): number {
  let value = (seed ^ 0x811c9dc5) | 0;
  for (const character of name) value = Math.imul(value ^ (character.codePointAt(0) as number), 0x01000193);
  return value | 0;
}
