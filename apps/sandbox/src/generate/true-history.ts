/**
 * What every account of a world was really worth on every day: played forward from its opening, row by row, in decimal strings. Nothing here is
 * clever, so that it can be believed: units add up, cash adds up, and at the close of a day every position is worth its newest close. A close is of
 * a unit of its day: where a split came since, it is of what has become of that unit.
 */
import { add, compare, divide, isZero, multiply, negate, type Decimal } from '@tidemark/money';
import { dayNumber, dayText, marketDayAt } from '../market/calendar.js';
import { listed, quotedCloses, symbolAtSource } from '../market/series.js';
import { multiplierOf } from '../world/worth.js';
import { oldestFirst } from '../world/transaction-order.js';
import type { TransactionKind } from '../world/transaction-kinds.js';
import type { Account, Security, Transaction, World } from '../world/world.js';

export interface TrueDay {
  day: string;
  /** Positions at their newest close + cash, by currency. */
  value: Map<string, Decimal>;
  cash: Map<string, Decimal>;
  /** Units by security; none that are zero. */
  units: Map<string, Decimal>;
  /** Across the account's border, + in and − out, units at the day's close. */
  inflow: Map<string, Decimal>;
  outflow: Map<string, Decimal>;
  /** Held, and without any close until then. */
  unpriced: string[];
}

/** Rows that name units which do not move: those that something was paid on. */
export const UNITS_STAY: ReadonlySet<TransactionKind> = new Set<TransactionKind>([
  'dividend', 'qualified_dividend', 'substitute_dividend', 'interest', 'capital_gain', 'return_of_capital', 'fee', 'management_fee', 'tax', 'tax_withheld', 'rebate',
]);
const ACROSS: ReadonlySet<TransactionKind> = new Set<TransactionKind>([
  'deposit', 'withdrawal', 'contribution', 'distribution', 'transfer_in', 'transfer_out', 'cash_transfer_in', 'cash_transfer_out', 'asset_transfer_in', 'asset_transfer_out', 'purchase', 'payment',
]);

/** What `per` units cost: one, one, unless splits came between the close and the day. */
interface Close {
  close: Decimal;
  per: Decimal;
}

/** The newest close on or before a day; undefined where there is none until then. */
type NewestClose = (security: string, day: number) => Close | undefined;

/** Filled forward once for each security, so that a day is a look-up. */
function newestCloses(world: World, from: number, to: number): NewestClose {
  const given = Map.groupBy(world.prices.daily, ({ security }) => security);
  const splits = Map.groupBy(world.corporateActions.filter(({ kind }) => kind === 'split'), ({ security }) => security);
  const filled = new Map<string, (Close | undefined)[]>();
  return (security, day) => {
    let closes = filled.get(security);
    if (closes === undefined) {
      const rows = world.prices.walk === undefined ? (given.get(security) ?? []) : walked(world, security, to);
      const ofDay = new Map(rows.map(({ date, close }) => [dayNumber(date), { close, per: '1' }]));
      const onDay = Map.groupBy(splits.get(security) ?? [], ({ date }) => dayNumber(date));
      const first = Math.min(from, ...ofDay.keys());
      let newest: Close | undefined;
      const all = Array.from({ length: to - first + 1 }, (_, index) => (newest = ofDay.get(first + index) ?? carried(newest, onDay.get(first + index) ?? [])));
      filled.set(security, (closes = all.slice(from - first)));
    }
    return closes[day - from];
  };
}

function carried(close: Close | undefined, splits: readonly World['corporateActions'][number][]): Close | undefined {
  return close && splits.reduce<Close>((of, { numerator = '1', denominator = '1' }) => ({ close: multiply(of.close, denominator), per: multiply(of.per, numerator) }), close);
}

/** What the price source makes up where the world has it walk. */
function walked(world: World, id: string, to: number): readonly { date: string; close: Decimal }[] {
  const symbol = symbolAtSource(world.securities.find((security) => security.id === id)!);
  const listing = symbol === null ? undefined : listed(world).get(symbol);
  return listing === undefined ? [] : quotedCloses(world, listing, to);
}

