/**
 * Signs that contradict the kind. One of the two sides of a trade turned round is the provider's slip, and is put right and
 * doubted; both turned round are a reversal, and stay. Money put in with a minus is a returned deposit: it stays, doubted. Income
 * and charges go either way without comment: a dividend taken back, a fee refunded, interest paid. Pure.
 */
import { absolute, compare, isNegative, isZero, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { Effect } from './cash-effect.js';
import type { TransactionKind } from './model.js';
import type { TableEntry } from './table/entry.js';

const CORRECTED: ReadonlySet<TransactionKind> = new Set<TransactionKind>(['buy', 'sell', 'sell_short', 'buy_to_cover', 'reinvestment', 'cash_transfer', 'asset_transfer', 'stock_dividend']);
const DOUBTED: ReadonlySet<TransactionKind> = new Set<TransactionKind>(['deposit', 'withdrawal', 'contribution', 'distribution']);

export function directed(entry: TableEntry, effect: Effect, fees: Decimal | null): Effect {
  const turnedUnits = contradicts(entry.units, effect.units);
  const turnedCash = contradicts(entry.cash, effect.cash) && !eatenByFees(entry, effect.cash, fees);
  if (!turnedUnits && !turnedCash) return effect;
  if (CORRECTED.has(entry.kind) && !(turnedUnits && turnedCash)) {
    return { units: turned(effect.units, turnedUnits), cash: turned(effect.cash, turnedCash), doubts: [...effect.doubts, 'sign_corrected'] };
  }
  return CORRECTED.has(entry.kind) || DOUBTED.has(entry.kind) || turnedUnits ? { ...effect, doubts: [...effect.doubts, 'amount_unexpected'] } : effect;
}

function contradicts(rule: string, amount: Decimal | null): boolean {
  if (amount === null || isZero(amount)) return false;
  return (rule === 'in' && isNegative(amount)) || (rule === 'out' && !isNegative(amount));
}

/** A sale for less than its fees costs money. */
function eatenByFees(entry: TableEntry, cash: Decimal | null, fees: Decimal | null): boolean {
  return entry.cash === 'in' && cash !== null && fees !== null && compare(absolute(cash), absolute(fees)) <= 0;
}

function turned(amount: Decimal | null, turn: boolean): Decimal | null {
  return amount === null || !turn ? amount : negate(amount);
}
