/** A user who is watched on this replica, with the watches and the days of their scopes. */
import type { liveRpc } from '@tidemark/contracts';
import { marketDayNumber } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { DayTrack } from './book/day-track.js';
import { frozen } from './book/exact-total.js';
import type { LiveUser, UserAccount } from './book/live-user.js';
import { accountValue } from './book/account-value.js';
import type { RateOn } from './book/account-value.js';
import { liveValue, prepareScope, qualityOf } from './book/scope-value.js';
import type { PreparedScope, ScopeOf } from './book/scope-value.js';
import type { DayNumber } from '../reconstruction/model.js';
import type { StoredIntraday } from './days/intraday-tables.js';
import { scopeSeries, storedTrack } from './days/recorder.js';
import type { Recorder } from './days/recorder.js';
import type { Series } from './book/series.js';
import type { StoredWatch } from './watches/watch-table.js';

interface Watch {
  readonly stored: StoredWatch;
  /** What was last published; the same is not said twice. */
  last: string;
}

/** One instant, with what each market is at it. */
export interface Moments {
  readonly now: number;
  /** The same, as it is written. */
  readonly at: string;
  readonly rateOn: RateOn;
  of(market: Market): { readonly day: DayNumber; readonly date: string; readonly marketState: liveRpc.MarketState };
}

export class WatchedUser {
  readonly watches = new Map<string, Watch>();
  private readonly scopes = new Map<string, Series>();
  private readonly prepared = new Map<string, { readonly scope: PreparedScope; readonly series: Series }>();

  /** @param stored how the days of this user's series went, as the tables have it */
  constructor(
    public user: LiveUser,
    private readonly stored: readonly StoredIntraday[],
  ) {}

  watch(stored: StoredWatch): void {
    this.watches.set(stored.watchId, { stored, last: '' });
  }

  /** The next value is published even where it is the same. */
  repeat(watchId: string): void {
    const watch = this.watches.get(watchId);
    if (watch) watch.last = '';
  }

  /** Read anew: what is known of the day so far goes over to the accounts that are still there. */
  renew(user: LiveUser): void {
    for (const next of user.accounts) {
      const before = this.user.accounts.find((one) => one.account.accountId === next.account.accountId && one.currency === next.currency && one.market === next.market);
      if (before) Object.assign(next, { series: before.series });
    }
    this.user = user;
    this.invalidate();
  }

  /** What counts, rates or the day may be others than before. */
  invalidate(): void {
    this.prepared.clear();
  }

  /** Takes the value of an account, as it is now, into its day. */
  record(owner: UserAccount, recorder: Recorder, moments: Moments): void {
    if (!owner.live) return;
    const { now, rateOn } = moments;
    const { value, scores } = accountValue(owner, owner.currency, now, rateOn);
    if (value === null) return;
    const kept = frozen(value);
    recorder.see(owner.series, kept, now, moments.of(owner.market).day);
    recorder.bar(owner.series, kept, qualityOf(scores), now);
  }

  /** The message of every watch whose value is another than the one last said. */
  *messages(recorder: Recorder, moments: Moments): Iterable<{ watchId: string; text: string }> {
    for (const watch of this.watches.values()) {
      const { account, source, currency } = watch.stored;
      const data = this.value({ account, source, currency: currency ?? this.user.baseCurrency }, recorder, moments);
      const said = JSON.stringify(data);
      if (said === watch.last) continue;
      watch.last = said;
      yield { watchId: watch.stored.watchId, text: `{"channel":"value","data":${said},"at":"${moments.at}"}` };
    }
  }

  /** Every series of this user, accounts first. */
  *series(): Iterable<Series> {
    for (const { series } of this.user.accounts) yield series;
    yield* this.scopes.values();
  }

  private value(scope: ScopeOf, recorder: Recorder, moments: Moments): liveRpc.LiveValue {
    const { now, rateOn } = moments;
    const key = `${scope.account ?? scope.source} ${scope.currency}`;
    let known = this.prepared.get(key);
    if (!known) {
      const made = prepareScope(this.user, scope, now, rateOn);
      known = { scope: made, series: this.seriesOf(made, now) };
      known.series.previousClose = made.previousClose ?? known.series.previousClose;
      this.prepared.set(key, known);
    }
    const { series, scope: prepared } = known;
    const { day, date, marketState } = moments.of(prepared.market);
    return liveValue(prepared, { now, rateOn, date, marketState }, (value) => {
      recorder.see(series, value, now, day);
      return series.track as DayTrack;
    });
  }

  /** An account watched in its own currency has one day, not two. */
  private seriesOf({ scope, market }: PreparedScope, now: number): Series {
    const own = scope.account === null ? undefined : this.user.accounts.find((one) => one.account.accountId === scope.account && one.currency === scope.currency);
    if (own) return own.series;
    const series = scopeSeries(this.user.userId, scope);
    const key = `${series} ${scope.currency} ${market.id}`;
    const known = this.scopes.get(key);
    if (known) return known;
    const made: Series = { series, userId: this.user.userId, accountId: scope.account, currency: scope.currency, market, track: storedTrack(this.stored, series, scope.currency, marketDayNumber(now, market)), previousClose: null };
    this.scopes.set(key, made);
    return made;
  }
}
