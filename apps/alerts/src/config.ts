/** Everything this service can be told, read once at the start. */
import { parseKeyring } from '@tidemark/credentials';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';
import { integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text } from '@tidemark/service';
import type { Env } from '@tidemark/service';

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
  TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
};

/** @throws ConfigError naming every variable that is missing or wrong */
export function alertsConfig(env: Env) {
  return readConfig(SCHEMA, env);
}

export type AlertsConfig = ReturnType<typeof alertsConfig>;
