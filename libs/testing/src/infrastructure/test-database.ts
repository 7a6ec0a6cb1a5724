/**
 * One Postgres cluster a Jest run, a database a test file.
 *
 * The cluster starts when the first test file asks for a database, so pure specs never pay for it. Jest's workers are
 * processes of their own: the first to create the lock starts the cluster, detached, and writes its address down for the
 * others. It lives as long as Jest's main process (see `child.ts`); the global teardown stops it sooner.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from './postgres.js';
import { waitUntil } from '../wait-until.js';

/** A database of one test file's own. */
export interface TestDatabase {
  /** A superuser's URL of the fresh, empty database. */
  adminUrl: string;
  /** Its name, unique on the server. */
  database: string;
  /** Begin the names of further databases and roles with this: drop() removes them too. Equal to `database`. */
  prefix: string;
  drop(): Promise<void>;
}

/** Makes an empty database for a test file; `name` shows up in its name. Call drop() in afterAll. */
export async function testDatabase(name: string): Promise<TestDatabase> {
  const server = await testCluster();
  const prefix = `t_${name.toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, 24)}_${randomBytes(4).toString('hex')}`;
  await admin(server, async (client) => void (await client.query(`CREATE DATABASE ${client.escapeIdentifier(prefix)}`)));
  const url = new URL(server);
  url.pathname = `/${prefix}`;
  return { adminUrl: url.href, database: prefix, prefix, drop: () => admin(server, (client) => dropAll(client, prefix)) };
}

async function dropAll(client: pg.Client, prefix: string): Promise<void> {
  const databases = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)', [prefix]);
  for (const { name } of databases.rows) await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  const roles = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, $1)', [prefix]);
  for (const { name } of roles.rows) await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(name)}`);
}

async function admin(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The superuser's URL of the run's shared cluster; starts it when nobody has. */
export async function testCluster(): Promise<string> {
  const given = process.env['TIDEMARK_TEST_PG_URL'] ?? process.env['PG_URL'];
  if (given) return given;
  const folder = process.env['TIDEMARK_TEST_RUN'];
  const parentPid = Number(process.env['TIDEMARK_TEST_MAIN_PID']);
  if (!folder || !parentPid) throw new Error('no test run: testDatabase() works under Jest, whose globalSetup is tools/jest/global-setup.mjs');
  const address = join(folder, 'postgres.json');
  if (!claim(join(folder, 'postgres.lock'))) {
    const failed = join(folder, 'postgres.failed');
    await waitUntil(() => existsSync(address) || existsSync(failed), { timeoutMs: 90_000, describe: 'another worker to start Postgres' });
    if (existsSync(failed)) throw new Error(`another worker could not start Postgres: ${readFileSync(failed, 'utf8')}`);
    return (JSON.parse(readFileSync(address, 'utf8')) as { adminUrl: string }).adminUrl;
  }
  try {
    const { adminUrl, pid } = await startPostgres({ dataDir: join(folder, 'postgres'), parentPid, removeWithParent: folder });
    writeFileSync(`${address}.new`, JSON.stringify({ adminUrl, pid }));
    renameSync(`${address}.new`, address);
    return adminUrl;
  } catch (error) {
    writeFileSync(join(folder, 'postgres.failed'), String(error));
    throw error;
  }
}

function claim(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
