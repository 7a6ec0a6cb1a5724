/** Rates of exchange over some days, from the stored series `<CUR>USD`. A day without one takes the nearest earlier; what has none is null, never 1. */
import { crossRate } from '@tidemark/market';
import { written } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { fxSymbol } from '../price-source/price-kind.js';
import type { RateTable } from '../reads/read-context.js';
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import type { PriceBook } from './price-book.js';

const DOLLAR = 'USD';

/**
 * @param currencies every currency that will be asked about, base currencies included
 * @param fetch asks for series of which nothing is stored. @returns whether any has come
 */
export async function ratesFor(book: PriceBook, currencies: readonly string[], from: DayNumber, to: DayNumber, fetch: (symbols: readonly string[]) => Promise<boolean>): Promise<RateTable> {
  const symbols = [...new Set(currencies)].filter((currency) => currency !== DOLLAR).map(fxSymbol);
  const series = await book.closes(symbols, from, to);
  const lacking = symbols.filter((symbol) => !series.has(symbol));
  return rateTable(lacking.length > 0 && to >= from && (await fetch(lacking)) ? await book.closes(symbols, from, to) : series);
}

/** @param series by symbol, such as `EURUSD` */
export function rateTable(series: ReadonlyMap<string, PreparedCloses>): RateTable {
  const dollars = new Map<string, Decimal | null>();
  const crossed = new Map<string, Decimal | null>();
  const at = (currency: string, day: DayNumber): { prepared: PreparedCloses; index: number } | null => {
    const prepared = series.get(fxSymbol(currency));
    const index = prepared ? day - prepared.firstDay : -1;
    return prepared && prepared.newest[index] != null ? { prepared, index } : null;
  };
  const usd = (currency: string, day: DayNumber): Decimal | null => {
    if (currency === DOLLAR) return '1';
    return remembered(dollars, `${currency} ${day}`, () => {
      const found = at(currency, day);
      return found ? written({ digits: found.prepared.newest[found.index] as bigint, scale: found.prepared.scale }) : null;
    });
  };
  const days = (currency: string, day: DayNumber): number | null => (currency === DOLLAR ? 0 : (ageAt(at(currency, day)) ?? null));
  return {
    rate: (currency, base, day) => (currency === base ? '1' : remembered(crossed, `${currency} ${base} ${day}`, () => crossRate(usd(currency, day), usd(base, day)))),
    age: (currency, base, day) => {
      if (currency === base) return 0;
      const [one, other] = [days(currency, day), days(base, day)];
      return one === null || other === null ? null : Math.max(one, other);
    },
  };
}

function ageAt(found: { prepared: PreparedCloses; index: number } | null): number | undefined {
  return found?.prepared.age[found.index];
}

function remembered(kept: Map<string, Decimal | null>, key: string, make: () => Decimal | null): Decimal | null {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}
