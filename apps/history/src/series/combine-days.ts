/**
 * The days of a scope from the days of its accounts. Pure. Σ accounts = total, exactly, on every day: an account's series is made by the
 * same code from a scope of one.
 *
 * An account is part of a day where it counts at its close and something of it is known. One that comes in brings its value as an inflow;
 * one that goes takes the value at which it was last counted as an outflow; its own flows of that day are not counted beside it: so no
 * return is made or lost by coming or going. Where an account takes the place of another link of the same real account, only the
 * difference between the two crosses the border, and the day's movement is the account's. Between the last day of an account that still counts and the last day of the user's
 * others (a close that is under way), what it was last worth is carried, and the day says so.
 *
 * Amounts are converted with the rate of their day, product by product, never rounded. Where a rate is missing the day is not known:
 * a sum without that part would be a fall that never was.
 */
import { dayOf } from '@tidemark/market';
import { absolute, compare, exact, isNegative, isZero, negate, subtract } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { DayNumber } from '../reconstruction/model.js';
import type { RateTable } from '../reads/read-context.js';
import type { AmountColumn } from '../storage/amount-column.js';
import type { AmountKind, DayColumns } from '../storage/day-columns.js';
import { AMOUNTS, ORIGIN_CODES } from '../storage/day-columns.js';
import type { StoredFlow } from '../storage/flows.js';
import { AccountPlaces } from './account-places.js';
import type { DayPlace } from './account-places.js';
import type { BorderFlow } from './border-flow.js';
import type { CountsOn } from './counted-days.js';
import { DayRates } from './day-rates.js';
import { DaySpans } from './day-spans.js';
import type { DaySpan } from './day-spans.js';
import { DayTotals, isKnowable, isPlainIn } from './day-totals.js';
import type { ScopeDay } from './scope-day.js';
import { movesBothWays, netFlow } from './net-flow.js';
import { ScopeSums } from './scope-sums.js';

export interface AccountDays {
  readonly accountId: string;
  /** Ascending and without a day twice; from the day before the range on. */
  readonly chunks: readonly DayColumns[];
  readonly countsOn: CountsOn;
  /** The same for accounts that are one real account, linked more than once. Absent: no other is the same. */
  readonly real?: string | undefined;
  /** Nobody tells its transactions: what moved is the difference of two statements. */
  readonly stated?: boolean | undefined;
}

export interface CombineInput {
  readonly base: string;
  readonly from: DayNumber;
  /** Inclusive, and the last day of any account of the user. */
  readonly to: DayNumber;
  readonly accounts: readonly AccountDays[];
  readonly rates: RateTable;
  /** Both sides of transfers of one day between accounts of the scope: in neither inflow nor outflow. */
  readonly internal: readonly (readonly StoredFlow[])[];
}

export type SpanOf = { readonly accountId: string; readonly reason: number } | { readonly currency: string; readonly code: 'rate_missing' | 'rate_stale' } | { readonly accountId: string; readonly code: 'carried' };

export interface Combined {
  /** From the first day on which anything is known. */
  readonly days: readonly ScopeDay[];
  readonly spans: readonly DaySpan<SpanOf>[];
  /** Those of accounts that come in on the very first day are among them. */
  readonly borders: readonly BorderFlow[];
}

/** Quality of a day whose rate is missing, or is older than a week. */
const SCORE = { missing: 0, stale: 50 } as const;

export function combineDays(input: CombineInput): Combined {
  const combining = new Combining(input);
  for (const account of input.accounts) combining.account(account);
  combining.handOver();
  combining.takeOutInternal();
  return combining.result();
}

class Combining {
  private readonly count: number;
  private readonly totals: DayTotals;
  private readonly borders: BorderFlow[] = [];
  /** By day and real account: what one link of it took out of the scope and another brought in. */
  private readonly handed = new Map<string, { readonly index: number; left?: BorderFlow; came?: BorderFlow }>();
  private readonly spans = new DaySpans<SpanOf>();
  private readonly rates: DayRates;
  /** By account, the days on which its own flows count. */
  private readonly ownFlows = new Map<string, Uint8Array>();

  constructor(private readonly input: CombineInput) {
    this.count = Math.max(0, input.to - input.from + 1);
    this.totals = new DayTotals(this.count);
    this.rates = new DayRates(input.rates, input.base);
  }

  private get sums(): DayTotals['sums'] {
    return this.totals.sums;
  }

