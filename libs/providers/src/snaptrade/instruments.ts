/** SnapTrade's instruments (of positions) and symbols (of activities), and the asset each of them is. Pure, open lists. */
import type { BalanceLine } from '@tidemark/contracts';
import type { AssetId, Decimal } from '@tidemark/money';
import { bondAsset, isDebtCusip, marketAsset, occAsset, providerAsset } from '../asset-ids.js';
import { decimalAt, optionalDecimal, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';

const PROVIDER = 'snaptrade';

const BY_KIND: Readonly<Record<string, 'equity' | 'etf' | 'fund' | 'crypto'>> = { stock: 'equity', adr: 'equity', etf: 'etf', mutualfund: 'fund', cef: 'fund', crypto: 'crypto' };
/** Codes of `SecurityType`. */
const BY_CODE: Readonly<Record<string, 'equity' | 'etf' | 'fund' | 'crypto'>> = { cs: 'equity', ad: 'equity', ps: 'equity', rt: 'equity', ut: 'equity', wi: 'equity', wt: 'equity', et: 'etf', oef: 'fund', cef: 'fund', crypto: 'crypto' };
/** Their price × units is a notional, which is no value of the account's. */
const NOTIONAL = new Set(['future', 'cfd']);

export interface Instrument {
  readonly asset: AssetId;
  readonly kind: string;
  readonly symbol: string;
  readonly name: string | null;
  /** Shares a contract stands for; null where a unit is a unit. */
  readonly multiplier: Decimal | null;
  readonly notional: boolean;
  readonly identifiers: NonNullable<BalanceLine['identifiers']>;
}

export function instrumentOf(fields: Fields, path: string): Instrument {
  const kind = textAt(fields, 'kind', path);
  const id = textAt(fields, 'id', path);
  const symbol = textAt(fields, 'symbol', path);
  const figi = optionalFields(fields, 'figi_instrument', path);
  const figiCode = figi === null ? null : optionalText(figi, 'figi_code', `${path}.figi_instrument`);
  const market = BY_KIND[kind];
  const asset = kind === 'option' ? occAsset(symbol) : market === undefined ? debt(symbol) : marketAsset(market, symbol);
  return {
    asset: asset ?? providerAsset(PROVIDER, id),
    kind,
    symbol: symbol.slice(0, 120),
    name: optionalText(fields, 'description', path)?.slice(0, 300) ?? null,
    multiplier: kind === 'option' ? decimalAt(fields, 'multiplier', path) : optionalDecimal(fields, 'multiplier', path),
    notional: NOTIONAL.has(kind),
    identifiers: { ...(figiCode === null ? {} : { figi: figiCode }), providerSecurityId: id },
  };
}

/** SnapTrade has no kind for bonds: they come as `other`, under their CUSIP. */
function debt(symbol: string): AssetId | null {
  return isDebtCusip(symbol) ? bondAsset(symbol, null) : null;
}

/** The asset of an activity; null where it names none. */
export function assetOfActivity(fields: Fields, path: string): AssetId | null {
  const option = optionalFields(fields, 'option_symbol', path);
  if (option !== null) return assetOfOption(option, `${path}.option_symbol`);
  const symbol = optionalFields(fields, 'symbol', path);
  return symbol === null ? null : assetOfSymbol(symbol, `${path}.symbol`);
}

function assetOfOption(option: Fields, path: string): AssetId {
  const written = textAt(option, 'ticker', path);
  return occAsset(written) ?? providerAsset(PROVIDER, optionalText(option, 'id', path) ?? written);
}

function assetOfSymbol(symbol: Fields, path: string): AssetId {
  const written = optionalText(symbol, 'symbol', path) ?? optionalText(symbol, 'raw_symbol', path);
  const type = optionalFields(symbol, 'type', path);
  const code = type === null ? null : optionalText(type, 'code', `${path}.type`);
  const market = code === null ? undefined : BY_CODE[code];
  const known = market !== undefined && written !== null ? marketAsset(market, written) : written === null ? null : code === 'bnd' ? bondAsset(written, written) : market === undefined ? debt(written) : null;
  return known ?? providerAsset(PROVIDER, optionalText(symbol, 'id', path) ?? textAt(symbol, 'symbol', path));
}
