/**
 * The evening after a close, when thousands of symbols lack one day: the source is asked once for the closes of all symbols and once for all
 * splits of the week, instead of once a symbol. This is what keeps the daily cost of a user below a twentieth of a cent. What the answer does
 * not hold is fetched symbol by symbol.
 */
import { dayOf } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import type { PriceFailure, PriceSource } from '../price-source/price-source.js';
import { lastAskable } from './ask.decide.js';
import { claimForDay, putBackSeries } from './claim.js';
import type { DayCall, Series } from './claim.js';
import { waitAfter } from './deps.js';
import type { PriceDeps } from './deps.js';
import { goodSplits } from './fetch-series.js';
import { gate } from './gate.decide.js';
import type { DaySplit } from './gate.decide.js';
import { readSeries } from './price-book.js';
import { storeAnswers } from './store-answers.js';

/** Two calls answer them all, so from three on it is cheaper. */
const LEAST = 3;
const CHUNK = 500;
const SPLIT_DAYS = 10;
const NEIGHBOURS = 14;
/** An answer with less than half of what is held is most likely not published yet; after some tries each symbol is asked for alone. */
const LATE_WAIT_MS = 600_000;
const LATE_TRIES = 6;

export interface FetchedDay {
  readonly symbols: number;
  readonly runIds: readonly string[];
}

/** Which day is fetched for all at once; null where the source has no such call. */
export function dayCall({ source, clock }: { source: PriceSource; clock: PriceDeps['clock'] }): DayCall | null {
  return source.closesOn && source.splitsBetween ? { day: lastAskable('security', '', clock.now()), least: LEAST } : null;
}

/** @param hold is called with what was claimed, so that its locks are kept */
export async function fetchDay(deps: PriceDeps & { source: PriceSource }, worker: string, hold: (symbols: readonly string[]) => void): Promise<FetchedDay> {
  const { source, settings, database } = deps;
  const together = dayCall(deps);
  if (together === null || !source.closesOn || !source.splitsBetween) return { symbols: 0, runIds: [] };
  const { day } = together;
  const claimed = await claimForDay(database, worker, together, settings.lockMs);
  if (claimed.length === 0) return { symbols: 0, runIds: [] };
  hold(claimed.map(({ symbol }) => symbol));
  const closes = await source.closesOn(dayOf(day));
  const splits = closes.ok ? await source.splitsBetween(dayOf(day - SPLIT_DAYS), dayOf(day)) : closes;
  if (!closes.ok || !splits.ok) {
    const failure = closes.ok ? (splits as { error: PriceFailure }).error : closes.error;
    // A plan without this call has the one by symbol.
    const alone = failure.class === 'final';
    await putBackSeries(database, worker, claimed, { failure: failure.detail, final: false, waitMs: alone ? 0 : waitAfter(deps, claimed[0]?.attempts ?? 1, failure.retryAfterMs), counts: !alone, ...(alone ? { bulkMissed: day } : {}) });
    deps.logger.warn({ source: source.id, day: dayOf(day), symbols: claimed.length, detail: failure.detail }, 'the closes of a day could not be fetched together');
    return { symbols: 0, runIds: [] };
  }
  const answered = claimed.filter(({ symbol }) => closes.value.has(symbol));
  if (answered.length * 2 < claimed.length && (claimed[0]?.attempts ?? 1) <= LATE_TRIES) {
    await putBackSeries(database, worker, claimed, { failure: 'the source has not published the day yet', final: false, waitMs: LATE_WAIT_MS });
    return { symbols: 0, runIds: [] };
  }
  const bySymbol = new Map([...Map.groupBy(splits.value, ({ symbol }) => symbol)].map(([symbol, list]) => [symbol, goodSplits(list)]));
  const runIds: string[] = [];
  for (let start = 0; start < answered.length; start += CHUNK) runIds.push(...(await storeDay(deps, worker, answered.slice(start, start + CHUNK), day, closes.value, bySymbol)));
  const absent = claimed.filter(({ symbol }) => !closes.value.has(symbol));
  if (absent.length > 0) await putBackSeries(database, worker, absent, { failure: null, final: false, waitMs: 0, counts: false, bulkMissed: day });
  return { symbols: answered.length, runIds };
}

async function storeDay(deps: PriceDeps, worker: string, chunk: readonly Series[], day: DayNumber, closes: ReadonlyMap<string, string>, splits: ReadonlyMap<string, readonly DaySplit[]>): Promise<readonly string[]> {
  const stored = await readSeries(deps.database, chunk.map(({ symbol }) => symbol), day - NEIGHBOURS, day);
  const told = [{ from: day, to: day }];
  const answers = chunk.map((series) => {
    const news = splits.get(series.symbol) ?? [];
    const known = new Map([...(stored.splits.get(series.symbol) ?? []), ...news].map((split) => [split.day, split]));
    const close = { day, close: closes.get(series.symbol) as string };
    const checked = gate({ kind: series.kind, asked: { from: day, to: day }, closes: [close], splits: [...known.values()], known: (stored.closes.get(series.symbol) ?? []).filter((one) => one.day >= day - NEIGHBOURS && one.day !== day) });
    return { series, currency: series.currency as string, told, forced: [], splits: news, ...checked };
  });
  return (await storeAnswers(deps, worker, answers)).runIds;
}
