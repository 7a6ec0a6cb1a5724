/** Run by connections at its start, as the owner: the table, and who else may read it. */
import { migrate, openDatabase } from '@tidemark/postgres';
import { Credentials1763700000003 } from './schema.migration.js';

export interface PrepareRequest {
  readonly ownerUrl: string;
  /** The role that connections works with. */
  readonly serviceRole: string;
  /** Roles that may read and do nothing else; those that do not exist are passed over. Default: `<database>_sync` and `<database>_reconciliation`. */
  readonly readers?: readonly string[];
}

export async function prepareCredentialDatabase({ ownerUrl, serviceRole, readers }: PrepareRequest): Promise<void> {
  await migrate({ ownerUrl, serviceRole, migrations: [Credentials1763700000003] });
  const database = decodeURIComponent(new URL(ownerUrl).pathname.slice(1));
  const names = readers ?? [`${database}_sync`, `${database}_reconciliation`];
  const owner = await openDatabase({ url: ownerUrl, application: 'tidemark-credentials', poolSize: 1 });
  try {
    // Identifiers cannot be parameters; format('%I') quotes them inside Postgres.
    const { rows } = await owner.query<{ statement: string }>(
      `SELECT format('GRANT USAGE ON SCHEMA public TO %I', rolname) AS statement FROM pg_roles WHERE rolname = ANY($1::text[])
       UNION ALL SELECT format('GRANT SELECT ON credential TO %I', rolname) FROM pg_roles WHERE rolname = ANY($1::text[])`,
      [names],
    );
    for (const { statement } of rows) await owner.query(statement);
  } finally {
    await owner.close();
  }
}
