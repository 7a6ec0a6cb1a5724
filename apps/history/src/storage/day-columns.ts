/**
 * Days of one account in columns: what a month's block decodes to and what series are summed from. A chart of two years reads some
 * seven hundred days of every account; as columns of integers they are added up without making an object or parsing a text per day.
 */
import { exact, powerOfTen, written } from '@tidemark/money';
import type { Exact } from '@tidemark/money';
import type { AccountDay, CurrencyAmount, DayNumber } from '../reconstruction/model.js';
import { amountColumn } from './amount-column.js';
import type { AmountColumn } from './amount-column.js';

export const ORIGIN_CODES = ['reconstructed', 'captured', 'carried'] as const;
export const AMOUNTS = ['value', 'cash', 'costBasis', 'inflow', 'outflow'] as const;
export type AmountKind = (typeof AMOUNTS)[number];
/** These are null as a whole where one part of them is unknown. */
export const KNOWABLE = ['costBasis', 'inflow', 'outflow'] as const;
export type Knowable = (typeof KNOWABLE)[number];

export interface DayColumns {
  /** Ascending, no day twice. */
  readonly days: readonly DayNumber[];
  /** Sorted. */
  readonly currencies: readonly string[];
  /** By kind, then by currency in the order of `currencies`. */
  readonly amounts: Readonly<Record<AmountKind, readonly AmountColumn[]>>;
  readonly known: Readonly<Record<Knowable, readonly boolean[]>>;
  readonly securities: readonly number[];
  readonly quality: readonly number[];
  /** Indices into ORIGIN_CODES. */
  readonly origin: readonly number[];
  readonly complete: readonly boolean[];
  /** Ids of history_reason, ascending; days often share one array. */
  readonly reasons: readonly (readonly number[])[];
}

const isKnowable = (kind: AmountKind): kind is Knowable => kind !== 'value' && kind !== 'cash';

/** @param days ascending; `reasons` are ids */
export function columnsOf(days: readonly AccountDay[]): DayColumns {
  const listed = new Set<string>();
  for (const day of days) for (const kind of AMOUNTS) for (const { currency } of day[kind] ?? []) listed.add(currency);
  const currencies = [...listed].sort();
  const amounts = Object.fromEntries(AMOUNTS.map((kind) => [kind, currencies.map((currency) => columnOf(days, kind, currency))])) as Record<AmountKind, AmountColumn[]>;
  return {
    days: days.map((day) => day.day),
    currencies,
    amounts,
    known: Object.fromEntries(KNOWABLE.map((kind) => [kind, days.map((day) => day[kind] !== null)])) as Record<Knowable, boolean[]>,
    securities: days.map((day) => day.securities),
    quality: days.map((day) => day.quality),
    origin: days.map((day) => ORIGIN_CODES.indexOf(day.origin)),
    complete: days.map((day) => day.complete),
    reasons: days.map((day) => [...day.reasons].sort((a, b) => a - b)),
  };
}

function columnOf(days: readonly AccountDay[], kind: AmountKind, currency: string): AmountColumn {
  return atOneScale(days.map((day) => amountOf(day[kind], currency)));
}

function amountOf(amounts: readonly CurrencyAmount[] | null, currency: string): string | null {
  if (amounts !== null) for (const one of amounts) if (one.currency === currency) return one.amount;
  return null;
}

/** Texts as integers at the least scale that holds them all. Most days repeat the text of the day before: it is read once. */
export function atOneScale(texts: readonly (string | null)[]): AmountColumn {
  const parsed: (Exact | null)[] = [];
  let scale = 0;
  texts.forEach((text, at) => {
    const one = text === null ? null : at > 0 && text === texts[at - 1] ? (parsed[at - 1] as Exact) : shortest(exact(text));
    if (one !== null && one.scale > scale) scale = one.scale;
    parsed.push(one);
  });
  return amountColumn(scale, parsed.map((one) => one && (one.scale === scale ? one.digits : one.digits * powerOfTen(scale - one.scale))));
}

function shortest({ digits, scale }: Exact): Exact {
  let [left, places] = [digits, scale];
  while (places > 0 && left % 10n === 0n) {
    left /= 10n;
    places -= 1;
  }
  return { digits: left, scale: places };
}

/** The same days as objects, amounts as decimal texts, currencies sorted. */
export function daysOf(columns: DayColumns): AccountDay[] {
  return columns.days.map((day, at) => ({
    day,
    value: listed(columns, 'value', at),
    cash: listed(columns, 'cash', at),
    costBasis: nullable(columns, 'costBasis', at),
    inflow: nullable(columns, 'inflow', at),
    outflow: nullable(columns, 'outflow', at),
    securities: columns.securities[at] as number,
    origin: ORIGIN_CODES[columns.origin[at] as number] as AccountDay['origin'],
    quality: columns.quality[at] as number,
    reasons: columns.reasons[at] as number[],
    complete: columns.complete[at] as boolean,
  }));
}

function nullable(columns: DayColumns, kind: Knowable, at: number): CurrencyAmount[] | null {
  return columns.known[kind][at] ? listed(columns, kind, at) : null;
}

function listed(columns: DayColumns, kind: AmountKind, at: number): CurrencyAmount[] {
  const all: CurrencyAmount[] = [];
  columns.amounts[kind].forEach(({ scale, digits }, index) => {
    const held = digits[at];
    if (held !== null && held !== undefined) all.push({ currency: columns.currencies[index] as string, amount: written({ digits: held, scale }) });
  });
  return all;
}

/** One text for a day's content: equal texts, equal days. */
export function fingerprint(day: AccountDay): string {
  const amounts = AMOUNTS.map((kind) => (isKnowable(kind) && day[kind] === null ? null : [...(day[kind] ?? [])].map((one) => `${one.currency} ${written(exact(one.amount))}`).sort()));
  return JSON.stringify([day.day, amounts, day.securities, day.origin, day.quality, [...day.reasons].sort((a, b) => a - b), day.complete]);
}
