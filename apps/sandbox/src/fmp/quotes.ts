/** `/stable/quote`, `/stable/batch-quote`: the price now, beside the last close. An unknown symbol is no error, its row is just not there. */
import { compare, divide, isZero, multiply, round, subtract, sum, type Decimal } from '@tidemark/money';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { lastClosed } from '../market/calendar.js';
import { listed, quotedCloses, type Listing } from '../market/series.js';
import type { Sandbox } from '../server/sandbox.js';
import { jsonNumber, jsonNumberOrNull } from '../wire/json-number.js';
import { exchangeOf } from './directory.js';
import { needed, operation } from './fmp-operation.js';

export function quoteRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const quotes = (symbols: string[], request: FastifyRequest): object[] => {
    const all = listed(sandbox.world.world);
    return symbols.flatMap((symbol) => {
      const listing = all.get(symbol.trim().toUpperCase());
      const price = listing === undefined ? null : sandbox.market.priceOf(listing);
      return listing === undefined || price === null ? [] : [quoteView(sandbox, listing, wrongPrice(price, request))];
    });
  };
  operation(app, sandbox, 'quote', '/stable/quote', (query, request) => quotes([needed(query, 'symbol')], request));
  operation(app, sandbox, 'batchQuote', '/stable/batch-quote', (query, request) => quotes(needed(query, 'symbols').split(','), request));
}

function wrongPrice(price: Decimal, { call }: FastifyRequest): Decimal {
  if (call.fault?.kind !== 'wrong') return price;
  const wrong: Record<string, Decimal> = { zero: '0', negative: `-${price}`, spike: multiply(price, '100'), dividend_as_price: '0.25' };
  return wrong[call.fault.code ?? ''] ?? price;
}

function quoteView(sandbox: Sandbox, listing: Listing, price: Decimal): object {
  const now = sandbox.clock.now();
  const year = quotedCloses(sandbox.world.world, listing, lastClosed(now)).slice(-252);
  const closes = year.map(({ close }) => close);
  const before = closes.at(-1) ?? price;
  const change = subtract(price, before);
  const least = (values: Decimal[], sign: number): Decimal => values.reduce((a, b) => (compare(a, b) * sign <= 0 ? a : b), price);
  const mean = (values: Decimal[]): Decimal => (values.length === 0 ? price : round(divide(sum(values), String(values.length)), 4));
  return {
    symbol: listing.symbol,
    name: listing.name,
    price: jsonNumber(price),
    changePercentage: jsonNumber(isZero(before) ? '0' : round(divide(multiply(change, '100'), before), 5)),
    change: jsonNumber(change),
    volume: 1_000_000,
    dayLow: jsonNumber(least([before], 1)),
    dayHigh: jsonNumber(least([before], -1)),
    yearHigh: jsonNumber(least(closes, -1)),
    yearLow: jsonNumber(least(closes, 1)),
    marketCap: jsonNumberOrNull(listing.session === 'fx' ? null : multiply(price, '1000000000')),
    priceAvg50: jsonNumber(mean(closes.slice(-50))),
    priceAvg200: jsonNumber(mean(closes.slice(-200))),
    exchange: exchangeOf(listing)[0],
    open: jsonNumber(year.at(-1)?.open ?? price),
    previousClose: jsonNumber(before),
    timestamp: Math.floor(now.getTime() / 1000),
  };
}
