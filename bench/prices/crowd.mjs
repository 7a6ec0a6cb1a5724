/**
 * Users as they are: many hold the same. Each has some 5 to 60 assets, sold ones included, drawn from 8,000 symbols by Zipf's law (the
 * k-th most popular symbol is held 1/k as often as the first). Seeded: the same numbers at every run.
 */
import { seededRandom } from '@tidemark/testing';

export const SYMBOLS = 8_000;
const EXPONENT = 1;

export const symbolNames = () => Array.from({ length: SYMBOLS }, (_, index) => `S${index.toString(36).toUpperCase().padStart(3, '0')}`);

export function crowd(users, seed) {
  const random = seededRandom(seed);
  const next = () => random.int(0, 2 ** 30) / 2 ** 30;
  const names = symbolNames();
  const weights = names.map((_, rank) => 1 / (rank + 1) ** EXPONENT);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cumulated = [];
  weights.reduce((sum, weight, index) => (cumulated[index] = sum + weight / total), 0);
  const draw = () => {
    const point = next();
    let [low, high] = [0, names.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulated[middle] < point) low = middle + 1;
      else high = middle;
    }
    return names[low];
  };
  return Array.from({ length: users }, () => {
    const assets = new Set();
    const wanted = 5 + Math.floor(55 * next() ** 2);
    while (assets.size < wanted) assets.add(draw());
    return [...assets];
  });
}
