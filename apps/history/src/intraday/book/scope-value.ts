/**
 * What is pushed: the value of the accounts of a scope in one currency, beside the close before.
 *
 *   value      = Σ by currency (positions that are priced + cash) × the day's rate
 *   dayChange  = value − value at the close before − what came in and went out today, as far as it is known
 *   percent    = 100 × dayChange ÷ (value at the close before + net inflow), 2 digits
 *   quality    = ⌊ mean of the scores of all lines ⌋, as portfolio value has it; an account without a snapshot is one more line of 0
 *
 * Where the close before of one account that counts is unknown, the change of the whole is. Values before are at the rates of their own day.
 */
import { notCounted } from '@tidemark/contracts';
import type { historyRpc, liveRpc } from '@tidemark/contracts';
import { dayOf, marketDayNumber, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import { compare, divide, multiply, subtract, sum, written } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';
import type { DayNumber } from '../../reconstruction/model.js';
import type { DayTrack } from './day-track.js';
import { ExactTotal, frozen, times } from './exact-total.js';
import type { LiveUser, UserAccount } from './live-user.js';

/** One unit of `currency` in `base` on a day; null where no rate is known. */
export type RateOn = (currency: string, base: string, day: DayNumber) => Exact | null;
type Amounts = Iterable<readonly [currency: string, amount: Exact]>;
type Reason = historyRpc.HistoryReason;

const MOST_REASONS = 20;

export interface ScopeOf {
  readonly account: string | null;
  readonly source: liveRpc.LiveValue['source'];
  readonly currency: string;
}

/** Accounts of the scope that count now. Asked for by itself, an account is shown whether it counts or not. */
export function accountsIn(user: LiveUser, { account, source }: ScopeOf, now: number): UserAccount[] {
  if (account !== null) return user.accounts.filter((one) => one.account.accountId === account);
  const aside = notCounted(user.accounts.map((one) => one.account), new Date(now).toISOString());
  const wanted = (provider: string) => source === 'all' || (provider === 'manual') === (source === 'house');
  return user.accounts.filter((one) => !aside.has(one.account.accountId) && wanted(one.account.provider));
}

export function marketOfScope(accounts: readonly UserAccount[]): Market {
  const first = accounts[0]?.market;
  return first && accounts.every((one) => one.market === first) ? first : XNYS;
}

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

export interface Valued {
  readonly value: Exact | null;
  readonly cash: Exact | null;
  readonly complete: boolean;
  readonly quality: number;
  readonly reasons: readonly Reason[];
}

export function valueOf(accounts: readonly UserAccount[], base: string, now: number, rateOn: RateOn): Valued {
  const reasons: Reason[] = [];
  const [total, cash] = [new ExactTotal(), new ExactTotal()];
  let [known, score, count] = [accounts.length === 0, 0, 0];
  for (const { account, live, market } of accounts) {
    const accountId = account.accountId;
    if (!live) {
      count += 1;
      reasons.push({ code: 'no_history', accountId, detail: 'No snapshot of this account has been captured yet.' });
      continue;
    }
    const day = marketDayNumber(now, market);
    const missing = new Set<string>();
    const value = converted(live.totals, base, day, rateOn, missing);
    const scores = live.scores(now, missing);
    count += scores.count;
    score += scores.sum;
    for (const currency of missing) reasons.push({ code: 'rate_missing', accountId, detail: `No rate from ${currency} to ${base} is known.` });
    for (const asset of live.unpriced) reasons.push({ code: 'price_missing', accountId, asset, detail: `No price of ${asset} is known.` });
    if (value === null) continue;
    known = true;
    total.add(value);
    const ownCash = converted(live.cash, base, day, rateOn);
    if (ownCash) cash.add(ownCash);
  }
  const complete = reasons.length === 0;
  return { value: known ? total : null, cash: known ? cash : null, complete, quality: count === 0 ? 100 : Math.floor(score / count), reasons };
}

export interface Before {
  readonly value: Decimal | null;
  readonly flow: Decimal | null;
  readonly reasons: readonly Reason[];
}

function before(accounts: readonly UserAccount[], base: string, now: number, rateOn: RateOn): Before {
  const reasons: Reason[] = [];
  const [values, flows]: [Decimal[], Decimal[]] = [[], []];
  for (const { account, live, baseline, flows: own, market } of accounts) {
    if (!live) continue;
    const accountId = account.accountId;
    const missing = new Set<string>();
    const value = baseline && converted(baseline.amounts, base, baseline.day, rateOn, missing);
    if (value && missing.size === 0 && baseline.complete) values.push(written(value));
    else if (baseline && !baseline.complete) reasons.push({ code: 'price_missing', accountId, detail: 'The value at the close before lacks a price.' });
    else reasons.push(baseline ? { code: 'rate_missing', accountId, detail: `No rate into ${base} is known for the close before.` } : { code: 'no_history', accountId, detail: 'The value at the close before is not known.' });
    const flow = own && converted(own, base, marketDayNumber(now, market), rateOn, missing);
    if (flow && missing.size === 0) flows.push(written(flow));
    else if (own === null) reasons.push({ code: 'flow_value_missing', accountId, detail: 'Something came in or went out today whose worth is not known.' });
  }
  return { value: reasons.length === 0 && accounts.some((one) => one.live) ? sum(values) : null, flow: reasons.length === 0 ? sum(flows) : null, reasons };
}

/** What of a scope stands still between two ticks: worked out once, until the user is read anew, a day ends or rates change. */
export interface PreparedScope {
  readonly scope: ScopeOf;
  readonly accounts: readonly UserAccount[];
  readonly market: Market;
  readonly before: Before;
}

export function prepareScope(user: LiveUser, scope: ScopeOf, now: number, rateOn: RateOn): PreparedScope {
  const accounts = accountsIn(user, scope, now);
  return { scope, accounts, market: marketOfScope(accounts), before: before(accounts, scope.currency, now, rateOn) };
}

export interface Moment {
  readonly now: number;
  readonly day: DayNumber;
  readonly marketState: liveRpc.MarketState;
  readonly rateOn: RateOn;
}

/** @param see takes the value into the day of the scope and gives how it went until now */
export function liveValue({ scope, accounts, before: then }: PreparedScope, { now, day, marketState, rateOn }: Moment, see: (value: Exact) => DayTrack): liveRpc.LiveValue {
  const valued = valueOf(accounts, scope.currency, now, rateOn);
  const text = (amount: Exact | null | undefined) => (amount ? written(amount) : null);
  const value = text(valued.value);
  const track = valued.value === null ? null : see(frozen(valued.value));
  const change = value !== null && then.value !== null && then.flow !== null && valued.complete ? subtract(subtract(value, then.value), then.flow) : null;
  const whole = change === null ? null : sum([then.value as Decimal, then.flow as Decimal]);
  return {
    account: scope.account,
    source: scope.source,
    currency: scope.currency,
    day: dayOf(day),
    value,
    cash: text(valued.cash),
    previousClose: then.value,
    netFlow: then.flow,
    dayChange: change,
    dayChangePercent: change !== null && whole !== null && compare(whole, '0') > 0 ? divide(multiply(change, '100'), whole, 2) : null,
    open: text(track?.open),
    high: text(track?.high),
    low: text(track?.low),
    marketState,
    complete: valued.complete,
    quality: valued.quality,
    reasons: [...valued.reasons, ...then.reasons].slice(0, MOST_REASONS),
  };
}
