import { integer, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, text } from '@tidemark/service';
import type { Env } from '@tidemark/service';
import { DEFAULT_PARTITIONS } from '@tidemark/event-log';

/** Everything this service can be told, read once at the start. */
export function snapshotsConfig(env: Env) {
  return readConfig(
    {
      NATS_URL: natsUrl(),
      SNAPSHOTS_PG_URL: postgresUrl(),
      /** Where given, migrations run at the start. */
      SNAPSHOTS_PG_OWNER_URL: optional(postgresUrl()),
      SNAPSHOTS_PG_POOL: integer({ min: 2, max: 200, default: 10 }),
      SNAPSHOTS_HOST: text('127.0.0.1'),
      SNAPSHOTS_HTTP_PORT: port(3003),
      TIDEMARK_PARTITIONS: integer({ min: 1, max: 64, default: DEFAULT_PARTITIONS }),
      LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
    },
    env,
  );
}

export type SnapshotsConfig = ReturnType<typeof snapshotsConfig>;
