/**
 * Gives the demo's accounts two years: rows made from their habits, at the closes of the price source, and the opening from which they lead to
 * exactly what the file says is held today. Nothing that stands there now changes.
 */
import { absolute, add, compare, divide, isZero, multiply, negate, round, subtract, sum, type Decimal } from '@tidemark/money';
import { dayNumber, dayText, hasClose } from '../../market/calendar.js';
import { listed, quotedCloses, symbolAtSource } from '../../market/series.js';
import type { Account, Security, Transaction, World } from '../../world/world.js';
import { happened, UNITS_STAY } from '../true-history.js';
import { MONTHS, PLANS, type Plan } from './plans.js';

const MONTH_DAYS = 30;

/** @param today the day of the demo's newest prices */
export function withHistory(world: World, today: string): World {
  const split = PLANS.flatMap((plan) => plan.split ?? []).map((one) => ({ id: `${one.security}-split`, security: one.security, date: tradingDay(today, one.days), kind: 'split' as const, numerator: String(one.numerator), denominator: String(one.denominator) }));
  const acting: World = { ...world, corporateActions: [...world.corporateActions, ...split] };
  const rows = PLANS.flatMap((plan) => rowsOf(acting, plan, today));
  const transactions = [...world.transactions, ...rows];
  return { ...acting, transactions, accounts: world.accounts.map((account) => opened(account, transactions.filter((row) => row.account === account.id))) };
}

function tradingDay(today: string, daysAgo: number): string {
  let day = dayNumber(today) - daysAgo;
  while (!hasClose(day, 'exchange')) day -= 1;
  return dayText(day);
}

/** Makes the rows of one account, one by one. */
class Rows {
  readonly made: Transaction[] = [];

  constructor(
    readonly world: World,
    readonly account: Account,
    readonly today: string,
  ) {}

  add(date: string, row: Omit<Transaction, 'id' | 'account' | 'date' | 'description'> & { description?: string }): void {
    const what = row.description ?? `${row.kind.replaceAll('_', ' ')}${typeof row.security === 'string' ? ` ${this.security(row.security).symbol}` : ''}`;
    this.made.push({ ...row, id: `${this.account.id}-h${this.made.length}`, account: this.account.id, date, description: what });
  }

  security(id: string): Security {
    return this.world.securities.find((security) => security.id === id)!;
  }

  /** The close as it was quoted on the day. */
  close(id: string, date: string): Decimal {
    const listing = listed(this.world).get(symbolAtSource(this.security(id))!)!;
    return quotedCloses(this.world, listing, dayNumber(this.today)).findLast((row) => row.date <= date)!.close;
  }

  /** So many ten-thousandths of what is held today, counted as it was before splits. */
  part(id: string, tenThousandths: number, date: string): Decimal {
    const held = this.account.holdings?.find(({ security }) => security === id)?.quantity ?? '0';
    const digits = held.split('.')[1]?.length ?? 0;
    const before = this.world.corporateActions.filter((action) => action.security === id && action.kind === 'split' && action.date > date && action.date > '2024-07-01');
    const units = before.reduce((counted, split) => divide(multiply(counted, split.denominator!), split.numerator!), divide(multiply(held, String(tenThousandths)), '10000'));
    const counted = round(units, Math.min(digits, 8));
    return isZero(counted) ? '1' : counted;
  }

  buy(date: string, security: string, quantity: Decimal, paidIn: boolean): void {
    const price = this.close(security, date);
    const cost = round(multiply(quantity, price), 2);
    const { currency } = this.security(security);
    if (paidIn) this.add(date, { kind: 'deposit', amount: cost, currency, description: 'MoneyLink Transfer' });
    this.add(date, { kind: 'buy', security, quantity, price, fees: '0', amount: negate(cost), currency });
  }
}

