/** A price source that answers at once, out of arithmetic, and counts what it was asked: its calls are what a plan would be charged for. */
import { dayNumber, dayOf, isTradingDay } from '@tidemark/market';
import { ok } from '@tidemark/kernel';

export class CountingSource {
  id = 'fmp';
  daysACall = 5_000;
  identifiers = ['isin', 'cusip'];
  calls = {};

  constructor(symbols) {
    this.symbols = symbols;
  }

  get total() {
    return Object.values(this.calls).reduce((sum, count) => sum + count, 0);
  }

  count(operation) {
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
  }

  async closes(symbol, kind, from, to) {
    this.count('closes');
    const closes = [];
    for (let day = dayNumber(from); day <= dayNumber(to); day += 1) if (isTradingDay(dayOf(day))) closes.push({ day: dayOf(day), close: closeOf(symbol, day) });
    return ok({ currency: kind === 'security' ? null : 'USD', closes });
  }

  async splits() {
    this.count('splits');
    return ok([]);
  }

  async profile(symbol) {
    this.count('profile');
    return ok({ symbol, kind: 'security', name: `${symbol} Corporation`, currency: 'USD', cusip: null, isin: null });
  }

  async byIdentifier() {
    this.count('search');
    return ok([]);
  }

  async byName() {
    this.count('search');
    return ok([]);
  }

  async closesOn(day) {
    this.count('day of all symbols');
    return ok(new Map(this.symbols.map((symbol) => [symbol, closeOf(symbol, dayNumber(day))])));
  }

  async splitsBetween() {
    this.count('splits of all symbols');
    return ok([]);
  }
}

/** Wanders by a few percent, so that the gate has nothing to say. */
function closeOf(symbol, day) {
  const base = 20 + (symbol.charCodeAt(1) % 50) * 7;
  return (base * (1 + 0.2 * Math.sin(day / 60) + 0.01 * Math.sin(day * 1.7))).toFixed(2);
}
