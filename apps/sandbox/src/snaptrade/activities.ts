/** /accounts/{id}/activities: newest first, at most 1,000 a page, amounts as the account feels them (+ = cash in). */
import type { Shown } from '../server/sandbox.js';
import { uuidFor } from '../wire/ids.js';
import { jsonNumber, jsonNumberOrNull } from '../wire/json-number.js';
import { TRANSACTION_KINDS } from '../world/transaction-kinds.js';
import { newestFirst } from '../world/transaction-order.js';
import type { Security, SecurityKind, Transaction } from '../world/world.js';
import { currencyView } from './account-view.js';
import { brokerageOf, transactionsBehind, type FoundAccount } from './authorizations.js';
import { instrumentId, occSymbol, symbolOf } from './positions.js';
import { SnapTradeError } from './snaptrade-error.js';
import type { SnapQuery } from './snaptrade-operation.js';

const MOST_A_PAGE = 1_000;
const TYPE_CODES: Record<SecurityKind, readonly [code: string, description: string]> = {
  equity: ['cs', 'Common Stock'],
  adr: ['ad', 'ADR'],
  etf: ['et', 'ETF'],
  fund: ['oef', 'Open Ended Fund'],
  money_market: ['oef', 'Open Ended Fund'],
  cef: ['cef', 'Closed End Fund'],
  bond: ['bnd', 'Bond'],
  option: ['op', 'Option'],
  crypto: ['crypto', 'Cryptocurrency'],
  future: ['fut', 'Future'],
  other: ['struct', 'Other'],
};

export function activitiesPage(sandbox: Shown, found: FoundAccount, query: SnapQuery): Record<string, unknown> {
  const limit = Math.min(whole(query, 'limit', MOST_A_PAGE, 1), MOST_A_PAGE);
  const offset = whole(query, 'offset', 0, 0);
  const types = query['type']?.split(',');
  const [from, to] = [query['startDate'] ?? '0000', query['endDate'] ?? '9999'];
  const all = transactionsBehind(sandbox, found.authorization, found.account.id)
    .filter((transaction) => transaction.date >= from && transaction.date <= to)
    .filter((transaction) => types === undefined || types.includes(typeOf(transaction)))
    .sort(newestFirst);
  const institution = brokerageOf(sandbox, found.authorization).name;
  return {
    data: all.slice(offset, offset + limit).map((transaction) => activityView(sandbox, found, transaction, institution)),
    pagination: { offset, limit, total: all.length },
  };
}

function activityView(sandbox: Shown, { authorization }: FoundAccount, transaction: Transaction, institution: string): Record<string, unknown> {
  const security = typeof transaction.security === 'string' ? sandbox.world.security(transaction.security) : null;
  const isOption = security?.kind === 'option';
  return {
    id: uuidFor('activity', authorization.id, transaction.id),
    symbol: security === null || isOption ? null : symbolView(security),
    currency_universal_symbol: null,
    option_symbol: security !== null && isOption ? optionView(sandbox, security) : null,
    price: jsonNumber(transaction.price ?? '0'),
    units: jsonNumber(transaction.quantity ?? '0'),
    amount: jsonNumber(transaction.wire?.amount ?? transaction.amount),
    currency: currencyView(transaction.currency),
    type: typeOf(transaction),
    option_type: isOption ? optionAction(transaction) : '',
    description: transaction.description,
    trade_date: transaction.at ?? `${transaction.date}T00:00:00Z`,
    settlement_date: `${transaction.settledOn ?? transaction.date}T00:00:00Z`,
    fee: jsonNumber(transaction.fees ?? '0'),
    fx_rate: jsonNumberOrNull(transaction.fxRate),
    institution,
    external_reference_id: null,
  };
}

function typeOf(transaction: Transaction): string {
  return transaction.wire?.snaptradeType ?? TRANSACTION_KINDS[transaction.kind].snaptrade;
}

function optionAction({ kind }: Transaction): string {
  const actions: Partial<Record<Transaction['kind'], string>> = { buy: 'BUY_TO_OPEN', sell: 'SELL_TO_CLOSE', sell_short: 'SELL_TO_OPEN', buy_to_cover: 'BUY_TO_CLOSE' };
  return actions[kind] ?? '';
}

function symbolView(security: Security): Record<string, unknown> {
  const [code, description] = TYPE_CODES[security.kind];
  const mic = security.mic ?? 'XNYS';
  return {
    id: instrumentId(security),
    symbol: symbolOf(security),
    raw_symbol: symbolOf(security),
    description: security.name,
    currency: currencyView(security.currency),
    exchange: { id: uuidFor('exchange', mic), code: mic, mic_code: mic, name: mic, timezone: 'America/New_York', start_time: '09:30:00', close_time: '16:00:00', suffix: null },
    type: { id: uuidFor('security-type', code), code, description, is_supported: true },
    figi_code: security.figi ?? null,
    figi_instrument: null,
  };
}

function optionView(sandbox: Shown, security: Security): Record<string, unknown> {
  const { contractType, strike, expiration, underlying, multiplier } = security.option!;
  const known = sandbox.world.securityBySymbol(underlying) ?? { id: `underlying/${underlying}`, kind: 'equity', symbol: underlying, name: underlying, currency: security.currency, price: null };
  return {
    id: instrumentId(security),
    ticker: occSymbol(security),
    option_type: contractType.toUpperCase(),
    strike_price: jsonNumber(strike),
    expiration_date: expiration,
    is_mini_option: multiplier === '10',
    underlying_symbol: symbolView(known),
  };
}

function whole(query: SnapQuery, field: string, preset: number, least: number): number {
  const text = query[field];
  if (text === undefined) return preset;
  if (!/^\d+$/.test(text) || Number(text) < least) throw new SnapTradeError('1089', `${field} must be a whole number of at least ${least}`);
  return Number(text);
}