  account(account: AccountDays): void {
    const { from } = this.input;
    const own = new Uint8Array(this.count);
    this.ownFlows.set(account.accountId, own);
    const places = new AccountPlaces(account.chunks, from - 1, this.count + 1);
    let before = counting(account, places.of(0), from - 1);
    for (let index = 0; index < this.count; index += 1) {
      const now = counting(account, places.of(index + 1), from + index);
      const more = now && before ? this.stretch(account, index, now, own) : 0;
      if (more > 0) index += more - 1;
      else if (now) this.day(account, index, now, before ?? this.takenOver(account, places.of(index), index), own);
      // What it was worth when it was last counted, on that day and at that day's rate.
      else if (before) this.border(account, index, before, { day: from + index - 1, comes: false });
      before = more > 0 ? places.of(index + 1) : now;
    }
  }

  /** All days from `now` on that stand in its columns and count, where they can be added as columns. @returns how many */
  private stretch({ accountId, countsOn, stated }: AccountDays, index: number, { columns, at }: DayPlace, own: Uint8Array): number {
    const day = this.input.from + index;
    if (stated || columns.days[at] !== day || !isPlainIn(this.input.base, columns)) return 0;
    const most = Math.min(columns.days.length - at, this.count - index);
    let length = 1;
    while (length < most && columns.days[at + length] === day + length && countsOn(day + length) === null) length += 1;
    for (const kind of AMOUNTS) this.totals.addStretch(kind, index, columns, at, length);
    for (let more = 0; more < length; more += 1) {
      this.totals.count(index + more, columns, at + more);
      this.noteReasons(accountId, columns, at + more, day + more);
    }
    own.fill(1, index, index + length);
    return length;
  }

  private noteReasons(accountId: string, columns: DayColumns, at: number, day: DayNumber): void {
    for (const reason of columns.reasons[at] as readonly number[]) this.spans.note(`${accountId} ${reason}`, { accountId, reason }, day);
  }

  private day(account: AccountDays, index: number, now: DayPlace, before: DayPlace | null, own: Uint8Array): void {
    const { columns, at } = now;
    const day = this.input.from + index;
    const pending = columns.days[at] !== day;
    this.totals.count(index, columns, at, pending);
    this.amount(this.sums.value, index, now, 'value', day);
    this.amount(this.sums.cash, index, now, 'cash', day);
    this.amount(this.sums.costBasis, index, now, 'costBasis', day);
    if (!before) this.border(account, index, now, { day, comes: true });
    else if (!pending) {
      own[index] = 1;
      if (account.stated && movesBothWays(columns, at)) this.cross(index, netFlow((side, into) => this.amount(into, index, now, side, day, 0)));
      else {
        this.amount(this.sums.inflow, index, now, 'inflow', day);
        this.amount(this.sums.outflow, index, now, 'outflow', day);
      }
    }
    if (pending) this.spans.note(`${account.accountId} carried`, { accountId: account.accountId, code: 'carried' }, day);
    this.noteReasons(account.accountId, columns, at, day);
  }

  /**
   * The place of the day before, of an account that stood aside for another link of the same real account until then: it comes in at the
   * close at which the other goes, and what the day brings is its own. Null: it comes in at its first close.
   */
  private takenOver(account: AccountDays, yesterday: DayPlace | null, index: number): DayPlace | null {
    const day = this.input.from + index - 1;
    if (!yesterday || account.real === undefined || account.countsOn(day) !== 'duplicate') return null;
    this.border(account, index, yesterday, { day, comes: true, takesOver: true });
    return yesterday;
  }

  /** @param day of the value: the one before where the account goes, or takes over */
  private border({ accountId, real }: AccountDays, index: number, place: DayPlace, { day, comes, takesOver = false }: { readonly day: DayNumber; readonly comes: boolean; readonly takesOver?: boolean }): void {
    const value = new ScopeSums(1);
    this.amount(value, index, place, 'value', day, 0);
    const worth = value.at(0);
    const amount = worth === null || comes ? worth : negate(worth);
    const border: BorderFlow = { accountId, date: dayOf(this.input.from + index), amount, ...(takesOver ? { takesOver } : {}) };
    this.borders.push(border);
    if (real !== undefined && (takesOver || !comes)) this.noteHanded(`${index} ${real}`, index, border, comes);
    if (amount === null) return (comes ? this.sums.inflow : this.sums.outflow).spoil(index);
    this.cross(index, exact(amount));
  }

  /** What is owed comes in as an outflow: both sums hold amounts ≥ 0. */
  private cross(index: number, net: Exact | null): void {
    if (net === null) this.sums.inflow.spoil(index);
    else if (net.digits > 0n) this.sums.inflow.add(index, net.digits, net.scale);
    else this.sums.outflow.add(index, -net.digits, net.scale);
  }

