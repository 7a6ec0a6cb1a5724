/**
 * The one name of an asset across providers: `currency:USD`, `equity:AAPL`, `etf:VTI`, `fund:VFIAX`, `crypto:BTC`,
 * `option:NFLX180201C00355000` (OCC), `bond:<CUSIP|ISIN>`, else `provider:<provider>:<security id>`.
 */
export const ASSET_KINDS = ['currency', 'equity', 'etf', 'fund', 'crypto', 'option', 'bond', 'provider'] as const;

export type AssetKind = (typeof ASSET_KINDS)[number];

export type AssetId = string;

const SHAPE: Record<AssetKind, RegExp> = {
  currency: /^[A-Z]{3}$/,
  equity: /^[A-Z0-9][A-Z0-9.\-/^=]{0,24}$/,
  etf: /^[A-Z0-9][A-Z0-9.\-/^=]{0,24}$/,
  fund: /^[A-Z0-9][A-Z0-9.\-/^=]{0,24}$/,
  crypto: /^[A-Z0-9][A-Z0-9.\-]{0,24}$/,
  option: /^[A-Z0-9.]{1,6}\d{6}[CP]\d{8}$/,
  bond: /^([0-9A-Z*@#]{8}\d|[A-Z]{2}[A-Z0-9]{9}\d)$/,
  provider: /^[a-z]+:.{1,200}$/,
};

export function assetId(kind: AssetKind, symbol: string): AssetId {
  return `${kind}:${symbol}`;
}

/** Kind and symbol of an asset id, or null where the text is no asset id. */
export function parseAssetId(id: string): { kind: AssetKind; symbol: string } | null {
  const colon = id.indexOf(':');
  const kind = id.slice(0, colon) as AssetKind;
  const symbol = id.slice(colon + 1);
  return ASSET_KINDS.includes(kind) && SHAPE[kind].test(symbol) ? { kind, symbol } : null;
}

export function isCash(id: AssetId): boolean {
  return id.startsWith('currency:');
}
