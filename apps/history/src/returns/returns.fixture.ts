/** Days as a spec writes them down: `2026-01-05: 110 in 10`. */
import { dayNumber, dayOf } from '@tidemark/market';
import type { Decimal } from '@tidemark/money';
import type { ScopeDay } from '../series/scope-day.js';

export interface GivenDay extends Partial<Omit<ScopeDay, 'date'>> {
  readonly date?: string;
  readonly value: Decimal | null;
  readonly in?: Decimal | null;
  readonly out?: Decimal | null;
}

/** Consecutive days from `start`, where they do not say another date. */
export function given(start: string, ...days: readonly (GivenDay | Decimal | null)[]): ScopeDay[] {
  return days.map((day, index) => {
    const { in: inflow = '0', out: outflow = '0', ...rest } = typeof day === 'object' && day !== null ? day : { value: day };
    return { date: dayOf(dayNumber(start) + index), cash: null, costBasis: null, inflow, outflow, securities: 1, origin: 'captured', quality: 100, complete: rest.value !== null, ...rest };
  });
}

/** As `given`, but only these dates differ: every other day carries the value before. */
export function daily(from: string, to: string, changes: Readonly<Record<string, Omit<GivenDay, 'date'>>>): ScopeDay[] {
  let value: Decimal | null = '0';
  return Array.from({ length: dayNumber(to) - dayNumber(from) + 1 }, (_, index) => {
    const date = dayOf(dayNumber(from) + index);
    const change = changes[date];
    value = change ? change.value : value;
    return given(date, { ...change, value })[0] as ScopeDay;
  });
}

export const everyDay = (): boolean => true;
