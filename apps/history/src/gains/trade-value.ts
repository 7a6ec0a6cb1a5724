/** What a row's units cost or brought: its cash, fees included, or what they are said to be worth where no cash moved. Pure. */
import type { NormalisedTransaction } from '@tidemark/transactions';
import { negated, plus, ratio, sign } from './amount.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';

/** Null: unknown, because of `why`. Signed as cost is for units that come in, as proceeds for units that go. */
export interface TradeValue {
  readonly value: Ratio | null;
  readonly why: string | null;
}

/** Kinds whose units may move for no cash because they were paid for, or paid out, elsewhere. */
const WORTH = new Set(['buy', 'sell', 'reinvestment', 'contribution', 'distribution']);

/** @param premium of the option that this row's shares came by, as cash: paid below zero. Null: unknown */
export function tradeValue(row: NormalisedTransaction, premium: Ratio | null = NOTHING): TradeValue {
  if (row.worth != null && WORTH.has(row.kind)) return { value: ratio(row.worth), why: null };
  if (row.cash === null) return { value: null, why: 'no amount is told' };
  if (row.currency === null) return { value: null, why: 'its amount is in no currency' };
  if (row.doubts.includes('amount_unexpected') && sign(ratio(row.cash)) === 0) return { value: null, why: 'the amount told contradicts it' };
  if (premium === null) return { value: null, why: 'what the option had cost is not known' };
  const cash = plus(ratio(row.cash), premium);
  return { value: row.units?.startsWith('-') === true ? cash : negated(cash), why: null };
}
