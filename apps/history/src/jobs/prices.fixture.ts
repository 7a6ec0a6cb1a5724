/** Prices for specs: a close every day, by a rule for each symbol, and nothing to wait for unless the spec says so. */
import type { DayNumber, PreparedCloses } from '../reconstruction/model.js';
import type { PriceSupply } from './deps.js';

export interface GivenPrices extends PriceSupply {
  /** What was wanted, in order. */
  readonly wanted: string[];
  /** Symbols whose prices are still to come. */
  readonly pending: Set<string>;
}

/** Whole dollars and cents such as `100.25`, by symbol, on a day; null: a symbol without closes. What is added later is known from then on. */
export type PriceRules = Record<string, ((day: DayNumber) => string) | null>;

export function pricesOf(rules: PriceRules): GivenPrices {
  const wanted: string[] = [];
  const pending = new Set<string>();
  const symbolOf = (asset: string) => asset.slice(asset.indexOf(':') + 1);
  return {
    wanted,
    pending,
    symbolsOf: (runs) => Promise.resolve(new Map(runs.flatMap(({ assets }) => assets).map(({ asset }) => [asset, symbolOf(asset) in rules ? symbolOf(asset) : null]))),
    want: (runs) => {
      for (const { wants } of runs) wanted.push(...wants.map((want) => want.symbol));
      return Promise.resolve(new Set(runs.filter(({ wants }) => wants.some((want) => pending.has(want.symbol))).map((run) => run.runId)));
    },
    closes: (symbols, from, to) => Promise.resolve(new Map(symbols.flatMap((symbol) => (rules[symbol] ? [[symbol, prepared(symbol, rules[symbol], from, to)] as const] : [])))),
  };
}

function prepared(symbol: string, rule: (day: DayNumber) => string, from: DayNumber, to: DayNumber): PreparedCloses {
  const newest = Array.from({ length: to - from + 1 }, (_, index) => {
    const [whole = '0', cents = ''] = rule(from + index).split('.');
    return BigInt(whole) * 100n + BigInt(cents.padEnd(2, '0'));
  });
  return { symbol, currency: 'USD', firstDay: from, scale: 2, newest, age: new Int16Array(newest.length), splits: [] };
}
