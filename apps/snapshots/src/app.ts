/** Latest, as-of and consolidated balances and positions: read models over the logs `sync` and `connections`, and the answers from them. */
import { systemClock, connectNats, createLogger, startNest } from '@tidemark/service';
import type { Env, RunningService, ServiceDefinition } from '@tidemark/service';
import { migrate, openDatabase } from '@tidemark/postgres';
import { projectionsMigration, startProjections } from '@tidemark/projections';
import { snapshotsConfig } from './config.js';
import { Market1763800001000 } from './migrations/market.migration.js';
import { Snapshots1763700001000 } from './migrations/snapshots.migration.js';
import { AccountEntity } from './projections/accounts/account.entity.js';
import { accounts } from './projections/accounts/project.js';
import { BalanceSnapshotEntity } from './projections/balances/balance-snapshot.entity.js';
import { ErasureEntity } from './projections/balances/erasure.entity.js';
import { balances } from './projections/balances/project.js';
import { MarketCloseEntity, MarketSymbolEntity } from './projections/market/market.entity.js';
import { market } from './projections/market/project.js';
import { settings } from './projections/settings/project.js';
import { UserSettingsEntity } from './projections/settings/user-settings.entity.js';
import { snapshotsModule } from './snapshots.module.js';

export type { SnapshotsConfig } from './config.js';

export const service: ServiceDefinition = { name: 'snapshots', start };

export const ENTITIES = [AccountEntity, BalanceSnapshotEntity, ErasureEntity, UserSettingsEntity, MarketSymbolEntity, MarketCloseEntity];
export const MIGRATIONS = [projectionsMigration(), Snapshots1763700001000, Market1763800001000];
export const PROJECTIONS = [balances, accounts, settings, market];

async function start(env: Env): Promise<RunningService> {
  const config = snapshotsConfig(env);
  const log = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const serviceRole = decodeURIComponent(new URL(config.SNAPSHOTS_PG_URL).username);
  if (config.SNAPSHOTS_PG_OWNER_URL) await migrate({ ownerUrl: config.SNAPSHOTS_PG_OWNER_URL, serviceRole, migrations: MIGRATIONS });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const database = await openDatabase({ url: config.SNAPSHOTS_PG_URL, application: service.name, entities: ENTITIES, poolSize: config.SNAPSHOTS_PG_POOL });
    closers.push(() => database.close());
    const nats = await connectNats(config.NATS_URL, service.name);
    closers.push(() => nats.drain());
    const projections = await startProjections({ database, nats, projections: PROJECTIONS, partitions: config.TIDEMARK_PARTITIONS, logger: log });
    closers.push(() => projections.close());
    const nest = await startNest({
      module: snapshotsModule({ database, clock: systemClock }),
      name: service.name,
      host: config.SNAPSHOTS_HOST,
      port: config.SNAPSHOTS_HTTP_PORT,
      natsUrl: config.NATS_URL,
      nats,
      log,
      ready: async () => {
        await database.query('SELECT 1');
        return { postgres: 'up' };
      },
    });
    closers.push(() => nest.close());
    return { name: service.name, port: nest.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}
