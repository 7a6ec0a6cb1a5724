/**
 * Closes of a benchmark. Nobody need hold it, so nobody may have asked for its prices before: then they are asked for, and waited for a
 * moment, because the source answers within one. What is not there by then is `benchmark_missing`, and there the next time. A symbol that the
 * source does not have is not asked for again, and of new ones a user has a few a day (../prices/introduce.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { Introduction } from '../prices/introduce.js';
import type { PriceReads } from '../reads/read-context.js';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';

/** Closes of a symbol; else, where it is known, why there will be none. */
export interface BenchmarkCloses {
  readonly closes: PreparedCloses | undefined;
  readonly absent: string | null;
}

export interface BenchmarkPrices {
  /** Refuses a new symbol of a user who has introduced as many as they may. */
  closes(symbol: string, from: DayNumber, to: DayNumber): Promise<Result<BenchmarkCloses, Problem>>;
}

export interface BenchmarkSupply {
  readonly client: SqlClient;
  readonly prices: Pick<PriceReads, 'closes'>;
  /** Asks the source for these days of a symbol, as `wantPrices` does for a run. */
  readonly want: (symbol: string, from: DayNumber, to: DayNumber) => Promise<unknown>;
  /** Whether it may be asked for. */
  readonly introduce: (symbol: string) => Promise<Introduction>;
  /** New symbols that a user has in 24 hours. */
  readonly most: number;
}

/** A close is carried into the first day from at most a week before it; a holiday may lie before that. */
const BEFORE = 10;
/** A close that is older has probably not been asked for: nobody who holds it keeps it fresh. */
const WEEKEND = 3;
const TURNS = 10;
const TURN_MS = 150;

export function benchmarkPrices({ client, prices, want, introduce, most }: BenchmarkSupply): BenchmarkPrices {
  const read = async (symbol: string, from: DayNumber, to: DayNumber) => (await prices.closes([symbol], from - BEFORE, to)).get(symbol);
  return {
    async closes(symbol, from, to) {
      const known = await read(symbol, from, to);
      if (reaches(known, from) && reaches(known, to, WEEKEND)) return ok({ closes: known, absent: null });
      const may = await introduce(symbol);
      if (may.kind === 'too_many') return refuse(tooMany(symbol, most, may.again));
      if (may.kind === 'absent') return ok({ closes: known, absent: `The price source has no symbol ${symbol}; it is looked for again after ${may.until.slice(0, 10)}.` });
      await want(symbol, from - BEFORE, to);
      for (let turn = 0; turn < TURNS && (await isComing(client, symbol)); turn += 1) await sleep(TURN_MS);
      return ok({ closes: await read(symbol, from, to), absent: null });
    },
  };
}

function tooMany(symbol: string, most: number, again: string): Problem {
  const message = `nobody has prices of ${symbol} yet, and you have asked for ${most} such symbols within 24 hours, the most that are accepted; another one is from ${again} on, and a symbol that is held or was compared with before (such as one of those) at any time`;
  return problem('rate_limited', `benchmark: ${message}`, { errors: [{ field: 'benchmark', message }], extra: { retryAfter: Math.max(1, Math.ceil((Date.parse(again) - Date.now()) / 1_000)) } });
}

function reaches(closes: PreparedCloses | undefined, day: DayNumber, mostCarried = Infinity): boolean {
  return closes?.newest[day - closes.firstDay] != null && (closes.age[day - closes.firstDay] ?? 0) <= mostCarried;
}

/** Whether a want of it is open that may still be answered. */
async function isComing(client: SqlClient, symbol: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM price_want w JOIN price_series s USING (symbol) WHERE w.symbol = $1 AND NOT s.final LIMIT 1', [symbol]);
  return rows.length > 0;
}