/** Every account's days from `from` to `to`, both included. */
export function trueHistory(world: World, from: string, to: string): Map<string, TrueDay[]> {
  const closes = newestCloses(world, dayNumber(from), dayNumber(to));
  const rows = Map.groupBy(world.transactions, ({ account }) => account);
  const securities = new Map(world.securities.map((security) => [security.id, security]));
  return new Map(world.accounts.map((account) => [account.id, daysOf(account, rows.get(account.id) ?? [], securities, closes, dayNumber(from), dayNumber(to))]));
}

function daysOf(account: Account, rows: readonly Transaction[], securities: ReadonlyMap<string, Security>, closes: NewestClose, from: number, to: number): TrueDay[] {
  const cash = new Map((account.opening?.cash ?? []).map(({ currency, amount }) => [currency, amount]));
  const units = new Map((account.opening?.holdings ?? []).map(({ security, quantity }) => [security, quantity]));
  const ordered = happened(rows);
  const days: TrueDay[] = [];
  let next = 0;
  for (let day = from; day <= to; day += 1) {
    const flows: Transaction[] = [];
    for (; next < ordered.length && marketDayOf(ordered[next]!) <= day; next += 1) {
      const row = ordered[next]!;
      book(row, cash, units);
      if (ACROSS.has(row.kind) && marketDayOf(row) === day) flows.push(row);
    }
    days.push(dayOf(day, cash, units, flows, (id) => securities.get(id)!, closes));
  }
  return days;
}

/** Without what was cancelled, is pending, or was said twice. */
export function happened(rows: readonly Transaction[]): Transaction[] {
  const undone = new Set(rows.flatMap(({ cancels }) => cancels ?? []));
  return rows.filter((row) => row.pending !== true && row.repeats === undefined && row.cancels === undefined && !undone.has(row.id)).sort((a, b) => marketDayOf(a) - marketDayOf(b) || oldestFirst(a, b));
}

/** The day whose close is the first to show a row: its date, or by its instant the day that was not closed yet. */
export function marketDayOf({ date, at }: Transaction): number {
  return at === undefined ? dayNumber(date) : marketDayAt(Date.parse(at));
}

function book(row: Transaction, cash: Map<string, Decimal>, units: Map<string, Decimal>): void {
  cash.set(row.currency, add(cash.get(row.currency) ?? '0', row.amount));
  if (typeof row.security !== 'string' || row.quantity === undefined || UNITS_STAY.has(row.kind)) return;
  const held = add(units.get(row.security) ?? '0', row.quantity);
  if (isZero(held)) units.delete(row.security);
  else units.set(row.security, held);
}

function dayOf(day: number, cash: ReadonlyMap<string, Decimal>, units: ReadonlyMap<string, Decimal>, flows: readonly Transaction[], security: (id: string) => Security, closes: NewestClose): TrueDay {
  const value = new Map(cash);
  const unpriced: string[] = [];
  const worth = (id: string, quantity: Decimal): Decimal | null => {
    const newest = closes(id, day);
    if (newest === undefined) return null;
    const amount = multiply(multiply(quantity, newest.close), multiplierOf(security(id)));
    return newest.per === '1' ? amount : divide(amount, newest.per);
  };
  const into = (sums: Map<string, Decimal>, currency: string, amount: Decimal): unknown => sums.set(currency, add(sums.get(currency) ?? '0', amount));
  for (const [id, quantity] of units) {
    const amount = worth(id, quantity);
    if (amount === null) unpriced.push(id);
    else into(value, security(id).currency, amount);
  }
  const [inflow, outflow] = [new Map<string, Decimal>(), new Map<string, Decimal>()];
  const flow = (currency: string, amount: Decimal): void => {
    if (compare(amount, '0') > 0) into(inflow, currency, amount);
    if (compare(amount, '0') < 0) into(outflow, currency, negate(amount));
  };
  for (const row of flows) {
    flow(row.currency, row.amount);
    if (typeof row.security === 'string' && row.quantity !== undefined) flow(security(row.security).currency, worth(row.security, row.quantity) ?? '0');
  }
  return { day: dayText(day), value, cash: new Map(cash), units: new Map(units), inflow, outflow, unpriced };
}
