/** What one account is worth, in its own currency or another. */
import type { historyRpc } from '@tidemark/contracts';
import { marketDayNumber } from '@tidemark/market';
import type { Exact } from '@tidemark/money';
import type { DayNumber } from '../../reconstruction/model.js';
import { ExactTotal, times } from './exact-total.js';
import type { Scores } from './live-account.js';
import type { UserAccount } from './live-user.js';

/** One unit of `currency` in `base` on a day; null where no rate is known. */
export type RateOn = (currency: string, base: string, day: DayNumber) => Exact | null;
type Amounts = Iterable<readonly [currency: string, amount: Exact]>;
type Reason = historyRpc.HistoryReason;

const NONE: ReadonlySet<string> = new Set();
const NO_REASONS: readonly Reason[] = [];
const ZERO: Exact = { digits: 0n, scale: 0 };

/** @param missing is told the currencies without a rate @returns null where nothing of it is known */
export function converted(amounts: Amounts, base: string, day: DayNumber, rateOn: RateOn, missing?: Set<string>): Exact | null {
  const total = new ExactTotal();
  let [known, unknown] = [0, 0];
  for (const [currency, amount] of amounts) {
    const rate = currency === base ? null : rateOn(currency, base, day);
    if (currency !== base && rate === null && amount.digits !== 0n) {
      unknown += 1;
      missing?.add(currency);
      continue;
    }
    known += 1;
    total.add(rate === null ? amount : times(amount, rate));
  }
  return known === 0 && unknown > 0 ? null : total;
}

export interface AccountValue {
  /** Null: nothing of it is known. */
  readonly value: Exact | null;
  readonly cash: Exact | null;
  readonly scores: Scores;
  readonly reasons: readonly Reason[];
}

export function accountValue({ account, live, market }: UserAccount, base: string, now: number, rateOn: RateOn): AccountValue {
  const accountId = account.accountId;
  if (!live) return { value: null, cash: null, scores: { sum: 0, count: 1 }, reasons: [{ code: 'no_history', accountId, detail: 'No snapshot of this account has been captured yet.' }] };
  const only = live.totals.size === 1 && live.cash.size <= 1 ? live.totals.get(base) : undefined;
  const unpriced = live.unpriced;
  // Most accounts have one currency, and are asked about in it.
  if (only && unpriced.length === 0) return { value: only, cash: live.cash.get(base) ?? ZERO, scores: live.scores(now, NONE), reasons: NO_REASONS };
  const day = marketDayNumber(now, market);
  const missing = new Set<string>();
  const value = live.nothingKnown ? null : converted(live.totals, base, day, rateOn, missing);
  const reasons: Reason[] = [...missing].map((currency) => ({ code: 'rate_missing', accountId, detail: `No rate from ${currency} to ${base} is known.` }));
  for (const asset of unpriced) reasons.push({ code: 'price_missing', accountId, asset, detail: `No price of ${asset} is known.` });
  return { value, cash: value && converted(live.cash, base, day, rateOn), scores: live.scores(now, missing), reasons };
}
