/** The impure edge of the kernel: the system's time and randomness. Tests pass their own. */
import { randomFillSync } from 'node:crypto';
import { uuidV7 } from '@tidemark/kernel';
import type { Clock, RandomBytes } from '@tidemark/kernel';

export const systemClock: Clock = { now: () => Date.now() };

export const systemRandom: RandomBytes = () => randomFillSync(new Uint8Array(16));

/** A UUIDv7 of now. */
export function newId(): string {
  return uuidV7(systemClock.now(), systemRandom());
}
