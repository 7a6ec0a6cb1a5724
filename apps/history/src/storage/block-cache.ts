/**
 * Blocks that were read lately, as bytes. A block never changes, and which block is an account's newest changes only with its revision, so
 * nothing here is ever wrong; it only makes room. Bytes and not days: two hundred of them take the place of ten thousand on the heap, and
 * decoding a year takes less time than asking for it.
 */
import { LRUCache } from 'lru-cache';
import type { DayNumber } from '../reconstruction/model.js';

/** Null: the month has no block at that revision. */
export type MonthBlocks = Map<DayNumber, Buffer | null>;

const DEFAULT_BYTES = 64 * 1024 * 1024;
/** What an entry and a month in it take beside the bytes, roughly. */
const OVERHEAD = { entry: 200, month: 150 } as const;

export class BlockCache {
  private readonly entries: LRUCache<string, MonthBlocks>;

  constructor(maxBytes: number = DEFAULT_BYTES) {
    this.entries = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf });
  }

  /** The months known of an account at a revision. */
  of(accountId: string, revision: number): MonthBlocks {
    return this.entries.get(`${accountId}/${revision}`) ?? new Map<DayNumber, Buffer | null>();
  }

  keep(accountId: string, revision: number, months: MonthBlocks): void {
    this.entries.set(`${accountId}/${revision}`, months);
  }
}

function sizeOf(months: MonthBlocks): number {
  let size: number = OVERHEAD.entry;
  for (const block of months.values()) size += OVERHEAD.month + (block?.length ?? 0);
  return size;
}
