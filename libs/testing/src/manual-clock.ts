import type { Clock } from '@tidemark/kernel';

/** A clock that stands still until a test turns it. */
export class ManualClock implements Clock {
  #now: number;

  /** @param start an RFC 3339 instant or milliseconds since the epoch */
  constructor(start: string | number = '2026-01-02T03:04:05.000Z') {
    this.#now = milliseconds(start);
  }

  now(): number {
    return this.#now;
  }

  /** Turns the clock forward (or back, to try a clock jump) by so many milliseconds, and says the new time. */
  advance(by: number): number {
    return (this.#now += by);
  }

  /** Sets the clock to an instant. */
  set(to: string | number): void {
    this.#now = milliseconds(to);
  }
}

function milliseconds(instant: string | number): number {
  const value = typeof instant === 'number' ? instant : Date.parse(instant);
  if (!Number.isFinite(value)) throw new RangeError(`not an instant: ${instant}`);
  return value;
}
