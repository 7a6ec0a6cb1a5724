/** Fetches what the wants of one symbol lack: in one call where it can be, checked by the gate, stored together. A failure puts the symbol back for later. */
import type { Result } from '@tidemark/kernel';
import { ok, refuse } from '@tidemark/kernel';
import { dayNumber, dayOf, MS_A_DAY } from '@tidemark/market';
import { multiply } from '@tidemark/money';
import type { PriceFailure, PriceSource, SourceSplit } from '../price-source/price-source.js';
import { callsFor, lastAskable, toldUntil } from './ask.decide.js';
import type { DayRange } from './ask.decide.js';
import { changeKind, markAbsent, missingOf, putBackSeries } from './claim.js';
import type { MissingRange, Series } from './claim.js';
import { majorCurrency } from './currency-unit.js';
import { waitAfter } from './deps.js';
import type { PriceDeps } from './deps.js';
import { gate } from './gate.decide.js';
import type { DayClose, DaySplit } from './gate.decide.js';
import { readSeries } from './price-book.js';
import { storeAnswers } from './store-answers.js';
import type { CheckedAnswer, Stored } from './store-answers.js';

/** Nothing that waits within minutes helps against these; they are tried again all the same, for a plan may be changed. */
const FINAL_WAIT_MS = 3_600_000;
/** Days around what is asked whose stored closes tell whether an answer can be believed. */
const NEIGHBOURS = 14;

export interface Fetched {
  readonly stored: Stored | null;
  /** The runs that may wait for nothing any more. */
  readonly runIds: readonly string[];
  readonly failure: PriceFailure | null;
}

/** Why there is no answer: a failure, no such symbol, or one of another kind than was thought. */
type NoAnswer = PriceFailure | { readonly class: 'absent'; readonly detail: string } | { readonly class: 'coin' };

/** @throws LeaseLost; what the database throws */
export async function fetchSeries(deps: PriceDeps & { source: PriceSource }, worker: string, series: Series): Promise<Fetched> {
  const missing = await missingOf(deps.database, series.symbol);
  const answer: Result<CheckedAnswer | null, NoAnswer> = missing.length === 0 ? ok(alreadyThere(series)) : await ask(deps, series, missing);
  if (!answer.ok) return withoutAnswer(deps, worker, series, answer.error);
  if (answer.value) {
    const stored = await storeAnswers(deps, worker, [answer.value]);
    return { stored, runIds: stored.runIds, failure: null };
  }
  await putBackSeries(deps.database, worker, [series], { failure: null, final: false, waitMs: 0, counts: false });
  return { stored: null, runIds: [], failure: null };
}

async function withoutAnswer(deps: PriceDeps, worker: string, series: Series, error: NoAnswer): Promise<Fetched> {
  const { database, settings, logger } = deps;
  if (error.class === 'coin') {
    await changeKind(database, worker, series, 'crypto');
    return { stored: null, runIds: [], failure: null };
  }
  if (error.class === 'absent') {
    logger.info({ symbol: series.symbol, detail: error.detail }, 'a symbol does not exist; it is not asked for again for a while');
    // Of a currency only an empty answer says so, and a source may have a bad day: a month without euros would be long.
    const retryMs = series.kind === 'fx' ? Math.min(MS_A_DAY, settings.absentRetryMs) : settings.absentRetryMs;
    return { stored: null, runIds: await markAbsent(database, worker, series, error.detail, retryMs), failure: null };
  }
  const { class: kind, detail, retryAfterMs } = error;
  const waitMs = kind === 'final' ? FINAL_WAIT_MS * Math.min(series.attempts, 24) : waitAfter(deps, series.attempts, retryAfterMs);
  const runIds = await putBackSeries(database, worker, [series], { failure: detail, final: kind === 'final', waitMs });
  return { stored: null, runIds, failure: error };
}

/** Another fetch answered them: what is left is to let the wants go. */
function alreadyThere(series: Series): CheckedAnswer | null {
  return series.currency === null ? null : { series, currency: series.currency, told: [], forced: [], good: [], quarantined: [], splits: null };
}

