/**
 * Financial Modeling Prep as a price source (https://site.financialmodelingprep.com/developer/docs/stable).
 * Securities are read from `non-split-adjusted`, whose fields are called `adj*` and are not adjusted all the same; `full` is adjusted for
 * splits, so it serves only what never splits: crypto and currencies. The profile of crypto is its quote; it is always in dollars.
 */
import { isDay } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import type { Decimal } from '@tidemark/money';
import { decimalAt, fieldsOf, listOf, misshapen, optionalText, textAt } from '@tidemark/providers';
import type { Fields } from '@tidemark/providers';
import { ok, refuse } from '@tidemark/kernel';
import type { PriceKind } from '../price-kind.js';
import type { Answer, PriceSource, SecurityIdKind, SourceClose, SourceSplit, SymbolMatch, SymbolProfile } from '../price-source.js';
import { FmpClient } from './fmp-client.js';
import type { FmpDeps, FmpSettings } from './fmp-client.js';
import { FMP } from './fmp-errors.js';

const DAYS_A_CALL = 5_000;
const MATCHES = '20';
const SEARCH: Readonly<Record<'cusip' | 'isin', { path: string; query: string }>> = { cusip: { path: 'search-cusip', query: 'cusip' }, isin: { path: 'search-isin', query: 'isin' } };

export function fmpSource(settings: FmpSettings, deps: FmpDeps): PriceSource {
  const client = new FmpClient(settings, deps);
  return {
    id: FMP,
    daysACall: DAYS_A_CALL,
    identifiers: ['isin', 'cusip'],
    closes: (symbol, kind, from, to) => closes(client, symbol, kind, from, to),
    splits: (symbol) => client.get('splits', 'splits', { symbol, limit: '1000' }, (body) => listOf(body, '').filter(({ fields }) => sameSymbol(fields, symbol)).map(({ fields, path }) => split(fields, path))),
    profile: (symbol, kind) => (kind === 'security' ? profile(client, symbol) : quoted(client, symbol)),
    byIdentifier: (kind, value) => byIdentifier(client, kind, value),
    byName: (name) => client.get('searchName', 'search-name', { query: name, limit: MATCHES }, (body) => listOf(body, '').map(({ fields, path }) => match(fields, path))),
    closesOn: (day) => closesOn(client, day),
    splitsBetween: (from, to) => client.get('splitsCalendar', 'splits-calendar', { from, to }, (body) => listOf(body, '').map(({ fields, path }) => ({ symbol: textAt(fields, 'symbol', path), ...split(fields, path) }))),
  };
}

function closes(client: FmpClient, symbol: string, kind: PriceKind, from: Day, to: Day): Answer<{ currency: string | null; closes: readonly SourceClose[] }> {
  const [path, field] = kind === 'security' ? ['non-split-adjusted', 'adjClose'] : ['full', 'close'];
  const operation = kind === 'security' ? 'historicalPriceEodNonSplitAdjusted' : 'historicalPriceEodFull';
  return client.get(operation, `historical-price-eod/${path}`, { symbol, from, to }, (body) => ({
    // Rows carry no currency; that of a security is in its profile, crypto and currencies are in dollars.
    currency: kind === 'security' ? null : 'USD',
    closes: listOf(body, '').filter(({ fields }) => sameSymbol(fields, symbol)).map(({ fields, path: at }) => ({ day: dayAt(fields, at), close: decimalAt(fields, field, at) })),
  }));
}

/** A row that names another symbol belongs to another answer. */
function sameSymbol(fields: Fields, symbol: string): boolean {
  return fields['symbol'] === undefined || fields['symbol'] === symbol;
}

function dayAt(fields: Fields, path: string): Day {
  const day = textAt(fields, 'date', path).slice(0, 10);
  return isDay(day) ? day : misshapen(`${path}.date`, 'a day such as 2026-11-20 is expected');
}

function split(fields: Fields, path: string): SourceSplit {
  return { day: dayAt(fields, path), numerator: decimalAt(fields, 'numerator', path), denominator: decimalAt(fields, 'denominator', path) };
}

function profile(client: FmpClient, symbol: string): Answer<SymbolProfile | null> {
  return client.get('profile', 'profile', { symbol }, (body) => {
    const row = listOf(body, '').find(({ fields }) => fields['symbol'] === symbol);
    if (!row) return null;
    const { fields, path } = row;
    return { symbol, kind: 'security', name: optionalText(fields, 'companyName', path), currency: optionalText(fields, 'currency', path), cusip: optionalText(fields, 'cusip', path), isin: optionalText(fields, 'isin', path), sector: optionalText(fields, 'sector', path) || null };
  });
}

function quoted(client: FmpClient, symbol: string): Answer<SymbolProfile | null> {
  return client.get('quote', 'quote', { symbol }, (body) => {
    const row = listOf(body, '').find(({ fields }) => fields['symbol'] === symbol);
    return row ? { symbol, kind: 'crypto', name: optionalText(row.fields, 'name', row.path), currency: 'USD', cusip: null, isin: null } : null;
  });
}

async function byIdentifier(client: FmpClient, kind: SecurityIdKind, value: string): Answer<readonly SymbolMatch[]> {
  if (kind === 'figi') return refuse({ class: 'final', detail: 'fmp knows no FIGI', retryAfterMs: null });
  const { path, query } = SEARCH[kind];
  return client.get(kind === 'isin' ? 'searchIsin' : 'searchCusip', path, { [query]: value }, (body) => listOf(body, '').map(({ fields, path: at }) => match(fields, at)));
}

function match(fields: Fields, path: string): SymbolMatch {
  return { symbol: textAt(fields, 'symbol', path), name: optionalText(fields, 'name', path) ?? optionalText(fields, 'companyName', path), currency: optionalText(fields, 'currency', path) };
}

/** `eod-bulk` of one day: every symbol in one answer (CSV). What is not in it is asked for by itself. */
async function closesOn(client: FmpClient, day: Day): Answer<ReadonlyMap<string, Decimal>> {
  const rows = await client.get('eodBulk', 'eod-bulk', { date: day }, (body) =>
    listOf(body, '').flatMap(({ fields, path }) => (fieldsOf(fields, path)['date'] === day ? [[textAt(fields, 'symbol', path), decimalAt(fields, 'close', path)] as const] : [])),
  );
  return rows.ok ? ok(new Map(rows.value)) : rows;
}
