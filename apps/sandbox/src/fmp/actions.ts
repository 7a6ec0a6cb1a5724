/** `/stable/splits`, `/stable/dividends`: what a company did to its shares, newest first. Known once their day has come. */
import { divide, multiply, round } from '@tidemark/money';
import type { FastifyInstance } from 'fastify';
import { addDays, lastClosed } from '../market/calendar.js';
import { dividendsOf, listed, quotedCloses, splitsOf, type Listing } from '../market/series.js';
import type { Sandbox } from '../server/sandbox.js';
import { jsonNumber } from '../wire/json-number.js';
import { atMost, needed, operation, type FmpQuery } from './fmp-operation.js';

export function actionRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const listingOf = (query: FmpQuery): Listing | undefined => listed(sandbox.world.world).get(needed(query, 'symbol').toUpperCase());
  operation(app, sandbox, 'splits', '/stable/splits', (query) => {
    const listing = listingOf(query);
    if (listing === undefined) return [];
    return splitsOf(sandbox.world.world, listing.security)
      .filter(({ date }) => date <= sandbox.clock.today())
      .reverse()
      .slice(0, atMost(query, 100))
      .map(({ date, numerator, denominator }) => ({ symbol: listing.symbol, date, numerator: jsonNumber(numerator), denominator: jsonNumber(denominator), splitType: 'stock-split' }));
  });
  operation(app, sandbox, 'dividends', '/stable/dividends', (query) => {
    const listing = listingOf(query);
    if (listing === undefined) return [];
    const splits = splitsOf(sandbox.world.world, listing.security);
    const closes = quotedCloses(sandbox.world.world, listing, lastClosed(sandbox.clock.now()));
    return dividendsOf(sandbox.world.world, listing.security)
      .filter(({ date }) => date <= sandbox.clock.today())
      .reverse()
      .slice(0, atMost(query, 100))
      .map(({ date, amount }) => {
        const adjusted = splits.filter((split) => date < split.date).reduce((paid, split) => divide(multiply(paid, split.denominator), split.numerator), amount!);
        const close = closes.findLast((row) => row.date <= date)?.close;
        return {
          symbol: listing.symbol,
          date,
          recordDate: date,
          paymentDate: addDays(date, 7),
          declarationDate: addDays(date, -14),
          adjDividend: jsonNumber(round(adjusted, 6)),
          dividend: jsonNumber(amount!),
          yield: jsonNumber(close === undefined ? '0' : round(divide(multiply(amount!, '400'), close), 8)),
          frequency: 'Quarterly',
        };
      });
  });
}
