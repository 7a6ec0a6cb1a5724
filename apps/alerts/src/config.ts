/** Everything this service can be told, read once at the start. */
import { parseKeyring } from '@tidemark/credentials';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import { ConfigError, duration, integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text } from '@tidemark/service';
import type { Env } from '@tidemark/service';
import { deliverySettings, deliverySettingsOf } from './deliveries/settings.js';
import type { JudgingSettings } from './deps.js';

const sealingKey = { accepts: '32 bytes in base64, or several comma separated "id:base64" of which the first is current', fromFile: true, parse: (given: string) => parseKeyring(given) ?? undefined };

const SCHEMA = {
  NATS_URL: natsUrl(),
  /** Copies of each stream that the bus keeps: 3 in a cluster of three or more, 1 on a single server. */
  NATS_STREAM_REPLICAS: integer({ min: 1, max: 5, default: 1 }),
  ALERTS_PG_URL: postgresUrl(),
  /** Where given, migrations run at the start. */
  ALERTS_PG_OWNER_URL: optional(postgresUrl()),
  ALERTS_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
  ALERTS_HOST: text('127.0.0.1'),
  ALERTS_HTTP_PORT: port(3006),
  /** Off where the relay of this log runs as a process of its own. */
  ALERTS_RELAY: oneOfTexts(['on', 'off'], 'on'),
  /** Seals the secrets that sign webhooks. */
  ALERTS_KEY: sealingKey,
  /** Users whose figures are asked for together, and so many such batches at once. */
  ALERTS_BATCH: integer({ min: 1, max: 500, default: 64 }),
  ALERTS_CONCURRENCY: integer({ min: 1, max: 64, default: 4 }),
  /** Users whose worker is silent for so long are taken over by another. */
  ALERTS_LOCK: duration('30s'),
  ALERTS_POLL: duration('1s'),
  /** How often the passing of time is looked at: accounts that have gone stale, ends of quiet. */
  ALERTS_SWEEP: duration('15s'),
  /** How long the services that show the figures may take to answer. */
  ALERTS_ASK_TIMEOUT: duration('10s'),
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
  ...deliverySettings,
};

/** Shorter times would keep the database busy with nothing, or take over work that is well. */
const LEAST = { ALERTS_LOCK: '1s', ALERTS_POLL: '10ms', ALERTS_SWEEP: '100ms', ALERTS_ASK_TIMEOUT: '100ms' } as const;

/** @throws ConfigError naming every variable that is missing or wrong */
export function alertsConfig(env: Env) {
  const config = readConfig(SCHEMA, env);
  const problems = Object.entries(LEAST).flatMap(([name, least]) => (config[name as keyof typeof LEAST] < (duration().parse(least) ?? 0) ? [`${name} must be at least ${least}`] : []));
  if (config.ALERTS_LOCK < 2 * config.ALERTS_ASK_TIMEOUT) problems.push('ALERTS_LOCK must be at least twice ALERTS_ASK_TIMEOUT: a user is judged within it');
  if (problems.length > 0) throw new ConfigError(problems);
  const judging: JudgingSettings = {
    batch: config.ALERTS_BATCH, concurrency: config.ALERTS_CONCURRENCY, lockMs: config.ALERTS_LOCK, pollMs: config.ALERTS_POLL, sweepMs: config.ALERTS_SWEEP, askTimeoutMs: config.ALERTS_ASK_TIMEOUT,
  };
  return { ...config, judging, deliveries: deliverySettingsOf(config) };
}

export type AlertsConfig = ReturnType<typeof alertsConfig>;
