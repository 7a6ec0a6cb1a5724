/**
 * One account's value, kept as its prices move. Units stand still between two snapshots, so a tick changes the sum of its currency by exactly
 * what the positions that hold the symbol changed; nothing else is looked at. `recomputed` does the sum from the start: the two are the same
 * to the last digit after any sequence (see incremental.property.spec.ts).
 */
import { exact, isCash, isZero } from '@tidemark/money';
import type { AssetId, Decimal, Exact } from '@tidemark/money';
import type { DayNumber } from '../../reconstruction/model.js';
import { ExactTotal, times } from './exact-total.js';
import { newestOf, worth } from './symbol-prices.js';
import type { DatedPrice, SymbolPrices } from './symbol-prices.js';

export interface HeldLine {
  readonly asset: AssetId;
  readonly quantity: Decimal;
  readonly multiplier: Decimal;
  readonly currency: string;
  /** What it is quoted in, where the line says so: closes of another currency are of another listing. Null or absent: it takes them as they come. */
  readonly stated?: string | null;
  /** What the account itself was told, and when (milliseconds since 1970). */
  readonly price: Decimal | null;
  readonly priceAt: number | null;
  readonly countedAsCash: boolean;
}

export interface LivePosition {
  readonly asset: AssetId;
  readonly units: Exact;
  readonly lineCurrency: string;
  readonly symbol: SymbolPrices | null;
  readonly own: DatedPrice | null;
  /** Null: it has no price. */
  worth: Exact | null;
  currency: string;
  pricedAt: number;
}

export interface Scores {
  readonly sum: number;
  readonly count: number;
}

const OLD_MS = 7 * 86_400_000;
const KEEP_SCORES_MS = 60_000;
const isUnpriced = ({ worth: value, units }: LivePosition): boolean => value === null && units.digits !== 0n;

export class LiveAccount {
  /** By currency: positions that are priced and cash. */
  readonly totals = new Map<string, ExactTotal>();
  readonly cash = new Map<string, ExactTotal>();
  readonly positions: LivePosition[] = [];
  private readonly cashLines: string[] = [];
  private unpricedCount = 0;
  private kept: Scores | null = null;
  private keptAt = 0;

  /** @param symbolOf null where the asset has no symbol */
  constructor(
    readonly accountId: string,
    readonly capturedAt: number,
    /** The market day whose units the lines count. */
    readonly unitsDay: DayNumber,
    lines: readonly HeldLine[],
    symbolOf: (asset: AssetId) => SymbolPrices | null,
    now: number,
  ) {
    for (const line of lines) this.take(line, symbolOf, now);
    this.unpricedCount = this.positions.filter(isUnpriced).length;
    for (const position of this.positions) this.reprice(position, now);
  }

  /** @returns whether the account's value moved */
  reprice(position: LivePosition, now: number): boolean {
    const price = newestOf(position.symbol, position.own, now);
    const next = price && worth(position.units, this.unitsDay, price, position.symbol?.splits ?? []);
    const currency = price?.currency ?? position.lineCurrency;
    const before = position.worth;
    if (before === null || now - position.pricedAt > OLD_MS) this.kept = null;
    position.pricedAt = price?.at ?? 0;
    if (before && next && currency === position.currency && before.digits === next.digits && before.scale === next.scale) return false;
    if (before) this.total(this.totals, position.currency).subtract(before);
    if (next) this.total(this.totals, currency).add(next);
    if (position.units.digits !== 0n) this.unpricedCount += Number(next === null) - Number(before === null);
    position.worth = next;
    position.currency = currency;
    return before !== null || next !== null;
  }

  /** The same totals, summed anew. */
  recomputed(now: number): Map<string, Exact> {
    const sums = new Map<string, ExactTotal>();
    for (const [currency, amount] of this.cash) this.total(sums, currency).add(amount);
    for (const { units, symbol, own, lineCurrency } of this.positions) {
      const price = newestOf(symbol, own, now);
      if (price) this.total(sums, price.currency ?? lineCurrency).add(worth(units, this.unitsDay, price, symbol?.splits ?? []));
    }
    return sums;
  }

  /** Assets that are held and have no price. */
  get unpriced(): AssetId[] {
    return this.unpricedCount === 0 ? [] : this.positions.filter(isUnpriced).map((position) => position.asset);
  }

  /** Whether there is something in it and the worth of none of it is known: then its value is unknown, and not zero. */
  get nothingKnown(): boolean {
    return this.unpricedCount > 0 && this.unpricedCount === this.positions.length && this.cashLines.length === 0;
  }

  /**
   * The scores of everything that belongs in the sum, added up, and how many they are: unknown 0, old 50, else 100 (the published formula of
   * quality). Kept for a minute, since they change with age alone while positions have prices.
   * @param without currencies that have no rate
   */
  scores(now: number, without: ReadonlySet<string>): Scores {
    if (without.size > 0) return this.scored(now, without);
    if (!this.kept || now - this.keptAt >= KEEP_SCORES_MS || now < this.keptAt) {
      this.kept = this.scored(now, without);
      this.keptAt = now;
    }
    return this.kept;
  }

  private scored(now: number, without: ReadonlySet<string>): Scores {
    const cashScore = now - this.capturedAt > OLD_MS ? 50 : 100;
    let sum = 0;
    for (const currency of this.cashLines) sum += without.has(currency) ? 0 : cashScore;
    for (const { worth: value, units, pricedAt, currency } of this.positions) {
      if (units.digits === 0n) sum += 100;
      else if (value !== null && !without.has(currency)) sum += now - pricedAt > OLD_MS ? 50 : 100;
    }
    return { sum, count: this.cashLines.length + this.positions.length };
  }

  private take(line: HeldLine, symbolOf: (asset: AssetId) => SymbolPrices | null, now: number): void {
    if (line.countedAsCash) return;
    if (isCash(line.asset)) {
      const [currency, amount] = [line.asset.slice('currency:'.length), exact(line.quantity)];
      this.cashLines.push(currency);
      this.total(this.cash, currency).add(amount);
      this.total(this.totals, currency).add(amount);
      return;
    }
    // Clocks differ a little: what the account was told counts from when it is read.
    const own = line.price === null || line.priceAt === null ? null : { price: exact(line.price), at: Math.min(line.priceAt, now), day: this.unitsDay, currency: line.currency };
    // Nothing of an asset is worth nothing, priced or not.
    const symbol = isZero(line.quantity) ? null : symbolOf(line.asset);
    this.positions.push({ asset: line.asset, units: times(exact(line.quantity), exact(line.multiplier)), lineCurrency: line.currency, symbol, own, worth: null, currency: line.currency, pricedAt: 0 });
  }

  private total(of: Map<string, ExactTotal>, currency: string): ExactTotal {
    const known = of.get(currency);
    if (known) return known;
    const made = new ExactTotal();
    of.set(currency, made);
    return made;
  }
}
