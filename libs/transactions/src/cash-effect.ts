/**
 * What of a row is cash. The provider's `amount` is the truth and contains the fees; quantity × price and fees stand in only where
 * there is no amount, and the row says so. Pure.
 */
import type { RecordedTransaction } from '@tidemark/contracts';
import { absolute, isZero, negate, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { TransactionDoubt } from './model.js';
import type { TableEntry } from './table/entry.js';
import { isWorth, worthOf } from './worth.js';

export interface Effect {
  readonly units: Decimal | null;
  readonly cash: Decimal | null;
  readonly doubts: readonly TransactionDoubt[];
}

type Cash = Pick<Effect, 'cash' | 'doubts'>;

const NOTHING: Cash = { cash: '0', doubts: [] };
const CONTRADICTED: Cash = { cash: '0', doubts: ['amount_unexpected'] };
/** Paid on a number of shares at so much a share. */
const PER_SHARE = new Set(['dividend', 'capital_gain', 'return_of_capital']);
const CHARGES = new Set(['fee', 'tax']);
const TRADES = new Set(['buy', 'sell', 'sell_short', 'buy_to_cover']);

export function cashEffect(provider: string, entry: TableEntry, recorded: RecordedTransaction, units: Decimal | null): Cash {
  const { amount } = recorded;
  const moved = units !== null && !isZero(units);
  switch (entry.cash) {
    case 'none':
      return amount === null || isZero(amount) ? NOTHING : CONTRADICTED;
    case 'in_kind':
      return amount === null || isZero(amount) || (moved && isWorth(amount, worthOf(provider, recorded, units))) ? NOTHING : CONTRADICTED;
    case 'in_lieu':
      return amount === null || (moved && isWorth(amount, worthOf(provider, recorded, units))) ? NOTHING : { cash: amount, doubts: [] };
    case 'funded':
      return moved ? funded(entry, amount) : given(provider, entry, recorded, units);
    case 'in':
    case 'out':
    case 'either':
      return given(provider, entry, recorded, units);
  }
}

/** Plaid documents the amount of a contribution that buys (that of the purchase); of a distribution that sells it says nothing. */
function funded(entry: TableEntry, amount: Decimal | null): Cash {
  const purchase = entry.units === 'in' && (amount === null || isZero(amount) || amount.startsWith('-'));
  return purchase || amount === null || isZero(amount) ? NOTHING : CONTRADICTED;
}

function given(provider: string, entry: TableEntry, recorded: RecordedTransaction, units: Decimal | null): Cash {
  const { amount } = recorded;
  if (amount === null) return computed(provider, entry, recorded, units);
  const free = isZero(amount) && TRADES.has(entry.kind) && units !== null && worthOf(provider, recorded, units) !== null;
  const uncharged = isZero(amount) && CHARGES.has(entry.kind) && recorded.fees !== null && !isZero(recorded.fees);
  return { cash: amount, doubts: free || uncharged ? ['amount_unexpected'] : [] };
}

function computed(provider: string, entry: TableEntry, recorded: RecordedTransaction, units: Decimal | null): Cash {
  const { kind } = entry;
  const fees = recorded.fees === null ? '0' : absolute(recorded.fees);
  if (CHARGES.has(kind) && !isZero(fees)) return { cash: negate(fees), doubts: ['cash_computed'] };
  if (PER_SHARE.has(kind)) {
    const paid = recorded.quantity === null || isZero(recorded.quantity) ? null : worthOf(provider, recorded, absolute(recorded.quantity));
    return paid === null ? { cash: null, doubts: ['cash_unknown'] } : { cash: subtract(paid, fees), doubts: ['cash_computed'] };
  }
  if (TRADES.has(kind) || kind === 'reinvestment') return bought(entry, fees, units === null ? null : worthOf(provider, recorded, units));
  // Mergers, exercises, adjustments: units that move for nothing else are the rule, cash the exception.
  return units !== null && !isZero(units) ? NOTHING : { cash: null, doubts: ['cash_unknown'] };
}

/** The direction is the kind's, so that a wrong sign of the units does not turn the cash round as well. */
function bought(entry: TableEntry, fees: Decimal, worth: Decimal | null): Cash {
  if (worth === null) return { cash: null, doubts: ['cash_unknown'] };
  const size = absolute(worth);
  return { cash: subtract(entry.cash === 'out' ? negate(size) : size, fees), doubts: ['cash_computed'] };
}
