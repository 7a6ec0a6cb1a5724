/**
 * Prices that move while somebody watches: a seeded sequence of ticks over what the price source lists. Tick k belongs to the instant
 * `startedAt + k / ticksPerSecond` of the sandbox's clock and depends on (seed, k) alone, so the same settings and clock give the same ticks.
 * The world's own `prices.intraday` come at their instants and set the price from there on.
 */
import { add, decimal, multiply, round, type Decimal } from '@tidemark/money';
import type { SandboxClock } from '../server/sandbox-clock.js';
import type { WorldStore } from '../world/world-store.js';
import { closeAt, lastClosed } from './calendar.js';
import { listed, quotedCloses, type Listing } from './series.js';
import { draw } from './walk.js';

export interface Tick {
  symbol: string;
  /** Milliseconds since 1970. */
  at: number;
  price: Decimal;
  /** How many changed hands. */
  size: number;
}

export interface MarketSettings {
  running: boolean;
  ticksPerSecond: number;
  seed: number;
  /** Only these move; all that is listed where it is absent. */
  symbols?: string[];
}

const EVERY_MS = 50;
/** After a jump of the clock the ticks in between are passed over, all but these. */
const MOST_AT_ONCE = 2_000;
const SPREAD_BASIS_POINTS = 12;

export class LiveMarket {
  readonly #prices = new Map<string, Decimal>();
  readonly #listeners = new Set<(tick: Tick) => void>();
  #settings: MarketSettings = { running: false, ticksPerSecond: 5, seed: 1 };
  #startedAt = 0;
  #count = 0;
  #intradaySeen = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly world: WorldStore,
    private readonly clock: SandboxClock,
  ) {
    world.onReplaced(() => this.set(this.#settings));
  }

  get settings(): MarketSettings & { ticks: number } {
    return { ...this.#settings, ticks: this.#count };
  }

  /** Starts anew from tick 0, or stops. */
  set(settings: MarketSettings): void {
    this.stop();
    this.#settings = settings;
    this.#startedAt = this.clock.now().getTime();
    this.#intradaySeen = this.#startedAt;
    this.#count = 0;
    this.#prices.clear();
    if (!settings.running) return;
    this.#timer = setInterval(() => this.advance(), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  listen(listener: (tick: Tick) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The price now: the last tick, else the last intraday price of the world, else the last close, else what the security is said to cost. */
  priceOf(listing: Listing): Decimal | null {
    const ticked = this.#prices.get(listing.symbol);
    if (ticked !== undefined) return ticked;
    const now = this.clock.now();
    const closed = quotedCloses(this.world.world, listing, lastClosed(now)).at(-1);
    const intraday = this.#lastIntraday(listing, now.getTime(), closed === undefined ? 0 : closeAt(lastClosed(now)));
    return intraday ?? closed?.close ?? listing.security?.price ?? null;
  }

  #lastIntraday(listing: Listing, now: number, after: number): Decimal | null {
    const { security } = listing;
    if (security === null) return null;
    const seen = this.world.world.prices.intraday.filter((row) => row.security === security.id && Date.parse(row.at) <= now && Date.parse(row.at) > after);
    return seen.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1)?.price ?? null;
  }

  /** Sends every tick that is due. */
  advance(): void {
    const now = this.clock.now().getTime();
    this.#passIntraday(now);
    const due = Math.floor(((now - this.#startedAt) * this.#settings.ticksPerSecond) / 1000);
    this.#count = Math.max(this.#count, due - MOST_AT_ONCE);
    const candidates = this.#candidates();
    if (candidates.length === 0) return;
    for (; this.#count < due; this.#count += 1) this.#tick(this.#count, candidates);
  }

  #candidates(): Listing[] {
    const all = listed(this.world.world);
    const { symbols } = this.#settings;
    return symbols === undefined ? [...all.values()] : symbols.flatMap((symbol) => all.get(symbol) ?? []);
  }

  #tick(index: number, candidates: Listing[]): void {
    const { seed, ticksPerSecond } = this.#settings;
    const listing = candidates[draw(`${seed}/which`, index) % candidates.length]!;
    const before = this.priceOf(listing);
    if (before === null || listing.security?.kind === 'money_market') return;
    const digits = Math.max(2, before.split('.')[1]?.length ?? 0, listing.session === 'fx' ? 5 : 0);
    const points = (draw(`${seed}/move`, index) % (2 * SPREAD_BASIS_POINTS + 1)) - SPREAD_BASIS_POINTS;
    const price = round(add(before, multiply(before, decimal(`${points}e-4`))), Math.min(digits, 8));
    this.#send({ symbol: listing.symbol, at: this.#startedAt + Math.floor(((index + 1) * 1000) / ticksPerSecond), price, size: 1 + (draw(`${seed}/size`, index) % 500) });
  }

  #passIntraday(now: number): void {
    const { intraday } = this.world.world.prices;
    if (intraday.length === 0) return;
    const bySecurity = new Map([...listed(this.world.world).values()].map((listing) => [listing.security?.id, listing.symbol]));
    const due = intraday.map(({ security, at, price }) => ({ symbol: bySecurity.get(security), at: Date.parse(at), price, size: 100 }));
    for (const tick of due.filter(({ at }) => at > this.#intradaySeen && at <= now).sort((a, b) => a.at - b.at)) {
      if (tick.symbol !== undefined) this.#send(tick as Tick);
    }
    this.#intradaySeen = Math.max(this.#intradaySeen, now);
  }

  #send(tick: Tick): void {
    this.#prices.set(tick.symbol, tick.price);
    for (const listener of this.#listeners) listener(tick);
  }
}
