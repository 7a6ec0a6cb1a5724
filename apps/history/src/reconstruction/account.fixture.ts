/**
 * Short sentences for the specs: `given().snapshot(…).buy(…).closes(…).when(from, to).day(…)`. Days are text; a snapshot without an
 * instant is of 12:00 in New York; the account's provider knows its transactions from `whole` on.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { calendarDayNumber, dayNumber, dayOf, marketDayNumber, marketOf } from '@tidemark/market';
import type { NormalisedTransaction, TransactionKind } from '@tidemark/transactions';
import type { AccountDay, CapturedSnapshot, PreparedCloses, ReconstructionInput, ReconstructionResult } from './model.js';
import { reconstruct } from './reconstruct.js';

/** `USD` is cash, `AAPL` an equity, anything with a colon itself. */
export const asset = (name: string): string => (name.includes(':') ? name : /^(USD|EUR|GBP|JPY)$/.test(name) ? `currency:${name}` : `equity:${name}`);

type Line = string | ({ units: string } & Partial<Omit<BalanceLine, 'asset' | 'quantity'>>);
type Row = Partial<Omit<NormalisedTransaction, 'kind' | 'date'>>;

interface Split {
  readonly day: string;
  readonly ratio: string;
}

export interface Told {
  readonly value: string | null;
  readonly cash: string | null;
  readonly basis: string | null;
  readonly inflow: string | null;
  readonly outflow: string | null;
  readonly securities: number;
  readonly origin: AccountDay['origin'];
  readonly quality: number;
  readonly reasons: readonly string[];
  readonly complete: boolean;
}

export class Given {
  readonly snapshots: CapturedSnapshot[] = [];
  readonly transactions: NormalisedTransaction[] = [];
  readonly prices = new Map<string, PreparedCloses>();
  #whole: string | null = '2000-01-01';
  #zone = 'America/New_York';

  zone(name: string): this {
    this.#zone = name;
    return this;
  }

  whole(from: string | null): this {
    this.#whole = from;
    return this;
  }

  /** @param when a day, or an instant */
  snapshot(when: string, lines: Record<string, Line>): this {
    const capturedAt = when.length > 10 ? when : `${when}T17:00:00Z`;
    const [at, market] = [Date.parse(capturedAt), marketOf(this.#zone)];
    const held = Object.entries(lines).map(([name, line]): BalanceLine => {
      const { units, ...rest } = typeof line === 'string' ? { units: line } : line;
      return { asset: asset(name), quantity: units, ...rest };
    });
    this.snapshots.push({ snapshotId: `s${this.snapshots.length}`, capturedAt, day: marketDayNumber(at, market), calendarDay: calendarDayNumber(at, market), currency: 'USD', lines: held });
    return this;
  }

  row(kind: TransactionKind, date: string, row: Row): this {
    const transactionId = row.transactionId ?? `t${this.transactions.length}`;
    this.transactions.push({ provider: 'snaptrade', at: null, asset: null, units: '0', cash: '0', currency: 'USD', fees: null, price: null, external: false, transfer: false, pending: false, doubts: [], providerType: kind.toUpperCase(), providerSubtype: null, description: null, ...row, transactionId, kind, date });
    return this;
  }

  /** Units as the account counts them, cash as it moves. */
  trade(kind: TransactionKind, date: string, name: string, units: string | null, cash: string | null, row: Row = {}): this {
    return this.row(kind, date, { asset: asset(name), units, cash, ...row });
  }

  buy(date: string, name: string, units: string, cash: string, row: Row = {}): this {
    return this.trade('buy', date, name, units, `-${cash}`, row);
  }

  sell(date: string, name: string, units: string, cash: string, row: Row = {}): this {
    return this.trade('sell', date, name, `-${units}`, cash, row);
  }

  deposit(date: string, cash: string, row: Row = {}): this {
    return this.row('deposit', date, { cash, external: true, transfer: true, ...row });
  }

  closes(name: string, closes: Record<string, string>, splits: readonly Split[] = [], currency = 'USD'): this {
    const days = Object.keys(closes).sort();
    const first = dayNumber(days[0] ?? '2026-01-01');
    const last = dayNumber(days.at(-1) ?? '2026-01-01');
    const scale = Math.max(0, ...Object.values(closes).map((text) => text.split('.')[1]?.length ?? 0));
    const newest: bigint[] = [];
    const age = new Int16Array(last - first + 1);
    for (let day = first; day <= last; day += 1) {
      const close = closes[dayOf(day)];
      const [whole = '', fraction = ''] = (close ?? '').split('.');
      newest.push(close === undefined ? (newest.at(-1) as bigint) : BigInt(whole + fraction.padEnd(scale, '0')));
      age[day - first] = close === undefined ? (age[day - first - 1] as number) + 1 : 0;
    }
    this.prices.set(asset(name), { symbol: name, currency, firstDay: first, scale, newest, age, splits: splits.map(({ day, ratio }) => ({ day: dayNumber(day), numerator: ratio.split(':')[0] as string, denominator: ratio.split(':')[1] as string })) });
    return this;
  }

  input(from: string, to: string): ReconstructionInput {
    const market = marketOf(this.#zone);
    return { accountId: 'a', currency: 'USD', from: dayNumber(from), to: dayNumber(to), snapshots: this.snapshots, transactions: this.transactions, wholeFrom: this.#whole === null ? null : dayNumber(this.#whole), closesOf: (id) => this.prices.get(id) ?? null, marketDayOf: (instant) => marketDayNumber(Date.parse(instant), market) };
  }

  when(from: string, to: string): When {
    return new When(reconstruct(this.input(from, to)));
  }
}

export class When {
  constructor(readonly result: ReconstructionResult) {}

  /** Of one day; amounts of another currency than dollars are asked for by it. */
  day(date: string, currency = 'USD'): Told {
    const found = this.result.days.find(({ day }) => dayOf(day) === date);
    if (found === undefined) throw new Error(`no ${date} in the answer`);
    const of = (amounts: AccountDay['costBasis']) => (amounts === null ? null : (amounts.find((amount) => amount.currency === currency)?.amount ?? (amounts === found.value || amounts === found.cash ? null : '0')));
    return { value: of(found.value), cash: of(found.cash), basis: of(found.costBasis), inflow: of(found.inflow), outflow: of(found.outflow), securities: found.securities, origin: found.origin, quality: found.quality, reasons: found.reasons.map((index) => this.result.reasons[index]?.code ?? '?').sort(), complete: found.complete };
  }

  values(currency = 'USD'): (string | null)[] {
    return this.result.days.map(({ day }) => this.day(dayOf(day), currency).value);
  }
}

export const given = (): Given => new Given();
