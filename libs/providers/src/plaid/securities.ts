/** Plaid's securities and the asset each of them is. Pure. */
import type { BalanceLine } from '@tidemark/contracts';
import { isCurrency } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { bondAsset, marketAsset, occAsset, occAssetFromParts, providerAsset } from '../asset-ids.js';
import { listAt, optionalDecimal, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';

const PROVIDER = 'plaid';

export interface PlaidSecurity {
  readonly id: string;
  readonly asset: AssetId;
  /** Set where the security is cash: the currency its quantity counts, or null where the holding's own currency says it. */
  readonly cash: { readonly currency: string | null } | null;
  readonly name: string | null;
  readonly symbol: string | null;
  readonly type: string | null;
  readonly closePrice: Decimal | null;
  readonly identifiers: NonNullable<BalanceLine['identifiers']>;
}

/** By Plaid's security id. */
export function securitiesOf(answer: Fields): ReadonlyMap<string, PlaidSecurity> {
  return new Map(listAt(answer, 'securities', '').map(({ fields, path }) => {
    const security = securityOf(fields, path);
    return [security.id, security];
  }));
}

/** A security that a holding or transaction names and the answer does not describe. */
export function undescribed(id: string): PlaidSecurity {
  return { id, asset: providerAsset(PROVIDER, id), cash: null, name: null, symbol: null, type: null, closePrice: null, identifiers: { providerSecurityId: id } };
}

function securityOf(fields: Fields, path: string): PlaidSecurity {
  const text = (key: string) => optionalText(fields, key, path);
  const id = textAt(fields, 'security_id', path);
  const marks = { cusip: text('cusip'), isin: text('isin'), figi: text('figi'), sedol: text('sedol') };
  const symbol = text('ticker_symbol');
  const type = text('type');
  const named = { id, type, symbol, name: text('name')?.slice(0, 300) ?? null, closePrice: optionalDecimal(fields, 'close_price', path), identifiers: identifiersOf(id, marks) };
  if (type === 'cash') return { ...named, asset: providerAsset(PROVIDER, id), cash: { currency: quotedCurrency(symbol) } };
  const identified = marks.cusip !== null || marks.isin !== null || marks.figi !== null || marks.sedol !== null || text('market_identifier_code') !== null;
  const market = isMarketTicker(symbol, text('institution_security_id'), identified) ? symbol : null;
  return { ...named, cash: null, asset: assetOf(fields, path, { type, market, symbol, ...marks }) ?? providerAsset(PROVIDER, id) };
}

interface Marks {
  readonly type: string | null;
  readonly market: string | null;
  readonly symbol: string | null;
  readonly cusip: string | null;
  readonly isin: string | null;
}

function assetOf(fields: Fields, path: string, marks: Marks): AssetId | null {
  switch (marks.type) {
    case 'equity':
      return marks.market === null ? null : marketAsset('equity', marks.market);
    case 'etf':
      return marks.market === null ? null : marketAsset('etf', marks.market);
    case 'mutual fund':
      return marks.market === null ? null : marketAsset('fund', marks.market);
    case 'cryptocurrency':
      return marks.symbol === null ? null : marketAsset('crypto', marks.symbol.replace(/^CUR:/, ''));
    case 'derivative':
      return optionAsset(fields, path, marks.symbol);
    case 'fixed income':
      return bondAsset(marks.cusip, marks.isin);
    default:
      return null;
  }
}

function optionAsset(fields: Fields, path: string, symbol: string | null): AssetId | null {
  const written = symbol === null ? null : occAsset(symbol);
  const contract = optionalFields(fields, 'option_contract', path);
  if (written !== null || contract === null) return written;
  const within = `${path}.option_contract`;
  const strike = optionalDecimal(contract, 'strike_price', within);
  const [underlying, expiration, type] = ['underlying_security_ticker', 'expiration_date', 'contract_type'].map((key) => optionalText(contract, key, within));
  return strike === null || !underlying || !expiration || !type ? null : occAssetFromParts({ underlying, expiration, type, strike });
}

/**
 * Plaid's ticker is "otherwise a short identifier if available": an institution's own code (`NHX105509`) must never be priced
 * as a market ticker. Without any market's mark beside it, it counts only where it is spelt as tickers are and is not the
 * institution's own id of the security.
 */
function isMarketTicker(symbol: string | null, institutionCode: string | null, identified: boolean): boolean {
  if (symbol === null) return false;
  if (identified) return true;
  return symbol !== institutionCode && /^[A-Z]{1,6}([./ -][A-Z]{1,3})?$/.test(symbol);
}

/** `CUR:EUR` is how Plaid writes a currency as a ticker. */
function quotedCurrency(symbol: string | null): string | null {
  const code = symbol?.startsWith('CUR:') ? symbol.slice(4) : null;
  return code !== null && isCurrency(code) ? code : null;
}

function identifiersOf(id: string, marks: Readonly<Record<string, string | null>>): NonNullable<BalanceLine['identifiers']> {
  const known = Object.entries(marks).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...Object.fromEntries(known), providerSecurityId: id };
}
