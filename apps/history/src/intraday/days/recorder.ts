/**
 * Keeps how the day went: open, high, low and last of every account and of every scope that is watched, and bars of accounts. In memory on
 * every value, in the tables every few seconds and at a close; after a restart it goes on from the tables. What is written is made up only
 * when it is written: values come many times as often.
 */
import { createHash } from 'node:crypto';
import { written } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { Database } from '@tidemark/postgres';
import type { DayNumber } from '../../reconstruction/model.js';
import { DayTrack, joined } from '../book/day-track.js';
import { compareExact } from '../book/exact-total.js';
import type { Series } from '../book/series.js';
import { BAR_MS, writeBars, writeDays } from './intraday-tables.js';
import type { Bar, StoredIntraday } from './intraday-tables.js';

/** The series of a scope: that of the account where it is one, so that the same numbers are kept once. */
export function scopeSeries(userId: string, { account, source }: { readonly account: string | null; readonly source: string }): string {
  return account ?? createHash('sha256').update(JSON.stringify([userId, source])).digest('hex');
}

class OpenBar {
  high: Exact;
  low: Exact;
  close: Exact;

  constructor(
    readonly of: Series,
    readonly at: number,
    readonly open: Exact,
    public quality: number,
  ) {
    this.high = this.low = this.close = open;
  }

  see(value: Exact, quality: number): void {
    if (compareExact(value, this.high) > 0) this.high = value;
    if (compareExact(value, this.low) < 0) this.low = value;
    this.close = value;
    this.quality = Math.min(this.quality, quality);
  }

  record(accountId: string): Bar {
    const { of, at, open, high, low, close, quality } = this;
    return { accountId, userId: of.userId, at: new Date(at).toISOString(), currency: of.currency, open: written(open), high: written(high), low: written(low), close: written(close), quality };
  }
}

export class Recorder {
  private readonly touched = new Set<Series>();
  /** Days that are over, and what a write that failed left behind. */
  private readonly finished = new Map<string, StoredIntraday>();
  private readonly bars = new Map<string, OpenBar>();
  private readonly movedBars = new Set<OpenBar>();

  constructor(private readonly database: Database) {}

  /** @param day of the series' market at that instant */
  see(series: Series, value: Exact, at: number, day: DayNumber): void {
    if (series.track && series.track.day < day) this.finish(series, series.track);
    if (series.track?.day !== day) series.track = DayTrack.begun(day, value, at);
    else series.track.see(value, at);
    this.touched.add(series);
  }

  /** One more value for the bars of an account. */
  bar(series: Series, value: Exact, quality: number, now: number): void {
    if (series.accountId === null) return;
    const at = Math.floor(now / BAR_MS) * BAR_MS;
    let bar = this.bars.get(series.accountId);
    if (bar?.at === at) bar.see(value, quality);
    else {
      bar = new OpenBar(series, at, value, quality);
      this.bars.set(series.accountId, bar);
    }
    this.movedBars.add(bar);
  }

  /** The market closed: what was last is the value of the day, and the first of the next one. */
  roll(series: Series, day: DayNumber, at: number): void {
    const { track } = series;
    if (!track || track.day >= day) return;
    this.finish(series, track);
    series.previousClose = written(track.last);
    series.track = DayTrack.begun(day, track.last, at);
    this.touched.add(series);
  }

  forget(accountId: string): void {
    this.bars.delete(accountId);
  }

  /** Writes what has changed since the last time. What could not be written is written next time. */
  async flush(): Promise<void> {
    const days = new Map(this.finished);
    for (const series of this.touched) if (series.track) put(days, rowOf(series, series.track, false));
    const bars = [...this.movedBars];
    this.finished.clear();
    this.touched.clear();
    this.movedBars.clear();
    if (days.size === 0 && bars.length === 0) return;
    try {
      await this.database.transaction(async (tx) => {
        await writeDays(tx, [...days.values()]);
        await writeBars(tx, [...new Map(bars.map((bar) => [`${bar.of.accountId} ${bar.at} ${bar.of.currency}`, bar])).values()].map((bar) => bar.record(bar.of.accountId as string)));
      });
    } catch (error) {
      for (const row of days.values()) put(this.finished, row);
      for (const bar of bars) this.movedBars.add(bar);
      throw error;
    }
  }

  private finish(series: Series, track: DayTrack): void {
    put(this.finished, rowOf(series, track, true));
  }
}

function rowOf({ series, userId, accountId, currency, previousClose }: Series, track: DayTrack, closed: boolean): StoredIntraday {
  return { series, userId, accountId, currency, previousClose, closed, ...track.record() };
}

function put(rows: Map<string, StoredIntraday>, row: StoredIntraday): void {
  const key = `${row.series} ${row.day} ${row.currency}`;
  const before = rows.get(key);
  rows.set(key, before ? { ...row, ...joined(before, row), previousClose: row.previousClose ?? before.previousClose, closed: before.closed || row.closed } : row);
}

/** The stored day of a series, to go on from. */
export function storedTrack(stored: readonly StoredIntraday[], series: string, currency: string, day: DayNumber): DayTrack | null {
  const row = stored.find((one) => one.series === series && one.currency === currency && one.day === day);
  return row ? DayTrack.restored(row) : null;
}
