/** Prices and symbols on real Postgres, beside a source that speaks the real wire. Several instances can share the database, as replicas do. */
import type { EventEnvelope } from '@tidemark/contracts';
import { EventLog, eventLogMigration } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { createLogger, createMetrics, newId, readConfig } from '@tidemark/service';
import { ManualClock, testDatabase, waitUntil } from '@tidemark/testing';
import { History1763700020000 } from '../migrations/history.migration.js';
import { Prices1763710030000 } from '../migrations/prices.migration.js';
import { Introduced1763900020000 } from '../migrations/introduced.migration.js';
import { costACall, createPriceSource, priceSettings } from '../price-source/price-settings.js';
import type { PriceDeps, PriceWorkSettings } from '../prices/deps.js';
import { priceMetrics } from '../prices/price-metrics.js';
import { startPrices } from '../prices/start-prices.js';
import type { Prices } from '../prices/start-prices.js';
import { FakeFmp } from './fake-fmp.js';

export const START = '2026-11-20T22:30:00.000Z';

const SETTINGS: PriceWorkSettings = { concurrency: 4, lockMs: 1_500, pollMs: 30, backoffMs: 20, backoffMaxMs: 100, symbolRetryMs: 30 * 86_400_000, absentRetryMs: 30 * 86_400_000, newBenchmarksADay: 2, costACall: '0.0025' };

export class PriceWorld {
  readonly clock = new ManualClock(START);
  readonly lines: string[] = [];
  readonly settledRuns: string[] = [];
  readonly registry = createMetrics('history');
  private readonly closers: (() => Promise<unknown>)[] = [];
  private url = '';
  fmp!: FakeFmp;
  database!: Database;
  log!: EventLog;

  static async start(name: string): Promise<PriceWorld> {
    const world = new PriceWorld();
    const test = await testDatabase(name);
    world.closers.push(() => test.drop());
    world.fmp = await FakeFmp.start();
    world.closers.push(() => world.fmp.close());
    const urls = await provisionDatabase({ adminUrl: test.adminUrl, database: `${test.prefix}_history`, ownerPassword: 'o', servicePassword: 's' });
    await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(), History1763700020000, Prices1763710030000, Introduced1763900020000] });
    world.url = urls.serviceUrl;
    world.database = await openDatabase({ url: urls.serviceUrl, application: 'history' });
    world.closers.push(() => world.database.close());
    world.log = new EventLog({ name: 'history', database: world.database });
    return world;
  }

  /** One replica, with its own pool; closed with the world unless it `dies` before. */
  async replica(options: { settings?: Partial<PriceWorkSettings>; env?: Record<string, string>; work?: boolean } = {}): Promise<{ prices: Prices; deps: PriceDeps; die(): Promise<void> }> {
    const database = await openDatabase({ url: this.url, application: 'history' });
    const config = readConfig(priceSettings, { PRICE_SOURCE: 'fmp', FMP_BASE_URL: this.fmp.url, FMP_API_KEY: this.fmp.key, FMP_REQUESTS_PER_MINUTE: '100000', FMP_RETRIES: '0', FMP_TIMEOUT: '500ms', ...options.env });
    const logger = createLogger({ service: 'history', level: 'debug', destination: { write: (line: string) => void this.lines.push(line) } });
    const metrics = priceMetrics(createMetrics('history'), costACall(config));
    const source = createPriceSource(config, { clock: { now: () => Date.now() }, random: () => 0.5, log: logger, onCall: (call) => metrics.called(call), breaker: { resetTimeout: 150 } });
    const deps: PriceDeps = {
      database, log: new EventLog({ name: 'history', database }), clock: this.clock, random: () => 0.5, newId, logger, metrics, source, settings: { ...SETTINGS, ...options.settings },
      settled: async (runIds) => void this.settledRuns.push(...runIds),
    };
    const prices = startPrices(deps, options.work === undefined ? {} : { work: options.work });
    let dead = false;
    const die = async (): Promise<void> => {
      if (dead) return;
      dead = true;
      await Promise.all([database.close(), prices.close()]);
    };
    this.closers.push(async () => {
      if (dead) return;
      await prices.close();
      await database.close();
    });
    return { prices, deps, die };
  }

  settled(runId: string): Promise<unknown> {
    return waitUntil(async () => this.settledRuns.includes(runId), { timeoutMs: 8_000, describe: () => `run ${runId} to be settled; the log says ${this.lines.slice(-4).join('')}` });
  }

  /** Stored closes of a symbol, oldest first, as `day close`. */
  async stored(symbol: string): Promise<string[]> {
    const { rows } = await this.database.query<{ text: string }>(
      `SELECT to_char(make_date(month / 12, month % 12 + 1, n::int), 'YYYY-MM-DD') || ' ' || c AS text FROM price_month, unnest(closes) WITH ORDINALITY AS u(c, n) WHERE symbol = $1 AND c IS NOT NULL ORDER BY month, n`,
      [symbol],
    );
    return rows.map(({ text }) => text);
  }

  async quarantined(symbol: string): Promise<{ day: number; close: string; reason: string }[]> {
    return (await this.database.query<{ day: number; close: string; reason: string }>('SELECT day, close::text, reason FROM price_quarantine WHERE symbol = $1 ORDER BY day', [symbol])).rows;
  }

  async events<T>(userId: string): Promise<EventEnvelope<T>[]> {
    return (await this.log.readPartition(this.log.partitionOf(userId), 0, 10_000, userId)) as EventEnvelope<T>[];
  }

  async close(): Promise<void> {
    for (const one of this.closers.reverse()) await one();
  }
}
