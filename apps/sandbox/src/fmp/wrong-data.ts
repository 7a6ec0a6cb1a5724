/**
 * What a price source really gets wrong, in an answer that looks right. Ordered as a fault of kind `wrong` whose `code` says how; it concerns
 * the day `day`, or the newest row where none is named (`missing`: the middle third). The rows are those of one symbol, oldest first.
 */
import { divide, multiply, negate, round, type Decimal } from '@tidemark/money';
import type { Quoted } from '../market/series.js';

export const WRONG_DATA = ['zero', 'negative', 'spike', 'duplicate', 'dividend_as_price', 'missing'] as const;
export type WrongData = (typeof WRONG_DATA)[number];

export function isWrongData(code: string | undefined): code is WrongData {
  return WRONG_DATA.some((known) => known === code);
}

/** @param dividend what a share paid last, for `dividend_as_price`; without one a quarter */
export function spoil(rows: readonly Quoted[], how: WrongData, day: string | undefined, dividend: Decimal | null): Quoted[] {
  const at = day === undefined ? rows.length - 1 : rows.findIndex(({ date }) => date === day);
  const row = rows[at];
  if (row === undefined) return [...rows];
  if (how === 'missing') return day === undefined ? rows.filter((_, index) => index < rows.length / 3 || index >= (rows.length * 2) / 3) : rows.toSpliced(at, 1);
  if (how === 'duplicate') return rows.toSpliced(at, 0, { ...row, close: round(divide(multiply(row.close, '101'), '100'), 2) });
  return rows.with(at, priced(row, how, dividend));
}

function priced(row: Quoted, how: WrongData, dividend: Decimal | null): Quoted {
  const change = (price: Decimal): Decimal => {
    if (how === 'zero') return '0';
    if (how === 'negative') return negate(price);
    return how === 'spike' ? multiply(price, '100') : (dividend ?? '0.25');
  };
  return { date: row.date, open: change(row.open), high: change(row.high), low: change(row.low), close: change(row.close) };
}
