/** The rates of each day as integers, each looked up and parsed once however many amounts it converts. */
import { exact } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { RateTable } from '../reads/read-context.js';
import type { DayNumber } from '../reconstruction/model.js';

export interface DayRate extends Exact {
  /** Older than a week. */
  readonly stale: boolean;
}

const FRESH_DAYS = 7;
const ONE: DayRate = { digits: 1n, scale: 0, stale: false };

export class DayRates {
  private readonly known = new Map<string, Map<DayNumber, DayRate | null>>();

  constructor(
    private readonly table: RateTable,
    private readonly base: string,
  ) {}

  /** One unit of `currency` in the base on that day; null where it is not known. */
  at(currency: string, day: DayNumber): DayRate | null {
    if (currency === this.base) return ONE;
    let days = this.known.get(currency);
    if (!days) this.known.set(currency, (days = new Map<DayNumber, DayRate | null>()));
    let rate = days.get(day);
    if (rate === undefined) days.set(day, (rate = this.look(currency, day)));
    return rate;
  }

  private look(currency: string, day: DayNumber): DayRate | null {
    const rate = this.table.rate(currency, this.base, day);
    return rate === null ? null : { ...exact(rate), stale: (this.table.age(currency, this.base, day) ?? 0) > FRESH_DAYS };
  }
}
