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
import { marketDayNumber, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import { halfEven, scaled, written } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';
import type { DayTrack } from './day-track.js';
import { accountValue, converted } from './account-value.js';
import type { RateOn } from './account-value.js';
import { ExactTotal, frozen } from './exact-total.js';
import type { Scores } from './live-account.js';
import type { LiveUser, UserAccount } from './live-user.js';

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
  const known = new Set(user.accounts.filter((one) => one.live !== null).map((one) => one.account.accountId));
  const aside = notCounted(user.accounts.map((one) => one.account), new Date(now).toISOString(), ({ accountId }) => known.has(accountId));
  const wanted = (provider: string) => source === 'all' || (provider === 'manual') === (source === 'house');
  return user.accounts.filter((one) => !aside.has(one.account.accountId) && wanted(one.account.provider));
}

export function marketOfScope(accounts: readonly UserAccount[]): Market {
  const first = accounts[0]?.market;
  return first && accounts.every((one) => one.market === first) ? first : XNYS;
}

export interface Valued {
  readonly value: Exact | null;
  readonly cash: Exact | null;
  readonly complete: boolean;
  readonly quality: number;
  readonly reasons: readonly Reason[];
}

export function qualityOf({ sum: score, count }: Scores): number {
  return count === 0 ? 100 : Math.floor(score / count);
}

function valueOf(accounts: readonly UserAccount[], base: string, now: number, rateOn: RateOn): Valued {
  const parts = accounts.map((one) => accountValue(one, base, now, rateOn));
  const [first] = parts;
  const reasons = parts.flatMap((part) => part.reasons);
  const scores = { sum: parts.reduce((all, part) => all + part.scores.sum, 0), count: parts.reduce((all, part) => all + part.scores.count, 0) };
  const rest = { complete: reasons.length === 0, quality: qualityOf(scores), reasons };
  if (first && parts.length === 1) return { value: first.value, cash: first.cash, ...rest };
  const [total, cash] = [new ExactTotal(), new ExactTotal()];
  for (const part of parts) {
    if (part.value) total.add(part.value);
    if (part.cash) cash.add(part.cash);
  }
  const known = parts.length === 0 || parts.some((part) => part.value !== null);
  return { value: known ? total : null, cash: known ? cash : null, ...rest };
}

export interface Before {
  readonly value: Exact | null;
  readonly flow: Exact | null;
  readonly reasons: readonly Reason[];
}

function before(accounts: readonly UserAccount[], base: string, now: number, rateOn: RateOn): Before {
  const reasons: Reason[] = [];
  const [value, flow] = [new ExactTotal(), new ExactTotal()];
  for (const { account, live, baseline, flows, market } of accounts) {
    if (!live) continue;
    const accountId = account.accountId;
    const missing = new Set<string>();
    const then = baseline && converted(baseline.amounts, base, baseline.day, rateOn, missing);
    if (!baseline) reasons.push({ code: 'no_history', accountId, detail: 'The value at the close before is not known.' });
    else if (!baseline.complete) reasons.push({ code: 'price_missing', accountId, detail: 'The value at the close before lacks a price.' });
    else if (!then || missing.size > 0) reasons.push({ code: 'rate_missing', accountId, detail: `No rate into ${base} is known for the close before.` });
    else value.add(then);
    const moved = flows && converted(flows, base, marketDayNumber(now, market), rateOn, missing);
    if (!moved || missing.size > 0) reasons.push({ code: 'flow_value_missing', accountId, detail: 'Something came in or went out today whose worth is not known.' });
    else flow.add(moved);
  }
  const known = reasons.length === 0;
  return { value: known && accounts.some((one) => one.live) ? value : null, flow: known ? flow : null, reasons };
}

/** What of a scope stands still between two ticks: worked out once, until the user is read anew, a day ends or rates change. */
export interface PreparedScope {
  readonly scope: ScopeOf;
  readonly accounts: readonly UserAccount[];
  readonly market: Market;
  readonly before: Before;
  /** As they are written, beside each other. */
  readonly previousClose: Decimal | null;
  readonly netFlow: Decimal | null;
}

export function prepareScope(user: LiveUser, scope: ScopeOf, now: number, rateOn: RateOn): PreparedScope {
  const accounts = accountsIn(user, scope, now);
  const then = before(accounts, scope.currency, now, rateOn);
  return { scope, accounts, market: marketOfScope(accounts), before: then, previousClose: text(then.value), netFlow: text(then.flow) };
}

export interface Moment {
  readonly now: number;
  /** The market's day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly marketState: liveRpc.MarketState;
  readonly rateOn: RateOn;
}

/** @param see takes the value into the day of the scope and gives how it went until now */
export function liveValue({ scope, accounts, before: then, previousClose, netFlow }: PreparedScope, { now, date, marketState, rateOn }: Moment, see: (value: Exact) => DayTrack): liveRpc.LiveValue {
  const { value, cash, complete, quality, reasons } = valueOf(accounts, scope.currency, now, rateOn);
  const track = value === null ? null : see(frozen(value));
  const change = value && then.value && then.flow && complete ? changeOf(value, then.value, then.flow) : null;
  return {
    account: scope.account,
    source: scope.source,
    currency: scope.currency,
    day: date,
    value: text(value),
    cash: text(cash),
    previousClose,
    netFlow,
    dayChange: text(change?.amount),
    dayChangePercent: change?.percent ?? null,
    open: text(track?.open),
    high: text(track?.high),
    low: text(track?.low),
    marketState,
    complete,
    quality,
    reasons: [...reasons, ...then.reasons].slice(0, MOST_REASONS),
  };
}

function text(amount: Exact | null | undefined): Decimal | null {
  return amount ? written(amount) : null;
}

function changeOf(value: Exact, then: Exact, flow: Exact): { amount: Exact; percent: Decimal | null } {
  const whole = new ExactTotal();
  whole.add(then);
  whole.add(flow);
  const amount = new ExactTotal();
  amount.add(value);
  amount.subtract(whole);
  if (whole.digits <= 0n) return { amount, percent: null };
  const scale = Math.max(amount.scale, whole.scale);
  return { amount, percent: written({ digits: halfEven(scaled(amount, scale) * 10_000n, scaled(whole, scale)), scale: 2 }) };
}