  /** @param slot of `into`; the day's where it is a sum a day */
  private amount(into: ScopeSums, index: number, { columns, at }: DayPlace, kind: AmountKind, day: DayNumber, slot = index): void {
    if (isKnowable(kind) && !columns.known[kind][at]) return into.spoil(slot);
    const amounts = columns.amounts[kind];
    for (let place = 0; place < amounts.length; place += 1) {
      const column = amounts[place] as AmountColumn;
      const { scale, plain } = column;
      if (plain !== null && (Number.isNaN(plain[at]) || plain[at] === 0)) continue;
      const currency = columns.currencies[place] as string;
      if (plain !== null && currency === this.input.base) {
        into.addPlain(slot, plain[at] as number, scale);
        continue;
      }
      const held = column.digits[at];
      if (held === null || held === undefined || held === 0n) continue;
      const rate = this.rates.at(currency, day);
      if (rate === null) {
        into.spoil(slot);
        this.totals.lower(index, SCORE.missing);
        this.spans.note(`${currency} missing`, { currency, code: 'rate_missing' }, day);
      } else {
        into.add(slot, held * rate.digits, scale + rate.scale);
        if (rate.stale) {
          this.totals.lower(index, SCORE.stale);
          this.spans.note(`${currency} stale`, { currency, code: 'rate_stale' }, day);
        }
      }
    }
  }

  private noteHanded(key: string, index: number, border: BorderFlow, comes: boolean): void {
    const pair = this.handed.get(key) ?? { index };
    if (comes) pair.came = border;
    else pair.left = border;
    this.handed.set(key, pair);
  }

  /** One link of a real account follows another: nothing came or went but the difference between what the two say that it was worth. */
  handOver(): void {
    for (const { index, left, came } of this.handed.values()) {
      if (left?.amount == null || came?.amount == null) continue;
      const [less, more] = [negate(left.amount), came.amount];
      if (isNegative(less) !== isNegative(more)) continue;
      const { digits, scale } = exact(compare(absolute(less), absolute(more)) < 0 ? absolute(less) : absolute(more));
      this.sums.inflow.add(index, -digits, scale);
      this.sums.outflow.add(index, -digits, scale);
      const rest = subtract(more, less);
      this.borders.splice(this.borders.indexOf(left), 1);
      this.borders.splice(this.borders.indexOf(came), 1, ...(isZero(rest) ? [] : [{ ...came, amount: rest }]));
    }
  }

  takeOutInternal(): void {
    for (const parts of this.input.internal) {
      const counted = parts.every((flow) => this.ownFlows.get(flow.accountId)?.[flow.day - this.input.from] === 1);
      if (!counted) continue;
      for (const flow of parts) this.takeOut(flow);
    }
  }

  private takeOut({ day, currency, amount }: StoredFlow): void {
    if (amount === null || currency === null) return;
    const rate = this.rates.at(currency, day);
    if (rate === null) return;
    const { digits, scale } = exact(amount);
    // Both sums hold amounts ≥ 0.
    if (digits > 0n) this.sums.inflow.add(day - this.input.from, -digits * rate.digits, scale + rate.scale);
    else this.sums.outflow.add(day - this.input.from, digits * rate.digits, scale + rate.scale);
  }

  result(): Combined {
    const { sums, members, knowing, securities, quality, incomplete, origin } = this.totals;
    const days: ScopeDay[] = [];
    const first = members.findIndex((one) => one > 0);
    for (let index = first; first >= 0 && index < this.count; index += 1) {
      const there = (members[index] as number) > 0;
      days.push({
        date: dayOf(this.input.from + index),
        // A sum of nothing known is no zero.
        value: there && knowing[index] !== 0 ? sums.value.at(index) : null,
        cash: there ? sums.cash.at(index) : null,
        costBasis: there ? sums.costBasis.at(index) : null,
        inflow: sums.inflow.at(index), outflow: sums.outflow.at(index),
        securities: securities[index] as number,
        origin: ORIGIN_CODES[origin[index] as number] as ScopeDay['origin'],
        quality: there ? (quality[index] as number) : 0,
        complete: there && incomplete[index] === 0 && !sums.value.isUnknown(index),
      });
    }
    return { days, spans: this.spans.all(), borders: this.borders };
  }
}

const counting = ({ countsOn }: AccountDays, place: DayPlace | null, day: DayNumber): DayPlace | null => (place && countsOn(day) === null ? place : null);
