/** What holds for many days is said once, from–to. */
import type { DayNumber } from '../reconstruction/model.js';

export interface DaySpan<T> {
  readonly what: T;
  readonly from: DayNumber;
  readonly to: DayNumber;
}

export class DaySpans<T> {
  private readonly noted = new Map<string, { readonly what: T; readonly days: DayNumber[] }>();

  /** In any order, any number of times. */
  note(key: string, what: T, day: DayNumber): void {
    const known = this.noted.get(key);
    if (known) known.days.push(day);
    else this.noted.set(key, { what, days: [day] });
  }

  /** By their first day. */
  all(): DaySpan<T>[] {
    return [...this.noted.values()].flatMap(({ what, days }) => runs(days).map((run) => ({ what, ...run }))).sort((a, b) => a.from - b.from);
  }
}

function runs(days: DayNumber[]): { from: DayNumber; to: DayNumber }[] {
  const found: { from: DayNumber; to: DayNumber }[] = [];
  for (const day of days.sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && day <= last.to + 1) last.to = day;
    else found.push({ from: day, to: day });
  }
  return found;
}
