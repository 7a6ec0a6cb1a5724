/**
 * The relay of the sync log as a process of its own: answers reads of the log and publishes what is committed, and does nothing else.
 * An installation under load gives it its own core; the fault tests kill it alone.
 */
import { EventLog, startEventLogServer } from '@tidemark/event-log';
import { openDatabase } from '@tidemark/postgres';
import { connectNats, createLogger, runService } from '@tidemark/service';
import type { Env, RunningService } from '@tidemark/service';
import { syncConfig } from './config.js';

await runService({ name: 'sync-relay', start });

async function start(env: Env): Promise<RunningService> {
  const config = syncConfig(env);
  const logger = createLogger({ service: 'sync-relay', level: config.LOG_LEVEL });
  const database = await openDatabase({ url: config.SYNC_PG_URL, application: 'sync-relay', poolSize: 3 });
  const nats = await connectNats(config.NATS_URL, 'sync-relay');
  const log = await EventLog.open({ name: 'sync', database, partitions: config.TIDEMARK_PARTITIONS });
  const server = await startEventLogServer({ log, nats, logger, streamReplicas: config.NATS_STREAM_REPLICAS });
  return {
    name: 'sync-relay',
    port: 0,
    close: async () => {
      await server.close();
      await nats.drain();
      await database.close();
    },
  };
}
