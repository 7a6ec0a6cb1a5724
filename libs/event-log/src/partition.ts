/**
 * Which partition a user's events stand in. The count is fixed at installation: the hash must never change, or a stream would be
 * looked for where it is not. FNV-1a (32 bit) over UTF-8, as in draft-eastlake-fnv, folded by a final mix so that short ids spread.
 */
export const DEFAULT_PARTITIONS = 16;

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export function partitionOf(userId: string, partitions: number): number {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(userId)) {
    hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d) >>> 0;
  hash = (hash ^ (hash >>> 15)) >>> 0;
  return hash % partitions;
}
