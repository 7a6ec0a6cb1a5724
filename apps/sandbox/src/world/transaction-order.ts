import type { Transaction } from './world.js';

/** Newest first by day, then by instant, then by id: an order that paging can rely on. */
export function newestFirst(a: Transaction, b: Transaction): number {
  const [left, right] = [placeInTime(a), placeInTime(b)];
  return left < right ? 1 : left > right ? -1 : 0;
}

export function oldestFirst(a: Transaction, b: Transaction): number {
  return newestFirst(b, a);
}

function placeInTime({ date, at, id }: Transaction): string {
  return `${date}|${at ?? ''}|${id}`;
}
