/** The servers and databases of a bench run: one Postgres, one NATS, a log database and two read databases, made anew and dropped. */
import { connect } from '@nats-io/transport-node';
import { Snapshots1763700001000 } from '../../apps/snapshots/dist/migrations/snapshots.migration.js';
import { eventLogMigration } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import { projectionsMigration } from '@tidemark/projections';
import { startNats, startPostgres } from '@tidemark/testing';

export async function layGround() {
  const postgres = await startPostgres({});
  const bus = await startNats({});
  const run = `bench_${Date.now()}`;
  const open = [];
  const database = async (name, migrations) => {
    const urls = await provisionDatabase({ adminUrl: postgres.adminUrl, database: `${run}_${name}`, ownerPassword: 'o', servicePassword: 's' });
    await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations });
    const opened = await openDatabase({ url: urls.serviceUrl, application: `bench-${name}`, poolSize: 10 });
    open.push(opened);
    return opened;
  };
  const nats = await connect({ servers: bus.url });
  return {
    log: (name) => database(name, [eventLogMigration()]),
    reader: (name) => database(name, [projectionsMigration(), Snapshots1763700001000]),
    nats,
    connect: () => connect({ servers: bus.url }),
    close: async () => {
      await nats.close();
      for (const one of open) await one.close();
      await bus.stop();
      await postgres.stop();
    },
  };
}
