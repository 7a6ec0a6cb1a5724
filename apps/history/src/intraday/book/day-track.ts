/** Open, high, low and last of a value within one market day. Values are taken as they are computed, so a peak between two of them is not seen. */
import { decimal, exact, written } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';
import type { DayNumber } from '../../reconstruction/model.js';
import { compareExact } from './exact-total.js';

/** As it is stored. Instants are RFC 3339. */
export interface DayRecord {
  readonly day: DayNumber;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly last: Decimal;
  readonly openAt: string;
  readonly lastAt: string;
}

export class DayTrack {
  private constructor(
    readonly day: DayNumber,
    readonly open: Exact,
    public high: Exact,
    public low: Exact,
    public last: Exact,
    readonly openAt: number,
    public lastAt: number,
  ) {}

  static begun(day: DayNumber, value: Exact, at: number): DayTrack {
    return new DayTrack(day, value, value, value, value, at, at);
  }

  static restored({ day, open, high, low, last, openAt, lastAt }: DayRecord): DayTrack {
    return new DayTrack(day, exact(open), exact(high), exact(low), exact(last), Date.parse(openAt), Date.parse(lastAt));
  }

  see(value: Exact, at: number): void {
    if (compareExact(value, this.high) > 0) this.high = value;
    if (compareExact(value, this.low) < 0) this.low = value;
    this.last = value;
    this.lastAt = Math.max(this.lastAt, at);
  }

  record(): DayRecord {
    return {
      day: this.day, open: written(this.open), high: written(this.high), low: written(this.low), last: written(this.last),
      openAt: new Date(this.openAt).toISOString(), lastAt: new Date(this.lastAt).toISOString(),
    };
  }
}

/** Two records of the same day, as when another replica wrote one: the widest of both, the newer last. */
export function joined(a: DayRecord, b: DayRecord): DayRecord {
  const [first, newest] = [a.openAt <= b.openAt ? a : b, a.lastAt <= b.lastAt ? b : a];
  const least = (x: Decimal, y: Decimal) => (compareExact(exact(x), exact(y)) <= 0 ? x : y);
  const most = (x: Decimal, y: Decimal) => (compareExact(exact(x), exact(y)) >= 0 ? x : y);
  return { day: a.day, open: decimal(first.open), openAt: first.openAt, high: most(a.high, b.high), low: least(a.low, b.low), last: decimal(newest.last), lastAt: newest.lastAt };
}
