/**
 * A recorded transaction → what it means. Pure, and a function of the stored record alone, so that it can be applied again to
 * all of history when a rule is improved. The table says what each word is; here is how its columns are read.
 */
import type { RecordedTransaction } from '@tidemark/contracts';
import { absolute, add, isCash, isNegative, isZero } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { cashEffect } from './cash-effect.js';
import type { Effect } from './cash-effect.js';
import type { NormalisedTransaction, TransactionDoubt } from './model.js';
import { directed } from './signs.js';
import type { TableEntry, TransactionSource, When } from './table/entry.js';
import { entriesFor, sourceByWords } from './table/table.js';
import { worthOf } from './worth.js';

export interface NormaliseContext {
  /** What the account was read as, where the caller knows it; else the record itself tells. */
  readonly connectionKind?: TransactionSource;
}

const TRADES = new Set(['buy', 'sell', 'sell_short', 'buy_to_cover', 'reinvestment']);
/** A row without units of these says nothing that can be applied. */
const ALWAYS_UNITS = new Set([...TRADES, 'split', 'spin_off', 'stock_dividend', 'option_exercise', 'option_assignment', 'option_expiration']);

export function normalise(provider: string, recorded: RecordedTransaction, context: NormaliseContext = {}): NormalisedTransaction {
  const source = sourceOf(provider, recorded, context);
  const entry = entriesFor(provider, source, recorded.providerType, recorded.providerSubtype).find(({ when }) => holds(when, recorded));
  if (entry === undefined) return { ...common(provider, recorded), kind: 'unknown', units: recorded.quantity, cash: recorded.amount, external: false, transfer: false, doubts: ['type_unknown'] };
  const effect = isCash(recorded.asset ?? '') ? ofCash(entry, recorded) : ofSecurity(provider, entry, recorded);
  const worth = entry.cash === 'in_kind' || entry.cash === 'in_lieu' || entry.cash === 'funded' ? { worth: statedWorth(provider, recorded, effect.units) } : {};
  return {
    ...common(provider, recorded),
    kind: entry.kind,
    units: effect.units,
    cash: effect.cash,
    external: entry.flow !== 'internal',
    transfer: entry.flow === 'transfer',
    pending: entry.pending || recorded.pending === true,
    doubts: [...new Set([...effect.doubts, ...missing(recorded, effect)])],
    ...worth,
    ...(entry.kind === 'cancel' ? { cancels: textIn(recorded, 'cancel_transaction_id') } : {}),
  };
}

function common(provider: string, recorded: RecordedTransaction) {
  const { transactionId, identity, date, at, asset, currency, fees, price, pending, providerType, providerSubtype, description } = recorded;
  return { transactionId, identity, provider, date, at: at ?? null, asset, currency, fees: fees === null ? null : absolute(fees), price: price === null || isZero(price) ? null : price, pending: pending === true, providerType, providerSubtype, description };
}

/** The two kinds of Plaid's transactions have ids of different names. */
function sourceOf(provider: string, recorded: RecordedTransaction, { connectionKind }: NormaliseContext): TransactionSource {
  if (textIn(recorded, 'investment_transaction_id') !== null) return 'investments';
  if (provider === 'plaid' && textIn(recorded, 'transaction_id') !== null) return 'bank';
  return connectionKind ?? sourceByWords(provider, recorded.providerType);
}

function textIn({ original }: RecordedTransaction, key: string): string | null {
  const value = original[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function holds(when: When, { asset, quantity, amount }: RecordedTransaction): boolean {
  const units = quantity !== null && !isZero(quantity) && !isCash(asset ?? '') ? quantity : null;
  switch (when) {
    case 'always':
      return true;
    case 'cash_in':
      return amount === null || !isNegative(amount);
    case 'cash_out':
      return amount !== null && isNegative(amount);
    case 'units':
      return units !== null;
    case 'no_units':
      return units === null;
    case 'units_in':
      return quantity !== null && !isNegative(quantity);
    case 'units_out':
      return quantity !== null && isNegative(quantity);
  }
}

function ofSecurity(provider: string, entry: TableEntry, recorded: RecordedTransaction): Effect {
  const moves = entry.units !== 'none';
  const reported = moves ? recorded.quantity : '0';
  const none = reported === null || isZero(reported);
  const silent = moves && none && (ALWAYS_UNITS.has(entry.kind) || reported === null);
  const units = silent && (ALWAYS_UNITS.has(entry.kind) || entry.cash === 'in_kind') ? null : (reported ?? '0');
  const cash = cashEffect(provider, entry, recorded, units);
  const sided = directed(entry, { units, cash: cash.cash, doubts: cash.doubts }, recorded.fees);
  return units === null ? { ...sided, doubts: [...sided.doubts, 'units_unknown'] } : sided;
}

/**
 * An asset that is cash. A trade in the cash of the row's own currency (a sweep into a money-market fund that the provider counts
 * as cash) is one and the same cash on both sides; in another currency it is an exchange. All else reports one movement twice.
 */
function ofCash(entry: TableEntry, recorded: RecordedTransaction): Effect {
  const { quantity, amount, currency, asset } = recorded;
  if (!TRADES.has(entry.kind) || quantity === null || amount === null || isZero(quantity)) return directed(entry, { units: '0', cash: amount, doubts: amount === null ? ['cash_unknown'] : [] }, recorded.fees);
  if (asset !== `currency:${currency ?? ''}`) return directed(entry, { units: quantity, cash: amount, doubts: [] }, recorded.fees);
  const net = add(amount, quantity);
  return { units: '0', cash: net, doubts: isZero(net) ? [] : ['amount_unexpected'] };
}

/** What the provider says that the units are worth, of either sign. */
function statedWorth(provider: string, recorded: RecordedTransaction, units: Decimal | null): Decimal | null {
  if (units === null || isZero(units)) return null;
  if (recorded.amount !== null && !isZero(recorded.amount)) return absolute(recorded.amount);
  const worth = worthOf(provider, recorded, units);
  return worth === null ? null : absolute(worth);
}

function missing(recorded: RecordedTransaction, { units, cash }: Effect): TransactionDoubt[] {
  const doubts: TransactionDoubt[] = [];
  if (recorded.asset === null && units !== null && !isZero(units)) doubts.push('asset_unknown');
  if (cash === null) doubts.push('cash_unknown');
  else if (recorded.currency === null && !isZero(cash)) doubts.push('currency_unknown');
  return doubts;
}
