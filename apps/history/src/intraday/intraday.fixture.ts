/** Live values on real Postgres, NATS and a real quote socket, with prices and a clock that a spec turns by hand. */
import type { NatsConnection } from '@nats-io/nats-core';
import { liveRpc } from '@tidemark/contracts';
import type { RequestOf } from '@tidemark/contracts';
import { exact } from '@tidemark/money';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { projectionsMigration } from '@tidemark/projections';
import { connectNats, createLogger, createMetrics, newId, RpcClient, startNest } from '@tidemark/service';
import { ManualClock, startNats, testDatabase, waitUntil } from '@tidemark/testing';
import { historyModule } from '../history.module.js';
import { HistoryDays1763700060000 } from '../migrations/days.migration.js';
import { History1763700020000 } from '../migrations/history.migration.js';
import { HistoryIntraday1763700080000 } from '../migrations/intraday.migration.js';
import type { HistoryReads, PriceReads } from '../reads/read-context.js';
import type { PreparedCloses } from '../reconstruction/model.js';
import { streamFmp } from './quotes/fmp-stream.js';
import { KEY, startFmpSocket } from './quotes/fmp-socket.fixture.js';
import type { FmpSocket } from './quotes/fmp-socket.fixture.js';
import { startIntraday } from './start-intraday.js';
import { WATCH_DESK, WatchController } from './watches/watch.controller.js';

/** A Friday, half an hour after New York opened. */
export const NOW = '2026-11-20T15:00:00.000Z';

export interface Replica {
  /** As Prometheus would see them. */
  metrics(): Promise<string>;
  /** As if the process had died: nothing is given back. */
  die(): Promise<void>;
  close(): Promise<void>;
}

export interface Watching {
  readonly watchId: string;
  readonly values: liveRpc.LiveValue[];
  last(): liveRpc.LiveValue | undefined;
  /** Waits for a push that is so. */
  until(holds: (value: liveRpc.LiveValue) => boolean): Promise<liveRpc.LiveValue>;
}

export interface IntradayFixture {
  readonly database: Database;
  readonly clock: ManualClock;
  readonly socket: FmpSocket;
  readonly nats: NatsConnection;
  /** Closes by symbol: the last one, of the day before. Symbols without one are unknown. */
  readonly closes: Map<string, { close: string; currency: string; splits?: PreparedCloses['splits'] }>;
  /** Dollars for one unit. */
  readonly dollars: Map<string, string>;
  start(): Promise<Replica>;
  rpc: RpcClient;
  watch(userId: string, scope?: Omit<RequestOf<typeof liveRpc.watch>, 'watchId'>): Promise<Watching>;
  close(): Promise<void>;
}

const day = (instant: number) => Math.floor(instant / 86_400_000);

function givenPrices({ closes, dollars, clock }: Pick<IntradayFixture, 'closes' | 'dollars' | 'clock'>): PriceReads {
  const symbolOf = (asset: string) => (asset.startsWith('crypto:') ? `${asset.slice(7)}USD` : asset.slice(asset.indexOf(':') + 1));
  return {
    symbolsFor: async (assets) => new Map(assets.map((asset) => [asset, closes.has(symbolOf(asset)) ? symbolOf(asset) : null])),
    closes: async (symbols) => new Map(symbols.flatMap((symbol) => {
      const given = closes.get(symbol);
      if (!given) return [];
      const { digits, scale } = exact(given.close);
      return [[symbol, { symbol, currency: given.currency, firstDay: day(clock.now()) - 1, scale, newest: [digits], age: new Int16Array(1), splits: given.splits ?? [] }] as const];
    })),
    ratesFor: async () => ({
      rate: (currency, base) => (base === 'USD' ? (dollars.get(currency) ?? null) : null),
      age: () => 0,
    }),
  };
}

