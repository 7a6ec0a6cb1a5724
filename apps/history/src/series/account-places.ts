/** Where each day of a range stands in an account's columns. After the account's last day stands its last: what it was worth is carried. */
import type { DayNumber } from '../reconstruction/model.js';
import type { DayColumns } from '../storage/day-columns.js';

/** A day of an account: `at` of its columns. */
export interface DayPlace {
  readonly columns: DayColumns;
  readonly at: number;
}

const NOWHERE = -1;

export class AccountPlaces {
  private readonly chunk: Int32Array;
  private readonly at: Int32Array;

  /** @param chunks ascending and without a day twice @param first the day of place 0 @param count of days */
  constructor(
    private readonly chunks: readonly DayColumns[],
    first: DayNumber,
    count: number,
  ) {
    this.chunk = new Int32Array(count).fill(NOWHERE);
    this.at = new Int32Array(count);
    let last = NOWHERE;
    for (let chunk = 0; chunk < chunks.length; chunk += 1) {
      const { days } = chunks[chunk] as DayColumns;
      for (let at = 0; at < days.length; at += 1) {
        const place = (days[at] as DayNumber) - first;
        if (place < 0 || place >= count) continue;
        this.chunk[place] = chunk;
        this.at[place] = at;
        last = place;
      }
    }
    if (last === NOWHERE) return;
    this.chunk.fill(this.chunk[last] as number, last + 1);
    this.at.fill(this.at[last] as number, last + 1);
  }

  /** Null: nothing is known of that day. */
  of(place: number): DayPlace | null {
    const chunk = this.chunk[place] ?? NOWHERE;
    return chunk === NOWHERE ? null : { columns: this.chunks[chunk] as DayColumns, at: this.at[place] as number };
  }
}
