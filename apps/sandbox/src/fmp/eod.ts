/**
 * `/stable/historical-price-eod/*`: one row a day, newest first. `full` and `light` are adjusted for later splits; `non-split-adjusted` is as it
 * was quoted, in fields that all the same begin with `adj`; `dividend-adjusted` is for splits and dividends. A day appears once it has closed.
 */
import { add, compare, divide, isZero, multiply, round, subtract, type Decimal } from '@tidemark/money';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { lastClosed } from '../market/calendar.js';
import { dividendsOf, listed, quotedCloses, splitsOf, type Listing, type Quoted } from '../market/series.js';
import { draw } from '../market/walk.js';
import type { Sandbox } from '../server/sandbox.js';
import { jsonNumber } from '../wire/json-number.js';
import { FmpError } from './fmp-error.js';
import { needed, operation, type FmpQuery } from './fmp-operation.js';
import { isWrongData, spoil } from './wrong-data.js';

const MOST_ROWS = 5_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type View = (symbol: string, row: Quoted) => object;

export function eodRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const route = (kind: string, name: string, view: View, adjust: (listing: Listing, rows: Quoted[]) => Quoted[]): void =>
    operation(app, sandbox, name, `/stable/historical-price-eod/${kind}`, (query, request) => {
      const listing = listed(sandbox.world.world).get(needed(query, 'symbol').toUpperCase());
      if (listing === undefined) return [];
      return within(query, wrong(sandbox, listing, adjust(listing, rowsOf(sandbox, listing)), request)).map((row) => view(listing.symbol, row));
    });
  const bySplits = (listing: Listing, rows: Quoted[]): Quoted[] => splitAdjusted(sandbox, listing, rows);
  route('full', 'historicalPriceEodFull', fullView, bySplits);
  route('light', 'historicalPriceEodLight', (symbol, row) => ({ symbol, date: row.date, price: jsonNumber(row.close), volume: volumeOf(symbol, row) }), bySplits);
  route('non-split-adjusted', 'historicalPriceEodNonSplitAdjusted', adjustedView, (_listing, rows) => rows);
  route('dividend-adjusted', 'historicalPriceEodDividendAdjusted', adjustedView, (listing, rows) => dividendAdjusted(sandbox, listing, splitAdjusted(sandbox, listing, rows)));
}

function rowsOf(sandbox: Sandbox, listing: Listing): Quoted[] {
  return quotedCloses(sandbox.world.world, listing, lastClosed(sandbox.clock.now()));
}

/** The rows between `from` and `to`, newest first. */
function within(query: FmpQuery, rows: Quoted[]): Quoted[] {
  const [from, to] = [query['from'] ?? '0000-01-01', query['to'] ?? '9999-12-31'];
  if (!DAY.test(from) || !DAY.test(to)) throw new FmpError('query');
  return rows.filter(({ date }) => date >= from && date <= to).reverse().slice(0, MOST_ROWS);
}

function wrong(sandbox: Sandbox, listing: Listing, rows: Quoted[], { call }: FastifyRequest): Quoted[] {
  const { fault } = call;
  if (fault?.kind !== 'wrong' || !isWrongData(fault.code)) return rows;
  return spoil(rows, fault.code, fault.day, dividendsOf(sandbox.world.world, listing.security).at(-1)?.amount ?? null);
}

function splitAdjusted(sandbox: Sandbox, listing: Listing, rows: Quoted[]): Quoted[] {
  const splits = splitsOf(sandbox.world.world, listing.security);
  if (splits.length === 0) return rows;
  return rows.map((row) => {
    const later = splits.filter(({ date }) => row.date < date);
    const adjust = (price: Decimal): Decimal => later.reduce((adjusted, split) => round(divide(multiply(adjusted, split.denominator), split.numerator), 4), price);
    return { date: row.date, open: adjust(row.open), high: adjust(row.high), low: adjust(row.low), close: adjust(row.close) };
  });
}

/** Each dividend lowers what stood before it by its share of the close before. */
function dividendAdjusted(sandbox: Sandbox, listing: Listing, rows: Quoted[]): Quoted[] {
  const dividends = dividendsOf(sandbox.world.world, listing.security).map(({ date, amount }) => {
    const before = rows.findLast((row) => row.date < date)?.close ?? '0';
    return { date, factor: isZero(before) ? '1' : divide(subtract(before, amount!), before) };
  });
  if (dividends.length === 0) return rows;
  return rows.map((row) => {
    const factor = dividends.filter(({ date }) => row.date < date).reduce((product, dividend) => round(multiply(product, dividend.factor), 18), '1');
    const adjust = (price: Decimal): Decimal => round(multiply(price, factor), 2);
    return { date: row.date, open: adjust(row.open), high: adjust(row.high), low: adjust(row.low), close: adjust(row.close) };
  });
}

function fullView(symbol: string, row: Quoted): object {
  const change = subtract(row.close, row.open);
  return {
    symbol,
    date: row.date,
    open: jsonNumber(row.open),
    high: jsonNumber(row.high),
    low: jsonNumber(row.low),
    close: jsonNumber(row.close),
    volume: volumeOf(symbol, row),
    change: jsonNumber(change),
    changePercent: jsonNumber(compare(row.open, '0') === 0 ? '0' : round(divide(multiply(change, '100'), row.open), 5)),
    vwap: jsonNumber(round(divide(add(row.high, add(row.low, row.close)), '3'), 4)),
  };
}

function adjustedView(symbol: string, row: Quoted): object {
  return { symbol, date: row.date, adjOpen: jsonNumber(row.open), adjHigh: jsonNumber(row.high), adjLow: jsonNumber(row.low), adjClose: jsonNumber(row.close), volume: volumeOf(symbol, row) };
}

function volumeOf(symbol: string, { date }: Quoted): number {
  return 1_000_000 + (draw(`${symbol}/volume`, Number(date.replaceAll('-', ''))) % 40_000_000);
}
