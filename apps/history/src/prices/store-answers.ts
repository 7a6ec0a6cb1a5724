/**
 * Writes what a source answered, for any number of symbols at once: closes, splits, what is now known to have none, what was kept apart,
 * and the events that say so, in one transaction; the wants that it answers are gone with it. A close that is stored is replaced only where a
 * correction was asked for, and never by a suspicious one.
 */
import type { PricesObserved } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { dayOf } from '@tidemark/market';
import type { DayNumber } from '@tidemark/market';
import { compare, decimal } from '@tidemark/money';
import type { Series } from './claim.js';
import type { DayRange } from './ask.decide.js';
import { LeaseLost } from './deps.js';
import type { PriceDeps } from './deps.js';
import { firstDayOf, monthOf, multirange, within } from './day-sets.js';
import type { DayClose, DaySplit, Quarantined } from './gate.decide.js';
import { readSeries } from './price-book.js';

export interface CheckedAnswer {
  readonly series: Series;
  readonly currency: string;
  /** What the answer is about: days in here without a close have none. */
  readonly told: readonly DayRange[];
  /** Where stored closes may be replaced. */
  readonly forced: readonly DayRange[];
  readonly good: readonly DayClose[];
  readonly quarantined: readonly Quarantined[];
  /** Null where they were not asked for. */
  readonly splits: readonly DaySplit[] | null;
}

export interface Stored {
  readonly added: number;
  readonly corrected: number;
  /** Runs of the wants that were answered. */
  readonly runIds: readonly string[];
}

interface Change {
  readonly answer: CheckedAnswer;
  readonly added: readonly DayClose[];
  readonly corrected: readonly DayClose[];
  readonly splits: readonly DaySplit[];
}

const CLOSES_AN_EVENT = 1_000;
const NOT_PUBLISHED = 'the source has not published the day yet';
/** Doubles up to four hours, for asking again costs. */
const LATE_WAIT_MS = 900_000;

/** @throws LeaseLost where another worker has one of the symbols: then nothing is written */
export async function storeAnswers(deps: Pick<PriceDeps, 'log' | 'newId' | 'clock' | 'source' | 'metrics'>, worker: string, answers: readonly CheckedAnswer[]): Promise<Stored> {
  const done = await deps.log.transaction(async (tx) => {
    await fenced(tx, worker, answers);
    const changes = await changesOf(tx, answers);
    await writeMonths(tx, changes);
    await writeSplits(tx, changes);
    await writeQuarantine(tx, answers, deps.source?.id ?? '');
    const runIds = await writeSeries(tx, changes);
    for (const change of changes) appendObserved(deps, tx, change);
    const counts = { added: changes.reduce((sum, { added }) => sum + added.length, 0), corrected: changes.reduce((sum, { corrected }) => sum + corrected.length, 0) };
    if (runIds.length > 0) await tx.query('UPDATE price_refresh SET stored = stored + $2, corrected = corrected + $3 WHERE run_id = ANY($1::uuid[])', [runIds, counts.added, counts.corrected]);
    return { ...counts, runIds };
  });
  if (!done.ok) throw new Error(`prices could not be appended: ${JSON.stringify(done.error)}`);
  for (const [reason, list] of Map.groupBy(answers.flatMap(({ quarantined }) => quarantined), (one) => one.reason)) deps.metrics.quarantined(reason, list.length);
  return done.value.value;
}

async function fenced(tx: LogTransaction, worker: string, answers: readonly CheckedAnswer[]): Promise<void> {
  const held = answers.map(({ series }) => series);
  const { rowCount } = await tx.query(
    `SELECT 1 FROM price_series s JOIN unnest($2::text[], $3::int[]) AS h(symbol, fence) ON s.symbol = h.symbol AND s.fence = h.fence WHERE s.locked_by = $1 ORDER BY s.symbol FOR NO KEY UPDATE OF s`,
    [worker, held.map(({ symbol }) => symbol), held.map(({ fence }) => fence)],
  );
  if (rowCount !== held.length) throw new LeaseLost(held.map(({ symbol }) => symbol).slice(0, 5).join(', '));
}

async function changesOf(tx: LogTransaction, answers: readonly CheckedAnswer[]): Promise<Change[]> {
  const days = answers.flatMap(({ good }) => good.map(({ day }) => day));
  const symbols = answers.map(({ series }) => series.symbol);
  const last = days.reduce((most, day) => Math.max(most, day), 0);
  const stored = await readSeries(tx, symbols, days.reduce((least, day) => Math.min(least, day), last), last);
  const covered = await coveredOf(tx, symbols);
  return answers.map((answer) => {
    const known = new Map((stored.closes.get(answer.series.symbol) ?? []).map(({ day, close }) => [day, close]));
    const splits = new Map((stored.splits.get(answer.series.symbol) ?? []).map((split) => [split.day, split]));
    const before = covered.get(answer.series.symbol) ?? [];
    // A day that was said to have no close has one after all: whoever rested on that is told, as of a close that changed.
    const added = answer.good.filter(({ day }) => !known.has(day) && within(answer.told, day) && !within(before, day));
    const corrected = answer.good.filter(({ day, close }) => (known.has(day) ? within(answer.forced, day) && compare(known.get(day) as string, close) !== 0 : within(answer.told, day) && within(before, day)));
    const changedSplits = (answer.splits ?? []).filter((split) => {
      const old = splits.get(split.day);
      return !old || compare(old.numerator, split.numerator) !== 0 || compare(old.denominator, split.denominator) !== 0;
    });
    return { answer, added, corrected, splits: changedSplits };
  });
}

