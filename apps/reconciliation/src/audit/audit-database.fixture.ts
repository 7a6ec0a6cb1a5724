/** A database with the event log and the audit trail, and nothing else of the service; as its service role and as the tables' owner. */
import { EventLog, eventLogMigration } from '@tidemark/event-log';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database, MigrationClass } from '@tidemark/postgres';
import { testDatabase } from '@tidemark/testing';
import { Audit1764100000020 } from '../migrations/audit.migration.js';

const PARTITIONS = 2;

export interface AuditDatabase {
  readonly database: Database;
  readonly owner: Database;
  readonly log: EventLog;
  close(): Promise<void>;
}

/** @param more tables of other parts */
export async function auditDatabase(name: string, more: readonly MigrationClass[] = []): Promise<AuditDatabase> {
  const server = await testDatabase(name);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_r`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(PARTITIONS), Audit1764100000020, ...more] });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'reconciliation', poolSize: 4 });
  const owner = await openDatabase({ url: urls.ownerUrl, application: 'owner', poolSize: 1 });
  return {
    database, owner,
    log: new EventLog({ name: 'reconciliation', database, partitions: PARTITIONS }),
    close: async () => {
      await Promise.all([database.close(), owner.close()]);
      await server.drop();
    },
  };
}
