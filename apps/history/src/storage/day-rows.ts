/** A day of the open time as its rows, one a currency, and back. */
import { decimal } from '@tidemark/money';
import type { AccountDay, CurrencyAmount, DayNumber } from '../reconstruction/model.js';
import { AMOUNTS, atOneScale, ORIGIN_CODES } from './day-columns.js';
import type { AmountColumn } from './amount-column.js';
import type { AmountKind, DayColumns } from './day-columns.js';

export interface DayRow {
  readonly account_id: string;
  readonly day: DayNumber;
  readonly revision: number;
  readonly securities: number;
  readonly quality: number;
  readonly origin: number;
  readonly complete: boolean;
  readonly cost_known: boolean;
  readonly inflow_known: boolean;
  readonly outflow_known: boolean;
  readonly currency: string;
  readonly value: string | null;
  readonly cash: string | null;
  readonly cost_basis: string | null;
  readonly inflow: string | null;
  readonly outflow: string | null;
  readonly reasons: readonly number[] | null;
}

/** Stands in for a currency where a day has none. */
const NO_CURRENCY = '';
/** In place of an origin: from this revision on the day is no part of the history. */
const GONE = ORIGIN_CODES.length;

/** Marks a day as taken out of the history. */
export function goneRow(accountId: string, revision: number, day: DayNumber): DayRow {
  const nothing: AccountDay = { day, value: [], cash: [], costBasis: [], inflow: [], outflow: [], securities: 0, origin: 'carried', quality: 0, reasons: [], complete: true };
  return { ...(rowsOfDay(accountId, revision, nothing)[0] as DayRow), origin: GONE };
}

export function rowsOfDay(accountId: string, revision: number, day: AccountDay): DayRow[] {
  const amount = (amounts: readonly CurrencyAmount[] | null, currency: string) => amounts?.find((one) => one.currency === currency)?.amount ?? null;
  const currencies = new Set([day.value, day.cash, day.costBasis, day.inflow, day.outflow].flatMap((amounts) => (amounts ?? []).map((one) => one.currency)));
  return (currencies.size > 0 ? [...currencies] : [NO_CURRENCY]).map((currency) => ({
    account_id: accountId,
    day: day.day,
    revision,
    securities: day.securities,
    quality: day.quality,
    origin: ORIGIN_CODES.indexOf(day.origin),
    complete: day.complete,
    cost_known: day.costBasis !== null,
    inflow_known: day.inflow !== null,
    outflow_known: day.outflow !== null,
    currency,
    value: amount(day.value, currency),
    cash: amount(day.cash, currency),
    cost_basis: amount(day.costBasis, currency),
    inflow: amount(day.inflow, currency),
    outflow: amount(day.outflow, currency),
    reasons: day.reasons.length > 0 ? [...day.reasons].sort((a, b) => a - b) : null,
  }));
}

/** @param rows of one day at one revision, all its currencies, sorted by currency @returns null where the day was taken out */
export function dayOfRows(rows: readonly DayRow[]): AccountDay | null {
  const first = rows[0] as DayRow;
  if (first.origin === GONE) return null;
  const listed = (column: 'value' | 'cash' | 'cost_basis' | 'inflow' | 'outflow'): CurrencyAmount[] =>
    rows.flatMap((row) => (row[column] === null ? [] : [{ currency: row.currency, amount: decimal(row[column]) }]));
  return {
    day: first.day,
    value: listed('value'),
    cash: listed('cash'),
    costBasis: first.cost_known ? listed('cost_basis') : null,
    inflow: first.inflow_known ? listed('inflow') : null,
    outflow: first.outflow_known ? listed('outflow') : null,
    securities: first.securities,
    origin: ORIGIN_CODES[first.origin] as AccountDay['origin'],
    quality: first.quality,
    reasons: first.reasons ?? [],
    complete: first.complete,
  };
}

const COLUMN: Readonly<Record<AmountKind, 'value' | 'cash' | 'cost_basis' | 'inflow' | 'outflow'>> = { value: 'value', cash: 'cash', costBasis: 'cost_basis', inflow: 'inflow', outflow: 'outflow' };
const NONE: readonly number[] = [];

/** @param rows of one account, each day at one revision, by day and currency; days that were taken out are left out */
export function columnsOfRows(rows: readonly DayRow[]): DayColumns {
  const there = rows.filter((row) => row.origin !== GONE);
  const currencies = [...new Set(there.map((row) => row.currency))].filter((currency) => currency !== NO_CURRENCY).sort();
  const firsts = there.filter((row, at) => row.day !== there[at - 1]?.day);
  const place = new Map(firsts.map((row, at) => [row.day, at]));
  const column = (kind: AmountKind, currency: string): AmountColumn => {
    const texts = new Array<string | null>(firsts.length).fill(null);
    for (const row of there) if (row.currency === currency) texts[place.get(row.day) as number] = row[COLUMN[kind]];
    return atOneScale(texts);
  };
  return {
    days: firsts.map((row) => row.day),
    currencies,
    amounts: Object.fromEntries(AMOUNTS.map((kind) => [kind, currencies.map((currency) => column(kind, currency))])) as Record<AmountKind, AmountColumn[]>,
    known: { costBasis: firsts.map((row) => row.cost_known), inflow: firsts.map((row) => row.inflow_known), outflow: firsts.map((row) => row.outflow_known) },
    securities: firsts.map((row) => row.securities),
    quality: firsts.map((row) => row.quality),
    origin: firsts.map((row) => row.origin),
    complete: firsts.map((row) => row.complete),
    reasons: firsts.map((row) => row.reasons ?? NONE),
  };
}
