/**
 * What of an asset a price source may be asked: its ticker where the id holds a market's, its numbers, its name. Cash is its own price, an
 * option's contract and an institution's own code are no symbols: none of these is ever sent to a source.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { parseAssetId } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { SecurityIdKind } from '../price-source/price-source.js';

/** What is known of an asset beside its id. */
export interface KnownOfAsset {
  readonly name: string | null;
  readonly currency: string | null;
  readonly cusip: string | null;
  readonly isin: string | null;
  readonly figi: string | null;
}

export interface Plan {
  readonly kind: 'security' | 'crypto';
  /** Symbols that the source may know it by, best first. */
  readonly tickers: readonly string[];
  readonly numbers: readonly { readonly kind: SecurityIdKind; readonly value: string }[];
  readonly name: string | null;
}

const SYMBOL = /^[A-Z0-9.\-^=/_]{1,60}$/;
/** Shorter names are like too many. */
const LEAST_NAME = 4;

export const NOTHING_KNOWN: KnownOfAsset = { name: null, currency: null, cusip: null, isin: null, figi: null };

export function knownOf(line: BalanceLine | null): KnownOfAsset {
  if (line === null) return NOTHING_KNOWN;
  const { cusip, isin, figi } = line.identifiers ?? {};
  return { name: line.name ?? null, currency: line.currency ?? null, cusip: cusip ?? null, isin: isin ?? null, figi: figi ?? null };
}

/** Null: no source is ever asked about this asset. */
export function planFor(asset: AssetId, known: KnownOfAsset): Plan | null {
  const parsed = parseAssetId(asset);
  if (!parsed) return null;
  const { kind, symbol } = parsed;
  const name = known.name !== null && known.name.trim().length >= LEAST_NAME ? known.name.trim() : null;
  const numbers = numbersOf(known);
  if (kind === 'crypto') return { kind: 'crypto', tickers: [`${symbol}USD`].filter((ticker) => SYMBOL.test(ticker)), numbers: [], name: null };
  if (kind === 'equity' || kind === 'etf' || kind === 'fund') return { kind: 'security', tickers: tickersOf(symbol), numbers, name };
  if (kind === 'bond') return { kind: 'security', tickers: [], numbers: numbersOf({ ...known, ...(symbol.length === 9 ? { cusip: symbol } : { isin: symbol }) }), name: null };
  return kind === 'provider' ? { kind: 'security', tickers: [], numbers, name } : null;
}

/** Classes of shares are written BRK.B, BRK/B and BRK-B. */
function tickersOf(symbol: string): string[] {
  const dashed = symbol.replace(/^([A-Z0-9]+)[./]([A-Z])$/, '$1-$2');
  return [...new Set([symbol.includes('/') ? dashed : symbol, dashed])].filter((ticker) => SYMBOL.test(ticker));
}

/** An American ISIN holds the CUSIP, for sources that look up no ISIN. */
function numbersOf({ cusip, isin, figi }: KnownOfAsset): Plan['numbers'] {
  const inIsin = cusip === null && isin !== null && /^(US|CA)[0-9A-Z]{9}\d$/.test(isin) ? isin.slice(2, 11) : null;
  const wanted: readonly (readonly [SecurityIdKind, string | null])[] = [['cusip', cusip], ['isin', isin], ['figi', figi], ['cusip', inIsin]];
  return wanted.flatMap(([kind, value]) => (value === null || value.trim() === '' ? [] : [{ kind, value: value.trim().toUpperCase() }]));
}
