/** `/stable/search-*` and `/stable/profile`: what is listed, by symbol, name or number. No match is an empty list with status 200. */
import { multiply } from '@tidemark/money';
import type { FastifyInstance } from 'fastify';
import { dividendsOf, listed, type Listing } from '../market/series.js';
import type { Sandbox } from '../server/sandbox.js';
import { jsonNumberOrNull } from '../wire/json-number.js';
import type { Security } from '../world/world.js';
import { atMost, needed, operation } from './fmp-operation.js';

const EXCHANGES: Record<string, readonly [code: string, name: string]> = {
  XNAS: ['NASDAQ', 'NASDAQ Global Select'],
  XNYS: ['NYSE', 'New York Stock Exchange'],
  ARCX: ['AMEX', 'New York Stock Exchange Arca'],
  XLON: ['LSE', 'London Stock Exchange'],
  XAMS: ['AMS', 'Euronext Amsterdam'],
  XETR: ['XETRA', 'Deutsche Börse'],
};

export function exchangeOf({ session, security }: Listing): readonly [code: string, name: string] {
  if (session === 'crypto') return ['CRYPTO', 'CCC'];
  if (session === 'fx') return ['FOREX', 'FOREX'];
  return EXCHANGES[security?.mic ?? ''] ?? ['NASDAQ', 'NASDAQ Global Select'];
}

export function directoryRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const all = (): Listing[] => [...listed(sandbox.world.world).values()];
  const worth = (listing: Listing): unknown => {
    const price = listing.session === 'fx' ? null : sandbox.market.priceOf(listing);
    return jsonNumberOrNull(price === null ? null : multiply(price, '1000000000'));
  };
  const found = (name: string, path: string, matches: (listing: Listing, query: string) => boolean): void =>
    operation(app, sandbox, name, path, (query) => {
      const wanted = needed(query, 'query').toUpperCase();
      const exchange = query['exchange'];
      return all()
        .filter((listing) => matches(listing, wanted) && (exchange === undefined || exchangeOf(listing)[0] === exchange))
        .slice(0, atMost(query, 50))
        .map((listing) => ({ symbol: listing.symbol, name: listing.name, currency: listing.currency, exchangeFullName: exchangeOf(listing)[1], exchange: exchangeOf(listing)[0] }));
    });
  found('searchSymbol', '/stable/search-symbol', ({ symbol }, query) => symbol.startsWith(query));
  found('searchName', '/stable/search-name', ({ name, symbol }, query) => name.toUpperCase().includes(query) || symbol.startsWith(query));
  operation(app, sandbox, 'searchCusip', '/stable/search-cusip', (query) => {
    const cusip = needed(query, 'cusip');
    return all().filter(({ security }) => security?.cusip === cusip).map((listing) => ({ symbol: listing.symbol, companyName: listing.name, cusip, marketCap: worth(listing) }));
  });
  operation(app, sandbox, 'searchIsin', '/stable/search-isin', (query) => {
    const isin = needed(query, 'isin');
    return all().filter(({ security }) => security?.isin === isin).map((listing) => ({ symbol: listing.symbol, name: listing.name, isin, marketCap: worth(listing) }));
  });
  operation(app, sandbox, 'profile', '/stable/profile', (query) => {
    const listing = listed(sandbox.world.world).get(needed(query, 'symbol').toUpperCase());
    return listing === undefined || listing.security === null ? [] : [profileView(sandbox, listing, listing.security, worth(listing))];
  });
}

function profileView(sandbox: Sandbox, listing: Listing, security: Security, marketCap: unknown): object {
  const [exchange, exchangeFullName] = exchangeOf(listing);
  return {
    symbol: listing.symbol,
    price: jsonNumberOrNull(sandbox.market.priceOf(listing)),
    marketCap,
    beta: null,
    lastDividend: jsonNumberOrNull(dividendsOf(sandbox.world.world, security).at(-1)?.amount ?? '0'),
    range: null,
    change: null,
    changePercentage: null,
    volume: null,
    averageVolume: null,
    companyName: security.name,
    currency: security.currency,
    cik: null,
    isin: security.isin ?? null,
    cusip: security.cusip ?? null,
    exchangeFullName,
    exchange,
    industry: security.industry ?? null,
    website: null,
    description: null,
    ceo: null,
    sector: security.sector ?? null,
    country: security.isin?.slice(0, 2) ?? null,
    fullTimeEmployees: null,
    phone: null,
    address: null,
    city: null,
    state: null,
    zip: null,
    image: null,
    ipoDate: null,
    defaultImage: true,
    isEtf: security.kind === 'etf',
    isActivelyTrading: true,
    isAdr: security.kind === 'adr',
    isFund: security.kind === 'fund' || security.kind === 'money_market',
  };
}
