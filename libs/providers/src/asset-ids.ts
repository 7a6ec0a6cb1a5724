/** What both providers' instruments have in common: spelling of tickers, OCC symbols, identifiers of bonds. Pure. */
import { assetId, isCurrency, multiply, parseAssetId } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';

const OCC = /^([A-Z0-9.]{1,6})(\d{6})([CP])(\d{8})$/;
const CUSIP = /^[0-9A-Z*@#]{8}\d$/;
const ISIN = /^[A-Z]{2}[A-Z0-9]{9}\d$/;

/** `BRK/B`, `BRK-B` and `BRK B` are one share class, `BRK.B`. */
export function ticker(written: string): string {
  return written.trim().toUpperCase().replace(/^([A-Z]{1,5})[ /-]([A-Z])$/, '$1.$2');
}

/** The asset id, or null where the symbol has no form that this kind of asset can have. */
export function marketAsset(kind: 'equity' | 'etf' | 'fund' | 'crypto', symbol: string): AssetId | null {
  const id = assetId(kind, kind === 'crypto' ? symbol.trim().toUpperCase() : ticker(symbol));
  return parseAssetId(id) === null ? null : id;
}

/** `AAPL  261218C00240000` (OCC, 21 characters, padded) without its padding; null where it is no OCC symbol. */
export function occAsset(symbol: string): AssetId | null {
  const compact = symbol.toUpperCase().replace(/\s+/g, '');
  return OCC.test(compact) ? assetId('option', compact) : null;
}

/** The OCC symbol from its parts: root, YYMMDD, C or P, strike × 1000 in eight digits. Null where a part does not fit. */
export function occAssetFromParts(parts: { underlying: string; expiration: string; type: string; strike: Decimal }): AssetId | null {
  const date = /^\d{2}(\d{2}-\d{2}-\d{2})$/.exec(parts.expiration)?.[1];
  const side = parts.type.slice(0, 1).toUpperCase();
  const thousandths = multiply(parts.strike, '1000');
  if (date === undefined || !/^\d{1,8}$/.test(thousandths)) return null;
  return occAsset(`${parts.underlying.replace(/[^A-Za-z0-9.]/g, '')}${date.replaceAll('-', '')}${side}${thousandths.padStart(8, '0')}`);
}

/** By CUSIP, else by ISIN; null where neither is known or well formed. */
export function bondAsset(cusip: string | null, isin: string | null): AssetId | null {
  if (cusip !== null && CUSIP.test(cusip)) return assetId('bond', cusip);
  return isin !== null && ISIN.test(isin) ? assetId('bond', isin) : null;
}

/**
 * Whether a symbol is the CUSIP of a debt: its check digit holds, and its issue number (characters 7 and 8) has a letter, as
 * CUSIP Global Services numbers fixed income; equities have two digits there.
 */
export function isDebtCusip(symbol: string): boolean {
  if (!CUSIP.test(symbol) || !/[A-Z]/.test(symbol.slice(6, 8))) return false;
  const values = [...symbol.slice(0, 8)].map((character, index) => (index % 2 === 1 ? 2 : 1) * (/\d/.test(character) ? Number(character) : '*@#'.includes(character) ? 36 + '*@#'.indexOf(character) : character.charCodeAt(0) - 55));
  const total = values.reduce((sum, value) => sum + Math.floor(value / 10) + (value % 10), 0);
  return (10 - (total % 10)) % 10 === Number(symbol[8]);
}

/** Cash in a currency of ISO's list; a code that is not in it stays the provider's own. */
export function currencyAsset(provider: string, code: string): AssetId {
  const official: boolean = isCurrency(code);
  return official ? assetId('currency', code) : unofficialCurrency(provider, code);
}

/** Cash in a code that the provider itself says is not ISO's, even where it is spelt like one. */
export function unofficialCurrency(provider: string, code: string): AssetId {
  return providerAsset(provider, `currency:${code}`);
}

/** What no market knows, under the provider's own id. */
export function providerAsset(provider: string, id: string): AssetId {
  return assetId('provider', `${provider}:${id}`).slice(0, 240);
}