async function ask(deps: PriceDeps & { source: PriceSource }, series: Series, missing: readonly MissingRange[]): Promise<Result<CheckedAnswer, NoAnswer>> {
  const { source, clock, database } = deps;
  const now = clock.now();
  const calls = callsFor(missing, !series.unknown, lastAskable(series.kind, series.symbol, now), source.daysACall);
  const asked: DayRange = { from: calls[0]?.from ?? 0, to: calls.at(-1)?.to ?? 0 };
  const currency = await currencyOf(source, series);
  if (!currency.ok) return currency;
  const splits = await splitsOf(source, series, missing);
  if (!splits.ok) return splits;
  const closes: DayClose[] = [];
  for (const { from, to } of calls) {
    const answer = await source.closes(series.symbol, series.kind, dayOf(from), dayOf(to));
    if (!answer.ok) return answer;
    closes.push(...answer.value.closes.map(({ day, close }) => ({ day: dayNumber(day), close: currency.value.factor === '1' ? close : multiply(close, currency.value.factor) })));
  }
  // A currency has no profile that could say so: nothing in two years does.
  if (series.kind === 'fx' && series.unknown && closes.length === 0) return refuse({ class: 'absent', detail: `the price source ${source.id} has no ${series.symbol}` });
  const stored = await readSeries(database, [series.symbol], asked.from - NEIGHBOURS, asked.to + NEIGHBOURS);
  const known = (stored.closes.get(series.symbol) ?? []).filter(({ day }) => day >= asked.from - NEIGHBOURS);
  const checked = gate({ kind: series.kind, asked, closes, splits: splits.value ?? stored.splits.get(series.symbol) ?? [], known });
  const newest = closes.reduce<number | null>((last, { day }) => (last === null || day > last ? day : last), null);
  const until = toldUntil(asked, newest, now);
  return ok({
    series, currency: currency.value.currency, ...checked, splits: splits.value,
    told: until < asked.from ? [] : [{ from: asked.from, to: until }],
    forced: missing.filter(({ force }) => force),
  });
}

async function currencyOf(source: PriceSource, series: Series): Promise<Result<{ currency: string; factor: string }, NoAnswer>> {
  if (series.kind !== 'security') return ok({ currency: 'USD', factor: '1' });
  // A symbol that nobody mapped (a benchmark), or one quoted in pence: only the source knows the unit.
  const profile = series.currency === null || series.symbol.includes('.') ? await source.profile(series.symbol, series.kind) : ok({ currency: series.currency });
  if (!profile.ok) return profile;
  // What was answered before, or is mapped, was there: one odd answer does not silence it for a month.
  if (profile.value === null && series.unknown && series.currency === null) return absentOrCoin(source, series);
  const unit = profile.value?.currency == null ? null : majorCurrency(profile.value.currency);
  return unit ? ok(unit) : refuse({ class: 'final', detail: `the price source does not say which currency ${series.symbol} is quoted in`, retryAfterMs: null });
}

/** `BTCUSD` reads like a share's symbol as long as nobody holds the coin. */
async function absentOrCoin(source: PriceSource, { symbol }: Series): Promise<Result<never, NoAnswer>> {
  const coin = /^[A-Z0-9]{2,12}USD$/.test(symbol) ? await source.profile(symbol, 'crypto') : ok(null);
  if (!coin.ok) return coin;
  return refuse(coin.value === null ? { class: 'absent', detail: `the price source ${source.id} has no symbol ${symbol}` } : { class: 'coin' });
}

async function splitsOf(source: PriceSource, series: Series, missing: readonly MissingRange[]): Promise<Result<readonly DaySplit[] | null, PriceFailure>> {
  if (series.kind !== 'security') return ok([]);
  if (series.splitsKnown && !missing.some(({ force }) => force)) return ok(null);
  const splits = await source.splits(series.symbol);
  return splits.ok ? ok(goodSplits(splits.value)) : splits;
}

/** Once a day, above zero, and in fact a change. */
export function goodSplits(splits: readonly SourceSplit[]): DaySplit[] {
  const positive = splits.filter(({ numerator, denominator }) => Number(numerator) > 0 && Number(denominator) > 0 && numerator !== denominator);
  return [...new Map(positive.map(({ day, numerator, denominator }) => [day, { day: dayNumber(day), numerator, denominator }])).values()].sort((a, b) => a.day - b.day);
}
