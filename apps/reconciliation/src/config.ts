/** Everything this service can be told, read once at the start. */
import { credentialSettingProblems, credentialSettings } from '@tidemark/credentials';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import { PROVIDER_SECRETS, providerSettings } from '@tidemark/providers';
import type { ProviderSettings } from '@tidemark/providers';
import { ConfigError, duration, integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text, withSecretFiles } from '@tidemark/service';
import type { Env } from '@tidemark/service';
import type { RunSettings } from './deps.js';
import { DEFAULT_TOLERANCE, readTolerance, toleranceText } from './tolerance-setting.js';

const auditKey = { accepts: '32 bytes in base64', fromFile: true, parse: (given: string) => (/^[A-Za-z0-9+/]{43}=$/.test(given) ? Buffer.from(given, 'base64') : undefined) };

/** docs/reconciliation.md lists them; a test compares. */
export const SCHEMA = {
  NATS_URL: natsUrl(),
  /** Copies of each stream that the bus keeps: 3 in a cluster of three or more, 1 on a single server. */
  NATS_STREAM_REPLICAS: integer({ min: 1, max: 5, default: 1 }),
  RECONCILIATION_PG_URL: postgresUrl(),
  /** Where given, migrations run at the start. */
  RECONCILIATION_PG_OWNER_URL: optional(postgresUrl()),
  RECONCILIATION_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
  RECONCILIATION_HOST: text('127.0.0.1'),
  RECONCILIATION_HTTP_PORT: port(3005),
  /** Off where the relay of this log runs as a process of its own. */
  RECONCILIATION_RELAY: oneOfTexts(['on', 'off'], 'on'),
  /** Every user with an active connection is compared by itself once in this time. */
  RECONCILIATION_INTERVAL: duration('24h'),
  /** How often it is looked for users whose turn has come. */
  RECONCILIATION_SCHEDULE_EVERY: duration('15s'),
  /** Fetches at once in one process, and of them at once of one provider. */
  RECONCILIATION_CONCURRENCY: integer({ min: 1, max: 1_000, default: 8 }),
  RECONCILIATION_PROVIDER_CONCURRENCY: integer({ min: 1, max: 1_000, default: 4 }),
  /** A fetch whose worker is silent for this long is taken over by another. */
  RECONCILIATION_LOCK: duration('30s'),
  RECONCILIATION_POLL: duration('1s'),
  /** How long one connection may take to answer in all, retries included. */
  RECONCILIATION_TIMEOUT: duration('2m'),
  /** Fetches of one connection in one run, the first included, before the run goes on without it. */
  RECONCILIATION_ATTEMPTS: integer({ min: 1, max: 20, default: 3 }),
  /** Before the second fetch; doubled before each further one, never longer than the maximum, and longer only where the provider asks for it. */
  RECONCILIATION_BACKOFF: duration('5s'),
  RECONCILIATION_BACKOFF_MAX: duration('5m'),
  /** Transactions of this many days before what is compared from are asked for as well: late ones explain differences. */
  RECONCILIATION_OVERLAP_DAYS: integer({ min: 0, max: 730, default: 14 }),
  /** Of one user, within a minute; more are refused, since the calls that a provider allows are everybody's. Those that join one cost nothing. */
  RECONCILIATION_PER_MINUTE: integer({ min: 1, max: 100_000, default: 12 }),
  RECONCILIATION_TOLERANCE: toleranceText,
  /** Runs in which nothing differed are forgotten after this time; those in which something did are kept, as are the log and the audit trail. */
  RECONCILIATION_RETENTION: duration('365d'),
  /** Keys the hash chains of the audit trail; a chain can be checked only with the key that it was made with. */
  AUDIT_KEY: auditKey,
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
  ...credentialSettings,
};

/** Shorter times would keep the database busy with nothing, or take over fetches that are well. */
const LEAST = { RECONCILIATION_INTERVAL: '1m', RECONCILIATION_LOCK: '500ms', RECONCILIATION_POLL: '10ms', RECONCILIATION_SCHEDULE_EVERY: '100ms', RECONCILIATION_TIMEOUT: '10ms', RECONCILIATION_RETENTION: '1d' } as const;

/** @throws ConfigError naming every variable that is missing or wrong */
export function reconciliationConfig(env: Env) {
  const providers = providerSettings(withSecretFiles(env, PROVIDER_SECRETS));
  const problems = providers.ok ? [] : providers.error.map(({ variable, accepts }) => `${variable} must be ${accepts}`);
  const config = readOwn(env, problems);
  const tolerance = readTolerance(config.RECONCILIATION_TOLERANCE);
  problems.push(...credentialSettingProblems(config), ...tooShort(config), ...(tolerance.ok ? [] : tolerance.problems));
  if (problems.length > 0) throw new ConfigError(problems);
  const known: readonly ProviderSettings[] = providers.ok ? providers.value : [];
  return { ...config, runs: runSettings(config), tolerance: tolerance.ok ? tolerance.value : DEFAULT_TOLERANCE, providers: known };
}

function runSettings(config: ReturnType<typeof readOwn>): RunSettings {
  return {
    intervalMs: config.RECONCILIATION_INTERVAL,
    scheduleEveryMs: config.RECONCILIATION_SCHEDULE_EVERY,
    concurrency: config.RECONCILIATION_CONCURRENCY,
    providerConcurrency: config.RECONCILIATION_PROVIDER_CONCURRENCY,
    lockMs: config.RECONCILIATION_LOCK,
    pollMs: config.RECONCILIATION_POLL,
    timeoutMs: config.RECONCILIATION_TIMEOUT,
    attempts: config.RECONCILIATION_ATTEMPTS,
    backoffMs: config.RECONCILIATION_BACKOFF,
    backoffMaxMs: config.RECONCILIATION_BACKOFF_MAX,
    overlapDays: config.RECONCILIATION_OVERLAP_DAYS,
    perMinute: config.RECONCILIATION_PER_MINUTE,
    retentionMs: config.RECONCILIATION_RETENTION,
  };
}

function readOwn(env: Env, problems: readonly string[]) {
  try {
    return readConfig(SCHEMA, env);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError([...error.problems, ...problems]) : error;
  }
}

function tooShort(config: Readonly<Record<keyof typeof LEAST, number>>): string[] {
  return Object.entries(LEAST).flatMap(([name, least]) => (config[name as keyof typeof LEAST] < (duration().parse(least) ?? 0) ? [`${name} must be at least ${least}`] : []));
}

export type ReconciliationConfig = ReturnType<typeof reconciliationConfig>;
