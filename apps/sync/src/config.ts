/** Everything this service can be told, read once at the start. */
import { credentialSettingProblems, credentialSettings } from '@tidemark/credentials';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import { PROVIDER_SECRETS, providerSettings } from '@tidemark/providers';
import type { ProviderSettings } from '@tidemark/providers';
import { ConfigError, duration, integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text, withSecretFiles } from '@tidemark/service';
import type { Env } from '@tidemark/service';
import type { SyncSettings } from './deps.js';

const SCHEMA = {
  NATS_URL: natsUrl(),
  /** Copies of each stream that the bus keeps: 3 in a cluster of three or more, 1 on a single server. */
  NATS_STREAM_REPLICAS: integer({ min: 1, max: 5, default: 1 }),
  SYNC_PG_URL: postgresUrl(),
  /** Where given, migrations run at the start. */
  SYNC_PG_OWNER_URL: optional(postgresUrl()),
  SYNC_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
  SYNC_HOST: text('127.0.0.1'),
  SYNC_HTTP_PORT: port(3002),
  /** Off where the relay of this log runs as a process of its own (relay-main.ts). */
  SYNC_RELAY: oneOfTexts(['on', 'off'], 'on'),
  /** Every connection is synced by itself once in this time. */
  SYNC_INTERVAL: duration('6h'),
  /** Transactions of this many days before the last answer are asked for again. */
  SYNC_OVERLAP_DAYS: integer({ min: 0, max: 730, default: 14 }),
  /** Every connection's transactions of the last 24 months are read anew once in this time: what was added or changed later than the overlap. */
  SYNC_FULL_INTERVAL: duration('7d'),
  SYNC_CONCURRENCY: integer({ min: 1, max: 1_000, default: 8 }),
  SYNC_PROVIDER_CONCURRENCY: integer({ min: 1, max: 1_000, default: 6 }),
  /** A sync whose worker is silent for this long is taken over by another. */
  SYNC_LOCK: duration('30s'),
  SYNC_POLL: duration('1s'),
  SYNC_SCHEDULE_EVERY: duration('15s'),
  SYNC_ATTEMPTS: integer({ min: 1, max: 20, default: 5 }),
  SYNC_BACKOFF: duration('30s'),
  SYNC_BACKOFF_MAX: duration('30m'),
  SYNC_RETENTION: duration('90d'),
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
  ...credentialSettings,
};

/** Shorter times would keep the database busy with nothing. */
const LEAST = { SYNC_INTERVAL: '1s', SYNC_FULL_INTERVAL: '1s', SYNC_LOCK: '1s', SYNC_POLL: '10ms', SYNC_SCHEDULE_EVERY: '100ms' } as const;

/** @throws ConfigError naming every variable that is missing or wrong */
export function syncConfig(env: Env) {
  const providers = providerSettings(withSecretFiles(env, PROVIDER_SECRETS));
  const problems = providers.ok ? [] : providers.error.map(({ variable, accepts }) => `${variable} must be ${accepts}`);
  const config = readOwn(env, problems);
  problems.push(...credentialSettingProblems(config), ...tooShort(config));
  if (problems.length > 0) throw new ConfigError(problems);
  const settings: SyncSettings = {
    intervalMs: config.SYNC_INTERVAL,
    overlapDays: config.SYNC_OVERLAP_DAYS,
    fullIntervalMs: config.SYNC_FULL_INTERVAL,
    concurrency: config.SYNC_CONCURRENCY,
    providerConcurrency: config.SYNC_PROVIDER_CONCURRENCY,
    lockMs: config.SYNC_LOCK,
    pollMs: config.SYNC_POLL,
    backoff: { baseMs: config.SYNC_BACKOFF, maxMs: config.SYNC_BACKOFF_MAX, attempts: config.SYNC_ATTEMPTS },
    patienceMs: [250, 1_000, 4_000, 10_000],
    retentionMs: config.SYNC_RETENTION,
  };
  const known: readonly ProviderSettings[] = providers.ok ? providers.value : [];
  return { ...config, settings, providers: known };
}

function readOwn(env: Env, problems: readonly string[]) {
  try {
    return readConfig(SCHEMA, env);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError([...error.problems, ...problems]) : error;
  }
}

function tooShort(config: Readonly<Record<keyof typeof LEAST, number>>): string[] {
  return Object.entries(LEAST).flatMap(([name, least]) => {
    const shortest = duration().parse(least) ?? 0;
    return config[name as keyof typeof LEAST] < shortest ? [`${name} must be at least ${least}`] : [];
  });
}

export type SyncConfig = ReturnType<typeof syncConfig>;