async function coveredOf(tx: LogTransaction, symbols: readonly string[]): Promise<Map<string, DayRange[]>> {
  const { rows } = await tx.query<{ symbol: string } & DayRange>('SELECT s.symbol, lower(r) AS from, upper(r) - 1 AS to FROM price_series s, unnest(s.covered) AS r WHERE s.symbol = ANY($1::text[])', [symbols]);
  return Map.groupBy(rows, ({ symbol }) => symbol);
}

/** Months are read and written whole: the rows are locked by their series. */
async function writeMonths(tx: LogTransaction, changes: readonly Change[]): Promise<void> {
  const months: { symbol: string; month: number; day: number; close: string }[] = [];
  for (const { answer, added, corrected } of changes) {
    for (const { day, close } of [...added, ...corrected]) months.push({ symbol: answer.series.symbol, month: monthOf(day), day: day - firstDayOf(monthOf(day)) + 1, close });
  }
  if (months.length === 0) return;
  await tx.query(
    `INSERT INTO price_month (symbol, month, closes)
     SELECT n.symbol, n.month, (SELECT array_agg(coalesce(c.close, m.closes[d.day]) ORDER BY d.day) FROM generate_series(1, greatest(max(n.day), coalesce(array_length(m.closes, 1), 0))) AS d(day)
       LEFT JOIN unnest(array_agg(n.day), array_agg(n.close)) AS c(day, close) ON c.day = d.day)
     FROM unnest($1::text[], $2::int[], $3::int[], $4::numeric[]) AS n(symbol, month, day, close) LEFT JOIN price_month m ON m.symbol = n.symbol AND m.month = n.month
     GROUP BY n.symbol, n.month, m.closes
     ON CONFLICT (symbol, month) DO UPDATE SET closes = excluded.closes`,
    [months.map((row) => row.symbol), months.map((row) => row.month), months.map((row) => row.day), months.map((row) => row.close)],
  );
}