export async function startFixture(name: string): Promise<IntradayFixture> {
  const [server, bus, socket] = await Promise.all([testDatabase(name), startNats(), startFmpSocket()]);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_h`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [projectionsMigration(), History1763700020000, HistoryDays1763700060000, HistoryIntraday1763700080000] });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'spec', poolSize: 4 });
  const nats = await connectNats(bus.url, 'spec');
  const clock = new ManualClock(NOW);
  const given = { closes: new Map(), dollars: new Map(), clock } as Pick<IntradayFixture, 'closes' | 'dollars' | 'clock'>;
  const prices = givenPrices(given);
  const rpc = new RpcClient({ nats });
  const running = new Set<Replica>();
  const logger = createLogger({ service: 'history', level: process.env['HISTORY_SPEC_LOG'] ?? 'silent' });
  const start = async (): Promise<Replica> => {
    const own = await openDatabase({ url: urls.serviceUrl, application: 'replica', poolSize: 4 });
    const bus2 = await connectNats(bus.url, 'replica');
    const metrics = createMetrics('history');
    const quotes = streamFmp({ url: socket.url, cryptoUrl: socket.url, apiKey: KEY, log: logger, random: () => 0, pauseMs: 20 });
    const intraday = await startIntraday({ database: own, nats: bus2, clock, logger, metrics, prices, quotes, hours: 'session', partitions: 4, timing: { leaseMs: 600, gatherMs: 5, persistMs: 50, lookMs: 50, beatMs: 50 } });
    const module = historyModule({ reads: { database: own, clock, prices } satisfies HistoryReads, controllers: [WatchController], providers: [{ provide: WATCH_DESK, useValue: intraday.desk }] });
    const nest = await startNest({ module, name: 'history', port: 0, natsUrl: bus.url, nats: bus2, log: logger, ready: async () => ({}) });
    const replica: Replica = {
      metrics: () => metrics.metrics(),
      close: async () => {
        if (!running.delete(replica)) return;
        await nest.close();
        await intraday.close();
        await bus2.close();
        await own.close();
      },
      die: async () => {
        running.delete(replica);
        await nest.close();
        await bus2.close();
        await own.close();
        await intraday.close();
      },
    };
    running.add(replica);
    return replica;
  };
  return {
    ...given, database, socket, nats, rpc, start,
    watch: (userId, scope = {}) => watching(nats, rpc, userId, scope),
    close: async () => {
      for (const replica of [...running]) await replica.close();
      await nats.close();
      await database.close();
      await Promise.all([socket.close(), bus.stop()]);
      await server.drop();
    },
  };
}

async function watching(nats: NatsConnection, rpc: RpcClient, userId: string, scope: Omit<RequestOf<typeof liveRpc.watch>, 'watchId'>): Promise<Watching> {
  const watchId = newId();
  const values: liveRpc.LiveValue[] = [];
  nats.subscribe(liveRpc.watchSubject(watchId), { callback: (_, message) => void values.push(message.json<liveRpc.LiveValueMessage>().data) });
  await nats.flush();
  const reply = await rpc.call(liveRpc.watch, { watchId, ...scope }, { userId, requestId: newId() });
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return {
    watchId, values,
    last: () => values.at(-1),
    until: (holds) => waitUntil(() => values.findLast(holds), { timeoutMs: 15_000 }).catch((error: unknown) => { throw new Error(`no such value: ${JSON.stringify(values.at(-1))}`, { cause: error }); }),
  };
}

export interface GivenLine {
  readonly asset: string;
  readonly quantity: string;
  readonly price?: string;
  readonly priceAt?: string;
  readonly currency?: string;
  readonly multiplier?: string;
}

/** An account as the read models have it, with the lines of its newest snapshot. */
export async function holds(database: Database, userId: string, lines: readonly GivenLine[], given: { accountId?: string; capturedAt?: string; provider?: string; currency?: string } = {}): Promise<string> {
  const { accountId = newId(), capturedAt = '2026-11-20T12:00:00Z', provider = 'plaid', currency = 'USD' } = given;
  const snapshotId = newId();
  await database.transaction(async (tx) => {
    await tx.query('INSERT INTO captured_snapshot (snapshot_id, account_id, user_id, provider, currency, captured_at, lines, epoch, position) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1)', [snapshotId, accountId, userId, provider, currency, capturedAt, JSON.stringify(lines)]);
    await tx.query("INSERT INTO account (account_id, user_id, provider, name, type, trading, changes, currency, transactions) VALUES ($1, $2, $3, 'An account', 'investment', false, '[]', $4, $5) ON CONFLICT DO NOTHING", [accountId, userId, provider, currency, provider !== 'manual']);
    await tx.query('INSERT INTO held_snapshot (account_id, user_id, snapshot_id, currency, captured_at, epoch, position) VALUES ($1, $2, $3, $4, $5, 1, 1) ON CONFLICT (account_id) DO UPDATE SET snapshot_id = excluded.snapshot_id, captured_at = excluded.captured_at', [accountId, userId, snapshotId, currency, capturedAt]);
    await tx.query('DELETE FROM holding WHERE account_id = $1', [accountId]);
    for (const [index, line] of lines.entries()) {
      await tx.query('INSERT INTO holding (account_id, line, asset, quantity, multiplier, currency, price, price_at, counted_as_cash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false)', [accountId, index, line.asset, line.quantity, line.multiplier ?? '1', line.currency ?? currency, line.price ?? null, line.price === undefined ? null : (line.priceAt ?? capturedAt)]);
    }
  });
  return accountId;
}

/** The value of an account at the close of a day, as the end of day writes it. */
export async function closedAt(database: Database, userId: string, accountId: string, date: string, value: string): Promise<void> {
  await database.query('SELECT ensure_day_partitions($1::date, $1::date)', [date]);
  await database.query("INSERT INTO account_day (account_id, day, revision, securities, quality, origin, complete, cost_known, inflow_known, outflow_known, currency, value) VALUES ($1, $2, 1, 1, 100, 1, true, false, true, true, 'USD', $3)", [accountId, date, value]);
  await database.query('INSERT INTO history_head (account_id, user_id, revision, first_day, last_day) VALUES ($1, $2, 1, $3, $3) ON CONFLICT (account_id) DO UPDATE SET last_day = excluded.last_day', [accountId, userId, date]);
}
