/**
 * All users whose live values this replica computes. Quotes gather for some milliseconds; then a round prices the positions that hold what
 * moved, takes the values of their accounts into their days, and publishes the values of those who watch. A symbol that ticked a hundred times
 * in between is priced once, at its newest: what nobody was sent was never a value of the day.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import { liveRpc } from '@tidemark/contracts';
import type { Clock } from '@tidemark/kernel';
import { closeMs, dayOf, marketDayNumber } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import { written } from '@tidemark/money';
import { frozen } from './book/exact-total.js';
import type { LiveUser, UserAccount } from './book/live-user.js';
import { converted } from './book/account-value.js';
import type { StoredIntraday } from './days/intraday-tables.js';
import type { Recorder } from './days/recorder.js';
import type { DayNumber } from '../reconstruction/model.js';
import type { IntradayMetrics } from './intraday-metrics.js';
import type { LiveRates } from './load/live-rates.js';
import type { SymbolRegistry } from './load/symbol-registry.js';
import { marketState } from './quotes/symbol-market.js';
import { WatchedUser } from './watched-user.js';
import type { Moments } from './watched-user.js';
import type { StoredWatch } from './watches/watch-table.js';

export interface BookDeps {
  readonly clock: Clock;
  readonly nats: NatsConnection;
  readonly registry: SymbolRegistry;
  readonly rates: LiveRates;
  readonly recorder: Recorder;
  readonly metrics: IntradayMetrics;
  /** How long quotes gather. */
  readonly gatherMs: number;
}

/** What a market is at an instant changes at its opening and its close; it is looked at again this often. */
const STATE_MS = 1_000;
/** A round takes this long at a time. */
const SLICE_MS = 8;

export class LiveBook {
  readonly users = new Map<string, WatchedUser>();
  private readonly ticked = new Set<string>();
  private readonly moved = new Map<string, Set<UserAccount>>();
  private readonly states = new Map<Market, { readonly since: number; readonly until: number; readonly day: DayNumber; readonly date: string; readonly marketState: liveRpc.MarketState }>();
  private timer: NodeJS.Timeout | undefined;
  private slice: NodeJS.Immediate | undefined;
  /** When the first day ends among those that are watched. */
  private rollAt = 0;

  constructor(private readonly deps: BookDeps) {}

  /** A symbol has a newer price. */
  tick(symbol: string): void {
    this.ticked.add(symbol);
    this.soon();
  }

  put(user: LiveUser, stored: readonly StoredIntraday[]): WatchedUser {
    const known = this.users.get(user.userId);
    if (known) {
      this.release(known);
      known.renew(user);
    } else this.users.set(user.userId, new WatchedUser(user, stored));
    this.rollAt = 0;
    for (const owner of user.accounts) {
      this.deps.registry.hold(user.userId, owner);
      const before = owner.baseline && converted(owner.baseline.amounts, owner.currency, owner.baseline.day, this.deps.rates.on);
      owner.series.previousClose = before ? written(before) : owner.series.previousClose;
      this.touch(user.userId, owner);
    }
    if (user.accounts.length === 0) this.touch(user.userId);
    return this.users.get(user.userId) as WatchedUser;
  }

  drop(userId: string): void {
    const known = this.users.get(userId);
    if (!known) return;
    this.release(known);
    for (const { account } of known.user.accounts) this.deps.recorder.forget(account.accountId);
    this.users.delete(userId);
    this.moved.delete(userId);
  }

  /** Adds a watch of a user who is here, or says the value again to one that is there. */
  watch(stored: StoredWatch): void {
    const user = this.users.get(stored.userId);
    if (!user) return;
    if (user.watches.has(stored.watchId)) user.repeat(stored.watchId);
    else user.watch(stored);
    this.touch(stored.userId);
  }

  /** Rates, what counts, or the state of a market may be others: every value is looked at again. */
  lookAgain(): void {
    for (const [userId, watched] of this.users) {
      watched.invalidate();
      for (const owner of watched.user.accounts) this.touch(userId, owner);
    }
  }

  /** Ends the days of markets that have closed since: what was last becomes the close before, until the end of day has written it. */
  private roll(now: number): void {
    this.rollAt = Infinity;
    for (const [userId, watched] of this.users) {
      const ended = watched.user.accounts.filter((owner) => owner.day < this.stateOf(owner.market, now).day);
      for (const owner of ended) {
        owner.day = this.stateOf(owner.market, now).day;
        owner.flows = [];
        owner.baseline = owner.live && { day: owner.day - 1, amounts: [...owner.live.totals].map(([currency, total]) => [currency, frozen(total)] as const), complete: owner.live.unpriced.length === 0, provisional: true };
      }
      for (const series of watched.series()) {
        const { day } = this.stateOf(series.market, now);
        this.deps.recorder.roll(series, day, closeMs(day - 1, series.market) + 1);
        this.rollAt = Math.min(this.rollAt, closeMs(day, series.market) + 1);
      }
      if (ended.length === 0) continue;
      watched.invalidate();
      for (const owner of ended) this.touch(userId, owner, false);
    }
  }

  /**
   * Prices, records and publishes what has moved. After some milliseconds the bus gets its turn, so that the first values are on their way
   * while the last are computed; what ticks meanwhile is in the values that are still to come, or in the next round.
   */
  round(): void {
    clearTimeout(this.timer);
    clearImmediate(this.slice);
    this.timer = this.slice = undefined;
    const began = performance.now();
    const { clock, nats, registry, rates, recorder, metrics } = this.deps;
    const now = clock.now();
    if (now >= this.rollAt) this.roll(now);
    for (const symbol of this.ticked) for (const { userId, owner } of registry.reprice(symbol, now)) this.touch(userId, owner, false);
    this.ticked.clear();
    const moments: Moments = { now, at: new Date(now).toISOString(), rateOn: rates.on, of: (market) => this.stateOf(market, now) };
    let pushes = 0;
    for (const [userId, owners] of this.moved) {
      this.moved.delete(userId);
      const watched = this.users.get(userId);
      if (!watched) continue;
      for (const owner of owners) watched.record(owner, recorder, moments);
      for (const { watchId, text } of watched.messages(recorder, moments)) {
        nats.publish(liveRpc.watchSubject(watchId), text);
        pushes += 1;
      }
      if (performance.now() - began < SLICE_MS) continue;
      if (this.moved.size > 0) this.slice = setImmediate(() => this.round());
      break;
    }
    metrics.round(pushes, performance.now() - began);
  }

  close(): void {
    clearTimeout(this.timer);
    clearImmediate(this.slice);
  }

  private touch(userId: string, owner?: UserAccount, soon = true): void {
    const owners = this.moved.get(userId) ?? this.moved.set(userId, new Set()).get(userId);
    if (owner) owners?.add(owner);
    if (soon) this.soon();
  }

  private soon(): void {
    if (!this.slice) this.timer ??= setTimeout(() => this.round(), this.deps.gatherMs);
  }

  private release(watched: WatchedUser): void {
    for (const { live } of watched.user.accounts) this.deps.registry.release(live);
  }

  private stateOf(market: Market, now: number) {
    const known = this.states.get(market);
    if (known && now < known.until && now >= known.since) return known;
    const day = marketDayNumber(now, market);
    const made = { since: now, until: Math.min(now + STATE_MS, closeMs(day, market)), day, date: dayOf(day), marketState: marketState(market, new Date(now).toISOString()) };
    this.states.set(market, made);
    return made;
  }
}