function rowsOf(world: World, plan: Plan, today: string): Transaction[] {
  const account = world.accounts.find(({ id }) => id === plan.account);
  if (account === undefined) return [];
  const rows = new Rows(world, account, today);
  for (let month = MONTHS; month >= 1; month -= 1) {
    const date = tradingDay(today, month * MONTH_DAYS);
    for (const { security, part } of plan.saves ?? []) rows.buy(date, security, rows.part(security, part * 100, date), true);
    if (month % 3 === 0) for (const earning of plan.earns ?? []) earn(rows, tradingDay(today, month * MONTH_DAYS - 9), earning);
    for (const [index, { kind, dollars, ...words }] of (plan.monthly ?? []).entries()) {
      const amount = `${kind === 'deposit' || kind === 'payment' ? '' : '-'}${dollars}.${String(17 + index * 11)}`;
      if (month > 1) rows.add(tradingDay(today, month * MONTH_DAYS - index * 3), { kind, amount, currency: 'USD', ...words });
    }
  }
  for (const { security, units, bought, sold } of plan.gave ?? []) {
    rows.buy(tradingDay(today, bought), security, String(units), true);
    const [date, price] = [tradingDay(today, sold), rows.close(security, tradingDay(today, sold))];
    const proceeds = round(multiply(String(units), price), 2);
    rows.add(date, { kind: 'sell', security, quantity: String(-units), price, fees: '0', amount: proceeds, currency: rows.security(security).currency });
    rows.add(tradingDay(today, sold - 4), { kind: 'withdrawal', amount: negate(proceeds), currency: rows.security(security).currency, description: 'MoneyLink Transfer' });
  }
  if (plan.split !== undefined) splitOf(rows, plan.split, today);
  return rows.made;
}

/** A dividend that is reinvested, or paid out and taken along. */
function earn(rows: Rows, date: string, { security, part, reinvested }: { security: string; part: number; reinvested?: true }): void {
  const price = rows.close(security, date);
  const amount = round(multiply(rows.part(security, part, date), price), 2);
  const { currency } = rows.security(security);
  rows.add(date, { kind: 'dividend', security, amount, currency });
  if (reinvested === true) rows.add(date, { kind: 'dividend_reinvestment', security, quantity: round(divide(amount, price), 3), price, fees: '0', amount: negate(amount), currency });
  else rows.add(date, { kind: 'withdrawal', amount: negate(amount), currency, description: 'Dividend sweep to bank' });
}

/** The units that came with a split: as many as make today's, less what was bought since. */
function splitOf(rows: Rows, { security, days, numerator, denominator }: NonNullable<Plan['split']>, today: string): void {
  const date = tradingDay(today, days);
  const held = rows.account.holdings?.find((holding) => holding.security === security)?.quantity ?? '0';
  const known = [...rows.made, ...rows.world.transactions.filter(({ account }) => account === rows.account.id)];
  const since = sum(known.filter((row) => row.security === security && row.date >= date && !UNITS_STAY.has(row.kind)).map((row) => row.quantity ?? '0'));
  const after = subtract(held, since);
  const before = divide(multiply(after, String(denominator)), String(numerator));
  rows.add(date, { kind: 'split', security, quantity: subtract(after, before), amount: '0', currency: rows.security(security).currency });
}

/** What must have been there before the rows for today to come out; money that was missing is paid in at the beginning. */
function opened(account: Account, rows: readonly Transaction[]): Account {
  const done = happened(rows);
  const cash = account.type === 'investment' ? (account.cash ?? []) : [{ currency: account.currency, amount: standing(account) }];
  const units = new Map<string, Decimal>((account.holdings ?? []).map(({ security, quantity }) => [security, quantity]));
  const money = new Map<string, Decimal>(cash.map(({ currency, amount }) => [currency, amount]));
  for (const row of done) {
    money.set(row.currency, subtract(money.get(row.currency) ?? '0', row.amount));
    if (typeof row.security === 'string' && row.quantity !== undefined && !UNITS_STAY.has(row.kind)) units.set(row.security, subtract(units.get(row.security) ?? '0', row.quantity));
  }
  return {
    ...account,
    opening: {
      cash: [...money].map(([currency, amount]) => ({ currency, amount })),
      holdings: [...units].filter(([, quantity]) => !isZero(quantity)).map(([security, quantity]) => ({ security, quantity })),
    },
  };
}

/** A bank account's balance as the account feels it: what is owed is negative. */
function standing(account: Account): Decimal {
  const current = account.balances?.current ?? '0';
  return account.type === 'credit' || account.type === 'loan' ? negate(absolute(current)) : current;
}

/** Nothing was ever negative that cannot be: for the spec. */
export function impossibleOpenings(world: World): string[] {
  return world.accounts.flatMap(({ id, opening }) => [
    ...(opening?.holdings ?? []).filter(({ quantity }) => compare(quantity, '0') < 0).map(({ security }) => `${id} ${security}`),
    ...(opening?.cash ?? []).filter(({ amount }) => compare(add(amount, '0'), '0') < 0).map(({ currency, amount }) => `${id} ${currency} ${amount}`),
  ]);
}
