/** Seeded chance for generated worlds: amounts are drawn as whole cents or ten-thousandths, never as floats. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Dice {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
  /** An amount of `least` to `most` cents, such as "12.05". */
  cents(least: number, most: number): string;
  /** A quantity in ten-thousandths, such as "3.0500". */
  quantity(least: number, most: number): string;
}

export function dice(seed: number): Dice {
  const generator = xoroshiro128plus(seed);
  const whole = (least: number, most: number): number => uniformInt(generator, least, most);
  return {
    whole,
    pick: (from) => from[whole(0, from.length - 1)]!,
    cents: (least, most) => scaled(whole(least, most), 2),
    quantity: (least, most) => scaled(whole(least, most), 4),
  };
}

function scaled(units: number, digits: number): string {
  const text = String(units).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
