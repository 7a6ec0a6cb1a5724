/** Everything this service can be told, read once at the start. */
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import { ConfigError, duration, integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text } from '@tidemark/service';
import type { Env } from '@tidemark/service';
import { CLOSING_DEFAULTS } from './closing/deps.js';
import type { ClosingSettings } from './closing/deps.js';
import { quoteSettingProblems, quoteSettings } from './intraday/quotes/quote-settings.js';
import type { RunSettings } from './jobs/deps.js';
import { costACall, priceSettingProblems, priceSettings } from './price-source/price-settings.js';
import type { PriceWorkSettings } from './prices/deps.js';

const SCHEMA = {
  NATS_URL: natsUrl(),
  /** Copies of each stream that the bus keeps: 3 in a cluster of three or more, 1 on a single server. */
  NATS_STREAM_REPLICAS: integer({ min: 1, max: 5, default: 1 }),
  HISTORY_PG_URL: postgresUrl(),
  /** Where given, migrations run at the start. */
  HISTORY_PG_OWNER_URL: optional(postgresUrl()),
  HISTORY_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
  HISTORY_HOST: text('127.0.0.1'),
  HISTORY_HTTP_PORT: port(3004),
  /** Off where the relay of this log runs as a process of its own. */
  HISTORY_RELAY: oneOfTexts(['on', 'off'], 'on'),
  /** Accounts that one worker computes together: their transactions, prices and rows are read and written in one statement each. */
  HISTORY_BATCH: integer({ min: 1, max: 500, default: 16 }),
  /** Batches at once in one process: while one waits for the database another computes. */
  HISTORY_CONCURRENCY: integer({ min: 1, max: 32, default: 2 }),
  /** A run whose worker is silent for this long is taken over by another. */
  HISTORY_LOCK: duration('6s'),
  HISTORY_POLL: duration('500ms'),
  /** What a sync brings is left to gather until the sync says that it is through, at most this long. */
  HISTORY_GATHER: duration('30s'),
  /** From the close of a market until its day is closed: prices are published, snapshots of the last minutes arrive. */
  HISTORY_CLOSE_DELAY: duration('10m'),
  /** A day waits this long for its prices, then it is closed without those that have not come. */
  HISTORY_CLOSE_PATIENCE: duration('3h'),
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
  ...priceSettings,
  ...quoteSettings,
};

const PRICE_BACKOFF_MS = 5_000;
const PRICE_BACKOFF_MAX_MS = 15 * 60_000;

/** Shorter times would keep the database busy with nothing, or take over runs that are well. */
const LEAST = { HISTORY_LOCK: '500ms', HISTORY_POLL: '10ms', PRICE_LOCK: '1s', PRICE_POLL: '10ms' } as const;

/** @throws ConfigError naming every variable that is missing or wrong */
export function historyConfig(env: Env) {
  const config = readConfig(SCHEMA, env);
  const short = Object.entries(LEAST).flatMap(([name, least]) => (config[name as keyof typeof LEAST] < (duration().parse(least) ?? 0) ? [`${name} must be at least ${least}`] : []));
  const problems = [...short, ...priceSettingProblems(config), ...quoteSettingProblems(config)];
  if (problems.length > 0) throw new ConfigError(problems);
  const runs: RunSettings = {
    batch: config.HISTORY_BATCH,
    concurrency: config.HISTORY_CONCURRENCY,
    lockMs: config.HISTORY_LOCK,
    pollMs: config.HISTORY_POLL,
    gatherMs: config.HISTORY_GATHER,
    patienceMs: config.PRICE_PATIENCE,
  };
  const prices: PriceWorkSettings = {
    concurrency: config.PRICE_CONCURRENCY,
    lockMs: config.PRICE_LOCK,
    pollMs: config.PRICE_POLL,
    backoffMs: PRICE_BACKOFF_MS,
    backoffMaxMs: PRICE_BACKOFF_MAX_MS,
    symbolRetryMs: config.SYMBOL_RETRY,
    absentRetryMs: config.PRICE_ABSENT_RETRY,
    newBenchmarksADay: config.BENCHMARK_NEW_PER_DAY,
    costACall: costACall(config),
  };
  const closing: ClosingSettings = { ...CLOSING_DEFAULTS, delayMs: config.HISTORY_CLOSE_DELAY, patienceMs: config.HISTORY_CLOSE_PATIENCE };
  return { ...config, runs, prices, closing };
}

export type HistoryConfig = ReturnType<typeof historyConfig>;
