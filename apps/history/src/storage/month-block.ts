/**
 * A closed month of one account as bytes: the form in which billions of days are kept. Measured against arrays of numeric, text and
 * jsonb in docs/storage.md: a fifth of the bytes, and less work to read, since nothing of it is parsed as text.
 *
 *   version · days present (a bit each, 1st of the month lowest) · currencies · of each amount (value, cash, cost basis, inflow, outflow)
 *   and currency: whether listed, scale, series · days on which cost basis, inflow, outflow are known · complete · securities · quality ·
 *   origin · reasons: the distinct sets of ids, then which one, as a series
 *
 * The same days always give the same bytes. A block names its version; a reader knows all versions that were ever written.
 */
import { assert } from '@tidemark/kernel';
import type { DayNumber } from '../reconstruction/model.js';
import { ByteReader, ByteWriter } from './byte-sequence.js';
import { amountColumn, PlainColumn } from './amount-column.js';
import type { AmountColumn } from './amount-column.js';
import { AMOUNTS, KNOWABLE } from './day-columns.js';
import type { DayColumns } from './day-columns.js';

const VERSION = 1;
const [NEVER, ALWAYS, SOMETIMES] = [0, 1, 2];
const LONGEST = 31;

/** @param firstDay the 1st of the month @param columns of days of that month only; none where all were taken out */
export function encodeMonth(firstDay: DayNumber, columns: DayColumns): Buffer {
  const writer = new ByteWriter();
  writer.unsigned(VERSION);
  const places = columns.days.map((day) => day - firstDay);
  assert(places.every((place, at) => place >= 0 && place < LONGEST && place > (places[at - 1] ?? -1)), `days that are no month's: ${columns.days.join(', ')}`);
  writer.unsigned(places.reduce((bits, place) => bits + 2 ** place, 0));
  writer.unsigned(columns.currencies.length);
  for (const currency of columns.currencies) writer.text(currency);
  for (const kind of AMOUNTS) for (const column of columns.amounts[kind]) writeAmounts(writer, column);
  for (const kind of KNOWABLE) writer.unsigned(bitsOf(columns.known[kind]));
  writer.unsigned(bitsOf(columns.complete));
  for (const numbers of [columns.securities, columns.quality, columns.origin]) writer.series(numbers.map(BigInt));
  writeReasons(writer, columns.reasons);
  return writer.finish();
}

function writeAmounts(writer: ByteWriter, { scale, digits }: AmountColumn): void {
  const listed = digits.filter((one) => one !== null);
  writer.unsigned(listed.length === 0 ? NEVER : listed.length === digits.length ? ALWAYS : SOMETIMES);
  if (listed.length === 0) return;
  if (listed.length < digits.length) writer.unsigned(bitsOf(digits.map((one) => one !== null)));
  writer.unsigned(scale);
  writer.series(listed);
}

function writeReasons(writer: ByteWriter, reasons: readonly (readonly number[])[]): void {
  const sets = new Map<string, { readonly index: number; readonly ids: readonly number[] }>();
  const which = reasons.map((ids) => {
    const key = ids.join(',');
    const set = sets.get(key) ?? { index: sets.size, ids };
    sets.set(key, set);
    return BigInt(set.index);
  });
  writer.unsigned(sets.size);
  for (const { ids } of sets.values()) {
    writer.unsigned(ids.length);
    writer.series(ids.map(BigInt));
  }
  writer.series(which);
}

/** @throws where the bytes are no block */
export function decodeMonth(firstDay: DayNumber, block: Uint8Array): DayColumns {
  const reader = new ByteReader(block);
  const version = reader.unsigned();
  assert(version === VERSION, `a block of days of version ${version} is not known`);
  const present = reader.unsigned();
  const days: number[] = [];
  for (let place = 0; place < LONGEST; place += 1) if (bit(present, place)) days.push(firstDay + place);
  const count = days.length;
  const currencies = Array.from({ length: reader.unsigned() }, () => reader.text());
  const columns = (): AmountColumn[] => currencies.map(() => readAmounts(reader, count));
  // In the order of AMOUNTS and KNOWABLE.
  const amounts = { value: columns(), cash: columns(), costBasis: columns(), inflow: columns(), outflow: columns() };
  const known = { costBasis: flags(reader, count), inflow: flags(reader, count), outflow: flags(reader, count) };
  const complete = flags(reader, count);
  const [securities, quality, origin] = [numbers(reader, count), numbers(reader, count), numbers(reader, count)];
  const sets = Array.from({ length: reader.unsigned() }, () => numbers(reader, reader.unsigned()));
  const reasons = numbers(reader, count).map((index) => sets[index] as number[]);
  assert(reader.done(), 'a block of days has more than it should');
  return { days, currencies, amounts, known, securities, quality, origin, complete, reasons };
}

/** By how many days there are. */
const NEVER_LISTED = Array.from({ length: LONGEST + 1 }, (_, count): AmountColumn => new PlainColumn(0, new Float64Array(count).fill(NaN)));

function readAmounts(reader: ByteReader, count: number): AmountColumn {
  const listed = reader.unsigned();
  if (listed === NEVER) return NEVER_LISTED[count] as AmountColumn;
  const present = listed === SOMETIMES ? reader.unsigned() : null;
  const scale = reader.unsigned();
  const there = present === null ? count : bitCount(present);
  const plain = reader.plainSeries(there);
  if (plain !== null) return new PlainColumn(scale, present === null ? plain : spread(plain, present, count));
  const values = reader.series(there);
  let next = 0;
  return amountColumn(scale, present === null ? values : Array.from({ length: count }, (_, at) => (bit(present, at) ? (values[next++] as bigint) : null)));
}

/** Each value on its day; NaN on the others. */
function spread(values: Float64Array, present: number, count: number): Float64Array {
  const days = new Float64Array(count);
  let next = 0;
  for (let at = 0; at < count; at += 1) days[at] = bit(present, at) ? (values[next++] as number) : NaN;
  return days;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let place = 0; place < LONGEST; place += 1) if (bit(bits, place)) count += 1;
  return count;
}

const numbers = (reader: ByteReader, count: number): number[] => reader.numbers(count);

function flags(reader: ByteReader, count: number): boolean[] {
  const bits = reader.unsigned();
  const values = new Array<boolean>(count);
  for (let at = 0; at < count; at += 1) values[at] = bit(bits, at);
  return values;
}

function bitsOf(values: readonly boolean[]): number {
  return values.reduce((bits, value, at) => bits + (value ? 2 ** at : 0), 0);
}

/** At most 31 of them, so they are one machine word. */
const bit = (bits: number, place: number): boolean => ((bits >>> place) & 1) === 1;
