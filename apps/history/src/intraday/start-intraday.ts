/**
 * Live values as a part of the service. Replicas share the users by partition, under leases: a replica that dies is followed by another within
 * the lease, which reads who is watched and how their day went from the tables. Every request to watch reaches some replica, is written down,
 * and is told over the bus to the one that computes the user; a look at the table every few seconds finds what was not heard.
 */
import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Clock } from '@tidemark/kernel';
import { releaseLeases, takeLeases } from '@tidemark/postgres';
import type { Database, LeaseOptions } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import type { Registry } from 'prom-client';
import type { PriceReads } from '../reads/read-context.js';
import { sweepIntraday } from './days/intraday-tables.js';
import { Recorder } from './days/recorder.js';
import { intradayMetrics } from './intraday-metrics.js';
import { LiveBook } from './live-book.js';
import { LiveRates } from './load/live-rates.js';
import { SymbolRegistry } from './load/symbol-registry.js';
import { QuoteHub } from './quotes/quote-hub.js';
import type { OpenQuotes } from './quotes/quote.js';
import type { QuoteHours } from './quotes/symbol-market.js';
import { repeating } from './repeating.js';
import { WATCHED } from './watches/watch.controller.js';
import type { WatchDesk, WatchedMessage } from './watches/watch.controller.js';
import { WatchedUsers } from './watched-users.js';

export interface IntradayParts {
  readonly database: Database;
  readonly nats: NatsConnection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly prices: PriceReads;
  /** Null: values move with closes and snapshots only. */
  readonly quotes: OpenQuotes | null;
  readonly hours: QuoteHours;
  readonly partitions: number;
  readonly timing?: Partial<IntradayTiming>;
}

export interface IntradayTiming {
  /** A replica that is silent for this long is followed by another. */
  readonly leaseMs: number;
  /** How long quotes gather before values are computed. */
  readonly gatherMs: number;
  /** How often the day so far is written down. */
  readonly persistMs: number;
  /** How often it is looked at what has changed under the users: snapshots, accounts, closed days. */
  readonly lookMs: number;
  /** How often it is looked at what the clock changes: markets that open and close. */
  readonly beatMs: number;
}

const TIMING: IntradayTiming = { leaseMs: 5_000, gatherMs: 20, persistMs: 3_000, lookMs: 1_000, beatMs: 1_000 };
const MINUTE = 60_000;
const KEEP_BARS_MS = 8 * 86_400_000;

export interface Intraday {
  /** For `WatchController`, under the token WATCH_DESK. */
  readonly desk: WatchDesk;
  close(): Promise<void>;
}

export async function startIntraday(parts: IntradayParts): Promise<Intraday> {
  const { database, nats, clock, logger, partitions } = parts;
  const timing = { ...TIMING, ...parts.timing };
  const metrics = intradayMetrics(parts.metrics);
  const registry = new SymbolRegistry(parts.prices);
  const rates = new LiveRates(parts.prices);
  const recorder = new Recorder(database);
  const book = new LiveBook({ clock, nats, registry, rates, recorder, metrics, gatherMs: timing.gatherMs });
  const hub = new QuoteHub({ open: parts.quotes, hours: parts.hours, registry, clock, count: metrics.quote, moved: (symbol) => book.tick(symbol) });
  const users = new WatchedUsers({ database, clock, logger, registry, rates, book, changed: () => hub.refresh() });
  const lease: LeaseOptions = { client: database, schema: 'projection', group: 'intraday', holder: randomUUID(), parts: partitions, ttlMs: timing.leaseMs };
  const report = (what: string) => (error: unknown) => logger.warn({ err: error }, `${what}; it is tried again`);

  const hold = async () => users.hold(await takeLeases(lease));
  await hold();
  const subscription = nats.subscribe(WATCHED, {
    callback: (error, message) => {
      if (!error) users.heard(message.json<WatchedMessage>());
    },
  });
  const loops = [
    repeating(hold, timing.leaseMs / 3, report('the leases of live values could not be renewed')),
    repeating(() => users.look(), timing.lookMs, report('changes under live values could not be read')),
    repeating(() => recorder.flush(), timing.persistMs, report('live days could not be written')),
    repeating(async () => {
      hub.refresh();
      book.round();
      metrics.watched(users.watches, book.users.size);
    }, timing.beatMs, report('live values could not be computed')),
    repeating(async () => {
      await rates.want([], clock.now());
      book.lookAgain();
      await sweepIntraday(database, new Date(clock.now() - KEEP_BARS_MS).toISOString());
    }, MINUTE, report('live values could not be looked at anew')),
  ];
  return {
    desk: { database, nats, partitions },
    close: async () => {
      subscription.unsubscribe();
      await hub.close();
      for (const loop of loops) await loop.stop();
      await users.close();
      book.close();
      await recorder.flush().catch(report('live days could not be written at the end'));
      await releaseLeases(lease).catch(report('the leases of live values could not be released'));
    },
  };
}
