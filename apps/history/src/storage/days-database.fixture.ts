/** A database with the tables of account days, and nothing else of the service. */
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { testDatabase } from '@tidemark/testing';
import { HistoryDays1763700060000 } from '../migrations/days.migration.js';

export async function daysDatabase(name: string): Promise<{ database: Database; owner: Database; close(): Promise<void> }> {
  const server = await testDatabase(name);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_h`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [HistoryDays1763700060000] });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'history', poolSize: 4 });
  const owner = await openDatabase({ url: urls.ownerUrl, application: 'owner', poolSize: 1 });
  return {
    database, owner,
    close: async () => {
      await Promise.all([database.close(), owner.close()]);
      await server.drop();
    },
  };
}
