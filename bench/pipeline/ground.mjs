/** The servers and databases of a bench run: one Postgres, one NATS, a log database and two read databases, made anew and dropped. */
import { connect } from '@nats-io/transport-node';
import { Snapshots1763700001000 } from '../../apps/snapshots/dist/migrations/snapshots.migration.js';
import { eventLogMigration } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import { projectionsMigration } from '@tidemark/projections';
import { startNats, startPostgres } from '@tidemark/testing';

export async function layGround() {
  const postgres = await startPostgres({});
  const run = `bench_${Date.now()}`;
  const open = [];
  const database = async (name, migrations) => {
    const urls = await provisionDatabase({ adminUrl: postgres.adminUrl, database: `${run}_${name}`, ownerPassword: 'o', servicePassword: 's' });
    await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations });
    const opened = await openDatabase({ url: urls.serviceUrl, application: `bench-${name}`, poolSize: 10 });
    open.push(opened);
    return opened;
  };
  const buses = [];
  return {
    log: (name) => database(name, [eventLogMigration()]),
    reader: (name) => database(name, [projectionsMigration(), Snapshots1763700001000]),
    /** A bus of its own for every run: streams that another log filled would be taken for this one's. */
    bus: async () => {
      const server = await startNats({});
      const nats = await connect({ servers: server.url, noAsyncTraces: true });
      buses.push({ server, nats });
      return { nats, stop: async () => { await nats.close(); await server.stop(); } };
    },
    close: async () => {
      for (const one of open) await one.close();
      for (const { server, nats } of buses) {
        await nats.close();
        await server.stop();
      }
      await postgres.stop();
    },
  };
}
