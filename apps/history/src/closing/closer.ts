/**
 * Looks every few seconds which days are over and not closed, and closes them in order, market by market; then whether prices that were
 * late have come. Replicas may all look: the row of a closing is one worker's. After downtime the missed days follow one another.
 */
import { closeMs, dayOf } from '@tidemark/market';
import { isTransient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import { closeAgain } from './close-again.js';
import { closeDay } from './close-day.js';
import { CloseLost } from './deps.js';
import type { ClosingDeps } from './deps.js';
import { lateCloses } from './market-close.js';
import type { MarketClose } from './market-close.js';
import { accountMarkets, closedTo, dueDays } from './markets.js';
import type { AccountMarket } from './markets.js';

/** Prices that have not come for so many days are looked for by nobody. */
const AGAIN_DAYS = 10;

export interface RunAsked {
  readonly market?: string | undefined;
  readonly day?: DayNumber | undefined;
}

export class Closer {
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly deps: ClosingDeps,
    /** Unique per process and start. */
    private readonly name: string,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), this.deps.settings.pollMs);
    this.look();
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.working;
  }

  private look(): void {
    this.working = this.working.then(() => this.tick()).catch((error: unknown) => {
      const level = error instanceof CloseLost || isTransient(error) ? 'warn' : 'error';
      this.deps.logger[level]({ err: error }, 'the end of day was interrupted; it goes on where it was');
    });
  }

  /** Everything that is due. @returns the days that were closed */
  async tick(): Promise<MarketClose[]> {
    const closed: MarketClose[] = [];
    const known = await closedTo(this.deps.database);
    for (const of of await accountMarkets(this.deps.database)) {
      for (const day of dueDays(of.market, known.get(of.market.id) ?? null, this.deps.clock.now(), this.deps.settings.delayMs)) {
        const done = await this.one(of, day);
        // Days are closed in order: the next one waits with it.
        if (!done) break;
        closed.push(done);
      }
    }
    await this.lookAgain();
    return closed;
  }

  /** What an operator asks for: closes what is over without waiting for prices; a day that is closed is compared and revised. */
  async run({ market, day }: RunAsked): Promise<{ readonly close: MarketClose; readonly changed: number }[]> {
    const { database, clock } = this.deps;
    const known = await closedTo(database);
    const done: { close: MarketClose; changed: number }[] = [];
    for (const of of await accountMarkets(database)) {
      if (market !== undefined && of.market.id !== market) continue;
      const to = known.get(of.market.id) ?? null;
      const again = day !== undefined && to !== null && day <= to ? await closeAgain(this.deps, this.name, of, day) : null;
      if (again !== null) done.push({ close: await this.read(of, day as DayNumber), changed: again });
      for (const due of dueDays(of.market, to, clock.now(), 0).filter((one) => day === undefined || one <= day)) {
        const closed = await this.one(of, due, true);
        if (!closed) break;
        done.push({ close: closed, changed: closed.accounts });
      }
    }
    return done;
  }

  private async one(of: AccountMarket, day: DayNumber, now = false): Promise<MarketClose | null> {
    const began = performance.now();
    const outcome = await closeDay(this.deps, this.name, of, day, now);
    if (outcome.kind !== 'closed') return null;
    const { accounts, incomplete, late, catchUp } = outcome.close;
    this.deps.logger.info({ market: of.market.id, day: dayOf(day), accounts, incomplete, late, catchUp, seconds: Math.round(performance.now() - began) / 1_000 }, 'a day was closed');
    return outcome.close;
  }

  private async lookAgain(): Promise<void> {
    const { database, clock, logger } = this.deps;
    const late = await lateCloses(database, Math.floor(clock.now() / MS_A_DAY) - AGAIN_DAYS);
    if (late.length === 0) return;
    const markets = new Map((await accountMarkets(database)).map((of) => [of.market.id, of]));
    for (const { market, day } of late) {
      const of = markets.get(market);
      if (!of || !(await this.someCame(of, day))) continue;
      const changed = await closeAgain(this.deps, this.name, of, day);
      if (changed !== null) logger.info({ market, day: dayOf(day), changed }, 'prices came late: a day was closed again');
    }
  }

  /** Whether the store has an answer now for anything that was late, or nobody remembers what was. */
  private async someCame({ market }: AccountMarket, day: DayNumber): Promise<boolean> {
    const { rows } = await this.deps.database.query<{ came: boolean }>(
      `SELECT count(*) = 0 OR bool_or(p.covered @> $3::int) AS came FROM closing_asset c LEFT JOIN asset_symbol s ON s.asset = c.asset AND s.status = 'mapped' LEFT JOIN price_series p ON p.symbol = s.symbol WHERE c.market = $1 AND c.day = $2 AND c.late`,
      [market.id, dayOf(day), day],
    );
    return rows[0]?.came === true && closeMs(day, market) <= this.deps.clock.now();
  }

  private async read(of: AccountMarket, day: DayNumber): Promise<MarketClose> {
    const { rows } = await this.deps.database.query<MarketClose>('SELECT market, status, accounts, incomplete, changed, late, catch_up AS "catchUp", again, fence FROM market_close WHERE market = $1 AND day = $2', [of.market.id, dayOf(day)]);
    return { ...(rows[0] as MarketClose), day, afterAccount: null };
  }
}

const MS_A_DAY = 86_400_000;