async function writeSplits(tx: LogTransaction, changes: readonly Change[]): Promise<void> {
  const rows = changes.flatMap(({ answer, splits }) => splits.map((split) => ({ symbol: answer.series.symbol, ...split })));
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO price_split (symbol, day, numerator, denominator) SELECT * FROM unnest($1::text[], $2::int[], $3::numeric[], $4::numeric[])
     ON CONFLICT (symbol, day) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator`,
    [rows.map((row) => row.symbol), rows.map((row) => row.day), rows.map((row) => row.numerator), rows.map((row) => row.denominator)],
  );
}

/** What was not asked for is no question that waits for a better answer. The waits double from six hours to a week. */
async function writeQuarantine(tx: LogTransaction, answers: readonly CheckedAnswer[], source: string): Promise<void> {
  const good = answers.flatMap(({ series, good: closes }) => closes.map(({ day }) => ({ symbol: series.symbol, day })));
  await tx.query('DELETE FROM price_quarantine q USING unnest($1::text[], $2::int[]) AS g(symbol, day) WHERE q.symbol = g.symbol AND q.day = g.day', [good.map((row) => row.symbol), good.map((row) => row.day)]);
  const rows = new Map(answers.flatMap(({ series, quarantined }) => quarantined.filter(({ reason }) => reason !== 'out_of_range').map((one) => [`${series.symbol} ${one.day}`, { symbol: series.symbol, ...one }] as const)));
  if (rows.size === 0) return;
  const all = [...rows.values()];
  await tx.query(
    `INSERT INTO price_quarantine (symbol, day, close, reason, source, again_at) SELECT q.symbol, q.day, q.close, q.reason, $5, CASE WHEN q.reason = 'not_a_trading_day' THEN 'infinity' ELSE now() + interval '6 hours' END
     FROM unnest($1::text[], $2::int[], $3::numeric[], $4::text[]) AS q(symbol, day, close, reason)
     ON CONFLICT (symbol, day) DO UPDATE SET close = excluded.close, reason = excluded.reason, source = excluded.source, seen_at = now(), times = price_quarantine.times + 1,
       again_at = CASE WHEN excluded.again_at = 'infinity' THEN excluded.again_at ELSE now() + least(interval '7 days', interval '6 hours' * 2 ^ least(price_quarantine.times, 5)) END`,
    [all.map((row) => row.symbol), all.map((row) => row.day), all.map((row) => row.close), all.map((row) => row.reason), source],
  );
}

/** Also gives the symbols back: to whoever wants more of them, or, where the source has not published what is wanted, for later. @returns the runs whose wants are answered */
async function writeSeries(tx: LogTransaction, changes: readonly Change[]): Promise<string[]> {
  const changed = ({ added, corrected, splits }: Change): boolean => added.length + corrected.length + splits.length > 0;
  await tx.query(
    `UPDATE price_series s SET currency = n.currency, covered = s.covered + n.told::int4multirange, version = s.version + n.changed::int, splits_at = CASE WHEN n.splits THEN now() ELSE s.splits_at END, final = false,
       locked_by = NULL, locked_until = NULL, failure = CASE WHEN late.is THEN '${NOT_PUBLISHED}' END, attempts = CASE WHEN late.is THEN s.attempts ELSE 0 END,
       next_attempt_at = CASE WHEN late.is THEN now() + $7::interval * 2 ^ least(s.attempts - 1, 4) ELSE now() END
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::bool[], $6::timestamptz[]) AS n(symbol, currency, told, changed, splits, claimed_at),
       LATERAL (SELECT EXISTS (SELECT 1 FROM price_series c JOIN price_want w USING (symbol) WHERE c.symbol = n.symbol AND w.wanted_at <= n.claimed_at AND NOT (c.covered + n.told::int4multirange) @> int4range(w.first_day, w.last_day, '[]')) AS is) late
     WHERE s.symbol = n.symbol`,
    [
      changes.map(({ answer }) => answer.series.symbol), changes.map(({ answer }) => answer.currency), changes.map(({ answer }) => multirange(answer.told)), changes.map(changed), changes.map(({ answer }) => answer.splits !== null),
      changes.map(({ answer }) => answer.series.claimedAt), `${LATE_WAIT_MS} milliseconds`,
    ],
  );
  const { rows } = await tx.query<{ runId: string }>(
    `DELETE FROM price_want w USING price_series s, unnest($1::text[], $2::timestamptz[]) AS n(symbol, claimed_at)
     WHERE w.symbol = n.symbol AND s.symbol = n.symbol AND s.covered @> int4range(w.first_day, w.last_day, '[]') AND (NOT w.force OR w.wanted_at <= n.claimed_at) RETURNING w.run_id AS "runId"`,
    [changes.map(({ answer }) => answer.series.symbol), changes.map(({ answer }) => answer.series.claimedAt)],
  );
  return [...new Set(rows.map(({ runId }) => runId))];
}

function appendObserved({ newId, clock, source }: Pick<PriceDeps, 'newId' | 'clock' | 'source'>, tx: LogTransaction, { answer, added, corrected, splits }: Change): void {
  const { series, told, currency } = answer;
  const first = told[0];
  if (!first) return;
  const time = new Date(clock.now()).toISOString();
  const about = { from: dayOf(first.from), to: dayOf(told.reduce((last, { to }) => Math.max(last, to), first.to)) };
  const event = (prices: readonly DayClose[], news: readonly DaySplit[], isCorrected: boolean, range: { from: string; to: string }) => {
    const data: PricesObserved = { symbol: series.symbol, kind: series.kind, currency, source: source?.id ?? '', ...range, prices: prices.map(({ day, close }) => ({ day: dayOf(day), close: decimal(close) })), splits: news.map(observedSplit), corrected: isCorrected };
    return { id: newId(), type: 'PricesObserved', time, data };
  };
  const events = pages(added, about).map(({ closes, range }, page) => event(closes, page === 0 ? splits.slice(-200) : [], false, range));
  const corrections = pages(corrected, null).map(({ closes, range }) => event(closes, [], true, range));
  tx.append({ userId: `~symbol:${series.symbol}`, stream: `prices-${series.symbol}`, expectedVersion: 'any', events: [...events, ...corrections] });
}

function observedSplit({ day, numerator, denominator }: DaySplit): { day: string; numerator: string; denominator: string } {
  return { day: dayOf(day), numerator: decimal(numerator), denominator: decimal(denominator) };
}

/** Events are limited in size: what is told of is cut where a page of closes ends. @param about null: of the closes themselves alone */
function pages(closes: readonly DayClose[], about: { from: string; to: string } | null): { closes: readonly DayClose[]; range: { from: string; to: string } }[] {
  if (closes.length === 0) return about ? [{ closes, range: about }] : [];
  const made: { closes: readonly DayClose[]; range: { from: string; to: string } }[] = [];
  for (let start = 0; start < closes.length; start += CLOSES_AN_EVENT) {
    const page = closes.slice(start, start + CLOSES_AN_EVENT);
    const next = closes[start + CLOSES_AN_EVENT];
    const begin: DayNumber = page[0]?.day ?? 0;
    const end = page.at(-1)?.day ?? begin;
    made.push({ closes: page, range: { from: start === 0 && about ? about.from : dayOf(begin), to: next ? dayOf(next.day - 1) : (about?.to ?? dayOf(end)) } });
  }
  return made;
}
