/** UUIDs from a seed: the same seed gives the same ids in the same order; without one, the seed is random. */
import { createHash } from 'node:crypto';
import { v4 } from 'uuid';

export function seededIds(seed: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return v4({ random: createHash('sha256').update(`${seed}/${count}`).digest().subarray(0, 16) });
  };
}
