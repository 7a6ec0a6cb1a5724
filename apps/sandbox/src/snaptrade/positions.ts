/**
 * Positions as SnapTrade shows them (`positions/all`): decimal strings; the price is a share's, also an option's,
 * whose multiplier stands in its instrument; the cost basis is what one share, or one contract, cost.
 */
import { divide, isZero } from '@tidemark/money';
import type { Shown } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import { priceOf } from '../world/worth.js';
import type { Holding, Security, SecurityKind } from '../world/world.js';

const KINDS: Record<SecurityKind, string> = {
  equity: 'stock',
  adr: 'adr',
  etf: 'etf',
  fund: 'mutualfund',
  money_market: 'mutualfund',
  cef: 'cef',
  bond: 'other',
  option: 'option',
  crypto: 'crypto',
  future: 'future',
  other: 'other',
};

export function positionView(sandbox: Shown, holding: Holding): Record<string, unknown> {
  const security = sandbox.world.security(holding.security);
  const cost = holding.costBasis ?? null;
  return {
    instrument: instrumentView(sandbox, security),
    units: holding.quantity,
    price: priceOf(holding, security),
    cost_basis: cost === null || isZero(holding.quantity) ? null : divide(cost, holding.quantity),
    currency: security.currency,
    ...(KINDS[security.kind] === 'mutualfund' ? { cash_equivalent: security.kind === 'money_market' } : {}),
  };
}

export function instrumentId(security: Security): string {
  return uuidFor('instrument', security.id);
}

/** The symbol that the brokerage uses: a ticker, else an official number, else the name. */
export function symbolOf(security: Security): string {
  return security.symbol ?? security.cusip ?? security.isin ?? security.name;
}

function instrumentView(sandbox: Shown, security: Security): Record<string, unknown> {
  const kind = security.wire?.snaptradeKind ?? KINDS[security.kind];
  if (security.kind === 'option') return optionView(sandbox, security);
  if (security.kind === 'future') {
    const symbol = symbolOf(security);
    return { kind, id: instrumentId(security), symbol, root_symbol: symbol.slice(0, -3), expiration_code: symbol.slice(-3), expiration_date: null, multiplier: null, currency: security.currency, exchange: security.mic ?? null };
  }
  return listedView(security, kind);
}

function listedView(security: Security, kind: string): Record<string, unknown> {
  return {
    kind,
    id: instrumentId(security),
    symbol: symbolOf(security),
    raw_symbol: symbolOf(security),
    description: security.name,
    currency: security.currency,
    exchange: security.mic ?? null,
    figi_instrument: security.figi === undefined || security.figi === null ? null : { figi_code: security.figi, figi_share_class: null },
  };
}

function optionView(sandbox: Shown, security: Security): Record<string, unknown> {
  const { contractType, strike, expiration, underlying, multiplier } = security.option!;
  const known = sandbox.world.securityBySymbol(underlying);
  return {
    kind: 'option',
    id: instrumentId(security),
    symbol: occSymbol(security),
    option_type: contractType.toUpperCase(),
    strike_price: strike,
    expiration_date: expiration,
    multiplier,
    description: security.name,
    underlying: known === undefined ? unknownUnderlying(underlying, security.currency) : listedView(known, KINDS[known.kind]),
  };
}

/** The 21-character form: the root padded to six. */
export function occSymbol(security: Security): string {
  const compact = security.symbol ?? '';
  return compact.slice(0, -15).padEnd(6) + compact.slice(-15);
}

function unknownUnderlying(symbol: string, currency: string): Record<string, unknown> {
  return { kind: 'stock', id: uuidFor('underlying', symbol), symbol, raw_symbol: symbol, description: null, currency, exchange: null, figi_instrument: null };
}
