/**
 * One account while it is played: what it holds now, and what it did. Every event goes through `record`, which moves units and cash and writes
 * the row; so what is held at the end is what the rows add up to.
 */
import { closeAt, dayText, hasClose, newYorkDay } from '../../market/calendar.js';
import type { Account, Provider, Transaction } from '../../world/world.js';
import type { TransactionKind } from '../../world/transaction-kinds.js';
import type { Dice } from '../dice.js';
import type { Contract } from './contracts.js';
import type { Listed } from './listed.js';
import { closeOn } from './listed.js';
import { centsText, priceText, unitsText, type Price } from './numbers.js';

export interface Row {
  day: number;
  kind: TransactionKind;
  listed?: Listed;
  /** Units gained or given up, in 10^−8. */
  units?: bigint;
  /** Units that the row names and that do not move: those that a dividend was paid on. */
  paidOn?: bigint;
  price?: Price;
  cents?: bigint;
  fees?: bigint;
  currency?: string;
  description?: string;
  /** What the provider shows as the amount instead. */
  shownCents?: bigint;
  pending?: true;
  cancels?: string;
  repeats?: string;
  /** Stamped with a time within the day. */
  timed?: true;
  /** It has no effect: cancelled, pending, or said twice. */
  idle?: true;
  wire?: Transaction['wire'];
}

export class Book {
  readonly units = new Map<Listed, bigint>();
  /** Cents by currency. */
  readonly cash = new Map<string, bigint>([['USD', 0n]]);
  readonly cost = new Map<Listed, bigint>();
  readonly rows: Transaction[] = [];
  /** Reinvestments that stand alone, and the last day on which nothing else may be paid on the security. */
  readonly alone = new Map<Listed, number>();
  /** Contracts held or written, to be looked at when they expire. */
  readonly expiring = new Set<Contract>();

  constructor(
    readonly account: Account,
    readonly provider: Provider,
    readonly chance: Dice,
    /** Only whole shares: what a split leaves over is paid out. */
    readonly wholeShares: boolean,
  ) {}

  held(listed: Listed): bigint {
    return this.units.get(listed) ?? 0n;
  }

  cashIn(currency: string): bigint {
    return this.cash.get(currency) ?? 0n;
  }

  /** What it holds and can be sold on the day. */
  longs(day: number): Listed[] {
    const longs: Listed[] = [];
    for (const [listed, units] of this.units) if (units > 0n && listed.security.kind !== 'option' && closeOn(listed, day) !== undefined) longs.push(listed);
    return longs;
  }

  /** A price at which one may have traded on a day: within a percent of its close. */
  priceNear(listed: Listed, day: number): Price | undefined {
    const close = closeOn(listed, day);
    if (close === undefined || listed.security.kind === 'money_market') return close;
    const digits = (close.digits * BigInt(10_000 + this.chance.whole(-100, 100))) / 10_000n;
    return { digits: digits < 1n ? 1n : digits, scale: close.scale };
  }

  /** @returns the id of the row */
  record(row: Row): string {
    const { listed, units = 0n, cents = 0n } = row;
    const currency = row.currency ?? listed?.security.currency ?? 'USD';
    if (row.idle === undefined) {
      if (listed !== undefined && units !== 0n) this.#move(listed, units, cents);
      this.cash.set(currency, this.cashIn(currency) + cents);
    }
    const id = `${this.account.id}-t${this.rows.length}`;
    const quantity = row.paidOn ?? (units === 0n ? undefined : units);
    const wire = { ...row.wire, ...(row.shownCents === undefined ? {} : { amount: centsText(row.shownCents) }) };
    this.rows.push({
      id,
      account: this.account.id,
      ...(row.timed === true ? this.#stamp(row) : { date: dayText(row.day) }),
      kind: row.kind,
      ...(listed === undefined ? {} : { security: listed.security.id }),
      ...(quantity === undefined ? {} : { quantity: unitsText(quantity) }),
      ...(row.price === undefined ? {} : { price: priceText(row.price) }),
      amount: centsText(cents),
      ...(row.fees === undefined ? {} : { fees: centsText(row.fees) }),
      currency,
      description: row.description ?? `${row.kind.replaceAll('_', ' ')}${listed === undefined ? '' : ` ${listed.security.symbol ?? listed.security.name}`}`,
      ...(row.pending === undefined ? {} : { pending: true }),
      ...(row.cancels === undefined ? {} : { cancels: row.cancels }),
      ...(row.repeats === undefined ? {} : { repeats: row.repeats }),
      ...(Object.keys(wire).length === 0 ? {} : { wire }),
    });
    return id;
  }

  /** Crypto trades at any hour between two closes, so that an evening belongs to the next day; all else while the exchange is open. */
  #stamp({ day, listed }: Row): { date: string; at?: string } {
    const crypto = listed?.session === 'crypto';
    if (!crypto && !hasClose(day, 'exchange')) return { date: dayText(day) };
    const from = crypto ? closeAt(day - 1) : closeAt(day) - 3 * 3_600_000;
    const minutes = Math.floor((closeAt(day) - from) / 60_000);
    // Never at midnight UTC: so a provider writes that it knows no time.
    const at = from + this.chance.whole(1, minutes - 1) * 60_000 + 30_000;
    return { date: dayText(newYorkDay(at)), at: new Date(at).toISOString() };
  }

  /** Units, and what they cost: a sale takes its share of the cost with it. */
  #move(listed: Listed, units: bigint, cents: bigint): void {
    const before = this.held(listed);
    const cost = this.cost.get(listed) ?? 0n;
    const after = before + units;
    if (after === 0n) this.cost.delete(listed);
    else this.cost.set(listed, before !== 0n && before > 0n !== units > 0n ? (cost * after) / before : cost - cents);
    if (after === 0n) this.units.delete(listed);
    else this.units.set(listed, after);
  }
}
