/**
 * Prepared series of closes, made once and shared by all accounts that this process computes. Before an answer the versions of the asked
 * symbols are compared in one statement, so that a replica sees at once what another has stored; what did not change is not read again.
 */
import { LRUCache } from 'lru-cache';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import { firstDayOf, monthOf } from './day-sets.js';
import type { DayClose, DaySplit } from './gate.decide.js';
import { prepareCloses } from './prepare-closes.js';

export interface PriceBook {
  /** Series that hold all days from `from` to `to`; a symbol without any close is absent. */
  closes(symbols: readonly string[], from: DayNumber, to: DayNumber): Promise<Map<string, PreparedCloses>>;
}

interface Kept {
  readonly version: number;
  readonly prepared: PreparedCloses | null;
  readonly from: DayNumber;
  readonly to: DayNumber;
}

/** Days of prepared closes that are kept: some 30 bytes each. */
const DAYS_KEPT = 3_000_000;
/** A close is carried into the first day from this many months before it. */
const CARRIED_MONTHS = 2;

export function priceBook(client: SqlClient, daysKept = DAYS_KEPT): PriceBook {
  const kept = new LRUCache<string, Kept>({ maxSize: daysKept, sizeCalculation: (one) => Math.max(1, one.prepared?.newest.length ?? 1) });
  return {
    async closes(symbols, from, to) {
      const unique = [...new Set(symbols)];
      const found = new Map<string, PreparedCloses>();
      if (unique.length === 0 || to < from) return found;
      const { rows } = await client.query<{ symbol: string; version: number; currency: string }>('SELECT symbol, version, currency FROM price_series WHERE symbol = ANY($1::text[]) AND currency IS NOT NULL', [unique]);
      const stale = rows.filter(({ symbol, version }) => {
        const one = kept.get(symbol);
        if (one?.version !== version || one.from > from || one.to < to) return true;
        if (one.prepared) found.set(symbol, one.prepared);
        return false;
      });
      if (stale.length === 0) return found;
      const span = { from: Math.min(from, ...stale.map(({ symbol }) => kept.peek(symbol)?.from ?? from)), to: Math.max(to, ...stale.map(({ symbol }) => kept.peek(symbol)?.to ?? to)) };
      const stored = await readSeries(client, stale.map(({ symbol }) => symbol), span.from, span.to);
      for (const { symbol, version, currency } of stale) {
        const closes = stored.closes.get(symbol) ?? [];
        const prepared = closes.length === 0 ? null : prepareCloses({ symbol, currency, closes, splits: stored.splits.get(symbol) ?? [] }, span.from, span.to);
        kept.set(symbol, { version, prepared, ...span });
        if (prepared) found.set(symbol, prepared);
      }
      return found;
    },
  };
}

/** The stored closes of some symbols by day, oldest first, from two months before `from` on, and all their splits. */
export async function readSeries(client: SqlClient, symbols: readonly string[], from: DayNumber, to: DayNumber): Promise<{ closes: Map<string, DayClose[]>; splits: Map<string, DaySplit[]> }> {
  const months = await client.query<{ symbol: string; month: number; closes: (string | null)[] }>(
    // As texts: the driver would read numbers of an array in binary floating point.
    'SELECT symbol, month, closes::text[] AS closes FROM price_month WHERE symbol = ANY($1::text[]) AND month BETWEEN $2 AND $3 ORDER BY symbol, month',
    [symbols, monthOf(from) - CARRIED_MONTHS, monthOf(to)],
  );
  const splits = await client.query<{ symbol: string } & DaySplit>('SELECT symbol, day, numerator::text, denominator::text FROM price_split WHERE symbol = ANY($1::text[]) ORDER BY symbol, day', [symbols]);
  const closes = new Map<string, DayClose[]>();
  for (const row of months.rows) {
    const list = closes.get(row.symbol) ?? [];
    const first = firstDayOf(row.month);
    row.closes.forEach((close, index) => {
      if (close !== null && first + index <= to) list.push({ day: first + index, close });
    });
    closes.set(row.symbol, list);
  }
  return { closes, splits: new Map([...Map.groupBy(splits.rows, (row) => row.symbol)].map(([symbol, list]) => [symbol, list.map(({ day, numerator, denominator }) => ({ day, numerator, denominator }))])) };
}

