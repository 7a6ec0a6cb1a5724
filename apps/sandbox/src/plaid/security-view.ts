/**
 * Securities as Plaid shows them. Cash is a security of type cash, an option's price is a share's and its quantity
 * counts shares (contracts × multiplier), a money-market fund is a mutual fund that is a cash equivalent.
 */
import { plaidIdFor } from '../wire/ids.js';
import { jsonNumber, jsonNumberOrNull } from '../wire/json-number.js';
import type { Security, SecurityKind } from '../world/world.js';
import { currencyCodes } from './account-view.js';

const TYPES: Record<SecurityKind, readonly [type: string, subtype: string]> = {
  equity: ['equity', 'common stock'],
  adr: ['equity', 'depositary receipt'],
  etf: ['etf', 'etf'],
  fund: ['mutual fund', 'mutual fund'],
  cef: ['mutual fund', 'other'],
  money_market: ['mutual fund', 'mutual fund'],
  bond: ['fixed income', 'bond'],
  option: ['derivative', 'option'],
  crypto: ['cryptocurrency', 'cryptocurrency'],
  future: ['derivative', 'other'],
  other: ['other', 'other'],
};

const currencyNames = new Intl.DisplayNames('en', { type: 'currency', fallback: 'code' });

export function plaidSecurityId(securityId: string): string {
  return plaidIdFor('security', securityId);
}

export function cashSecurityId(currency: string): string {
  return plaidIdFor('security', 'cash', currency);
}

export function securityView(security: Security): Record<string, unknown> {
  const [type, subtype] = TYPES[security.kind];
  const { option, bond } = security;
  return {
    ...nothingKnown,
    security_id: plaidSecurityId(security.id),
    isin: security.isin ?? null,
    cusip: security.cusip ?? null,
    sedol: security.sedol ?? null,
    figi: security.figi ?? null,
    name: security.name,
    ticker_symbol: security.symbol,
    is_cash_equivalent: security.kind === 'money_market',
    type: security.wire?.plaidType ?? type,
    subtype: security.wire?.plaidType === undefined ? subtype : null,
    close_price: jsonNumberOrNull(security.price),
    close_price_as_of: security.price === null ? null : (security.priceAsOf?.slice(0, 10) ?? null),
    ...currencyCodes(security.currency),
    market_identifier_code: security.mic ?? null,
    sector: security.sector ?? null,
    industry: security.industry ?? null,
    option_contract: option === undefined ? null : {
      contract_type: option.contractType,
      expiration_date: option.expiration,
      strike_price: jsonNumber(option.strike),
      underlying_security_ticker: option.underlying,
    },
    fixed_income: bond === undefined ? null : {
      yield_rate: bond.couponRate === undefined ? null : { percentage: jsonNumber(bond.couponRate), type: 'coupon' },
      maturity_date: bond.maturity ?? null,
      issue_date: bond.issued ?? null,
      face_value: jsonNumberOrNull(bond.faceValue),
    },
  };
}

export function cashSecurityView(currency: string): Record<string, unknown> {
  return {
    ...nothingKnown,
    security_id: cashSecurityId(currency),
    name: /^[A-Z]{3}$/.test(currency) ? currencyNames.of(currency) ?? currency : currency,
    ticker_symbol: `CUR:${currency}`,
    is_cash_equivalent: true,
    type: 'cash',
    subtype: 'cash',
    close_price: jsonNumber('1'),
    ...currencyCodes(currency),
  };
}

const nothingKnown = {
  isin: null,
  cusip: null,
  sedol: null,
  figi: null,
  institution_security_id: null,
  institution_id: null,
  proxy_security_id: null,
  close_price_as_of: null,
  update_datetime: null,
  market_identifier_code: null,
  sector: null,
  industry: null,
  cfi_code: null,
  option_contract: null,
  fixed_income: null,
};
