/**
 * Closes of a benchmark. Nobody need hold it, so nobody may have asked for its prices before: then they are asked for, and waited for a
 * moment, because the source answers within one. What is not there by then is `benchmark_missing`, and there the next time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlClient } from '@tidemark/postgres';
import type { PriceReads } from '../reads/read-context.js';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';

export interface BenchmarkPrices {
  /** @returns undefined where none is known */
  closes(symbol: string, from: DayNumber, to: DayNumber): Promise<PreparedCloses | undefined>;
}

export interface BenchmarkSupply {
  readonly client: SqlClient;
  readonly prices: Pick<PriceReads, 'closes'>;
  /** Asks the source for these days of a symbol, as `wantPrices` does for a run. */
  readonly want: (symbol: string, from: DayNumber, to: DayNumber) => Promise<unknown>;
}

/** A close is carried into the first day from at most a week before it; a holiday may lie before that. */
const BEFORE = 10;
/** A close that is older has probably not been asked for: nobody who holds it keeps it fresh. */
const WEEKEND = 3;
const TURNS = 10;
const TURN_MS = 150;

export function benchmarkPrices({ client, prices, want }: BenchmarkSupply): BenchmarkPrices {
  const read = async (symbol: string, from: DayNumber, to: DayNumber) => (await prices.closes([symbol], from - BEFORE, to)).get(symbol);
  return {
    async closes(symbol, from, to) {
      const known = await read(symbol, from, to);
      if (reaches(known, from) && reaches(known, to, WEEKEND)) return known;
      await want(symbol, from - BEFORE, to);
      for (let turn = 0; turn < TURNS && (await isComing(client, symbol)); turn += 1) await sleep(TURN_MS);
      return read(symbol, from, to);
    },
  };
}

function reaches(closes: PreparedCloses | undefined, day: DayNumber, mostCarried = Infinity): boolean {
  return closes?.newest[day - closes.firstDay] != null && (closes.age[day - closes.firstDay] ?? 0) <= mostCarried;
}

/** Whether a want of it is open that may still be answered. */
async function isComing(client: SqlClient, symbol: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM price_want w JOIN price_series s USING (symbol) WHERE w.symbol = $1 AND NOT s.final LIMIT 1', [symbol]);
  return rows.length > 0;
}
