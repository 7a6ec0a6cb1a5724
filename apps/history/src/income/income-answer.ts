/**
 * Income by sort, month and asset, in one currency at the rate of the day it was paid. An amount or a rate that is not known leaves every
 * sum it belongs to unknown, and no other. Pure.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Day } from '@tidemark/market';
import { add, compare, isZero, multiply } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { DaysAsked } from '../reads/days-asked.js';
import { Reasons } from '../reads/reasons.js';
import type { IncomeEntry, IncomeSort } from './income-entry.js';

export interface IncomeInput {
  readonly currency: string;
  readonly days: DaysAsked;
  readonly today: Day;
  /** Of the accounts in scope. */
  readonly entries: readonly IncomeEntry[];
  /** In the sums of that day. */
  readonly counts: (accountId: string, day: Day) => boolean;
  /** Units of `currency` for one of `from` on a day; null where none is known. */
  readonly rate: (from: string, day: Day) => Decimal | null;
}

type Sums = Record<IncomeSort | 'total' | 'interestPaid', Decimal | null>;
interface Converted extends IncomeEntry {
  readonly value: Decimal | null;
}

export function incomeAnswer(input: IncomeInput): historyRpc.Income {
  const { currency, days, today } = input;
  const reasons = new Reasons();
  const entries = input.entries
    .filter(({ accountId, date }) => (days.from === null || date >= days.from) && (days.to === null || date <= days.to) && input.counts(accountId, date))
    .map((entry): Converted => ({ ...entry, value: inBase(input, entry, reasons) }));
  const income = entries.filter(isIncome);
  const besides = entries.filter(({ sort }) => sort !== 'withheld');
  const { total, ...sorts } = sumsOf(besides);
  const withheld = sumAll(entries.filter(({ sort }) => sort === 'withheld').map(({ value }) => value));
  return { currency, from: days.from, to: days.to, ...sorts, total, withheld, months: monthsOf(besides, days, today), assets: assetsOf(income), reasons: reasons.all };
}

function inBase({ currency, rate }: IncomeInput, { amount, currency: own, accountId, asset, date }: IncomeEntry, reasons: Reasons): Decimal | null {
  const at = { accountId, ...(asset === null ? {} : { asset }), from: date, to: date };
  if (amount === null) {
    reasons.add({ code: 'cash_effect_unknown', detail: own === null ? 'A payment is in no currency that is known.' : 'The amount of a payment is not told.', ...at });
    return null;
  }
  if (own === currency || isZero(amount)) return amount;
  const converted = own === null ? null : rate(own, date);
  if (converted === null) reasons.add({ code: 'rate_missing', detail: `No rate from ${own ?? 'an unknown currency'} to ${currency} is known on ${date}.`, ...at });
  return converted === null ? null : multiply(amount, converted);
}

/** What was paid for being held; what stands beside it is in no sum of it. */
const isIncome = ({ sort }: IncomeEntry): boolean => sort !== 'withheld' && sort !== 'interestPaid';

function sumsOf(entries: readonly Converted[]): Sums {
  const of = (sort: IncomeEntry['sort']) => sumAll(entries.filter((entry) => entry.sort === sort).map(({ value }) => value));
  return { dividends: of('dividends'), interest: of('interest'), capitalGains: of('capitalGains'), other: of('other'), interestPaid: of('interestPaid'), total: sumAll(entries.filter(isIncome).map(({ value }) => value)) };
}

function sumAll(amounts: readonly (Decimal | null)[]): Decimal | null {
  return amounts.reduce<Decimal | null>((sum, amount) => (sum === null || amount === null ? null : add(sum, amount)), '0');
}

/** From the first month that anything was paid in (the days asked for may begin long before) to the last one asked for, the empty ones too. */
function monthsOf(entries: readonly Converted[], { to }: DaysAsked, today: Day): historyRpc.Income['months'] {
  if (entries.length === 0) return [];
  const byMonth = Map.groupBy(entries, ({ date }) => date.slice(0, 7));
  const paid = [...byMonth.keys()].sort();
  const asked = (to === null || to > today ? today : to).slice(0, 7);
  const end = paid.reduce((latest, month) => (month > latest ? month : latest), asked);
  const months: historyRpc.Income['months'] = [];
  for (let month = paid[0] ?? end; month <= end; month = nextMonth(month)) months.push({ month, ...sumsOf(byMonth.get(month) ?? []) });
  return months;
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${month.slice(0, 4)}-${String(number + 1).padStart(2, '0')}`;
}

/** The largest first; what is not known last. */
function assetsOf(entries: readonly Converted[]): historyRpc.Income['assets'] {
  const assets = [...Map.groupBy(entries, ({ asset }): AssetId | null => asset)].map(([asset, own]) => ({ asset, total: sumAll(own.map(({ value }) => value)) }));
  return assets.sort((a, b) => (a.total === null ? 1 : b.total === null ? -1 : compare(b.total, a.total)) || ((a.asset ?? '') < (b.asset ?? '') ? -1 : 1));
}
