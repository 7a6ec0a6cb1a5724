/**
 * A database and two roles per service: the owner makes tables and is used by migrations alone; the service role reads and
 * writes what it was granted and nothing else, so that not even a bug in a service can change a stored event.
 */
import pg from 'pg';

export interface Provisioned {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
  readonly ownerRole: string;
  readonly serviceRole: string;
}

export interface ProvisionRequest {
  /** A server URL of a role that may create roles and databases. */
  readonly adminUrl: string;
  readonly database: string;
  readonly ownerPassword: string;
  readonly servicePassword: string;
}

/** Idempotent: what is there stays, passwords are set to those given. */
export async function provisionDatabase(request: ProvisionRequest): Promise<Provisioned> {
  const ownerRole = `${request.database}_owner`;
  const serviceRole = `${request.database}_service`;
  const admin = new pg.Client({ connectionString: request.adminUrl });
  await admin.connect();
  try {
    await ensureRole(admin, ownerRole, request.ownerPassword);
    await ensureRole(admin, serviceRole, request.servicePassword);
    await ensureDatabase(admin, request.database, ownerRole);
    await allowConnecting(admin, request.database, serviceRole);
    await withoutCompiling(admin, request.database);
  } finally {
    await admin.end();
  }
  return {
    ownerRole,
    serviceRole,
    ownerUrl: urlFor(request.adminUrl, request.database, ownerRole, request.ownerPassword),
    serviceUrl: urlFor(request.adminUrl, request.database, serviceRole, request.servicePassword),
  };
}

/** Another login role on an existing database (a reader of the credentials, say); its tables are granted by migrations. */
export async function provisionReader(request: { adminUrl: string; database: string; role: string; password: string }): Promise<{ url: string }> {
  const admin = new pg.Client({ connectionString: request.adminUrl });
  await admin.connect();
  try {
    await ensureRole(admin, request.role, request.password);
    await allowConnecting(admin, request.database, request.role);
  } finally {
    await admin.end();
  }
  return { url: urlFor(request.adminUrl, request.database, request.role, request.password) };
}

async function ensureRole(admin: pg.Client, role: string, password: string): Promise<void> {
  const name = admin.escapeIdentifier(role);
  const secret = admin.escapeLiteral(password);
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  await admin.query(rowCount ? `ALTER ROLE ${name} LOGIN PASSWORD ${secret}` : `CREATE ROLE ${name} LOGIN PASSWORD ${secret}`);
}

async function ensureDatabase(admin: pg.Client, database: string, owner: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount) return;
  // A managed server's administrator is no superuser: it must be a member of the role it gives a database to.
  await admin.query(`GRANT ${admin.escapeIdentifier(owner)} TO CURRENT_USER`);
  await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(database)} OWNER ${admin.escapeIdentifier(owner)}`);
}

/** Every statement of ours is short or runs over rows by the thousand with prepared plans: compiling them costs more than it saves, up to a second each. */
async function withoutCompiling(admin: pg.Client, database: string): Promise<void> {
  await admin.query(`ALTER DATABASE ${admin.escapeIdentifier(database)} SET jit = off`);
}

async function allowConnecting(admin: pg.Client, database: string, role: string): Promise<void> {
  await admin.query(`REVOKE ALL ON DATABASE ${admin.escapeIdentifier(database)} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${admin.escapeIdentifier(database)} TO ${admin.escapeIdentifier(role)}`);
}

function urlFor(adminUrl: string, database: string, role: string, password: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  return url.toString();
}
