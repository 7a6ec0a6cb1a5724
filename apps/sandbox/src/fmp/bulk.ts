/** What is answered of all symbols at once: `/stable/eod-bulk`, the bars of one day as CSV, and `/stable/splits-calendar`, the splits between two days. */
import type { FastifyInstance } from 'fastify';
import { lastClosed } from '../market/calendar.js';
import { listed, quotedCloses, splitsOf } from '../market/series.js';
import type { Sandbox } from '../server/sandbox.js';
import { jsonNumber } from '../wire/json-number.js';
import { FmpError } from './fmp-error.js';
import { needed, operation } from './fmp-operation.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const COLUMNS = ['symbol', 'date', 'open', 'low', 'high', 'close', 'adjClose', 'volume'];

export function bulkRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const all = () => [...listed(sandbox.world.world).values()];
  operation(app, sandbox, 'eodBulk', '/stable/eod-bulk', (query) => {
    const date = dayOf(needed(query, 'date'));
    const closed = lastClosed(sandbox.clock.now());
    const rows = all().flatMap((listing) => quotedCloses(sandbox.world.world, listing, closed).filter((row) => row.date === date).map((row) => [listing.symbol, date, row.open, row.low, row.high, row.close, row.close, '1000000']));
    return [COLUMNS, ...rows].map((row) => row.map((value) => `"${value}"`).join(',')).join('\n');
  });
  operation(app, sandbox, 'splitsCalendar', '/stable/splits-calendar', (query) => {
    const [from, to] = [dayOf(query['from'] ?? '1970-01-01'), dayOf(query['to'] ?? sandbox.clock.today())];
    return all().flatMap((listing) =>
      splitsOf(sandbox.world.world, listing.security)
        .filter(({ date }) => date >= from && date <= to && date <= sandbox.clock.today())
        .map(({ date, numerator, denominator }) => ({ symbol: listing.symbol, date, numerator: jsonNumber(numerator), denominator: jsonNumber(denominator), splitType: 'stock-split' })),
    );
  });
}

function dayOf(text: string): string {
  if (!DAY.test(text)) throw new FmpError('query');
  return text;
}
