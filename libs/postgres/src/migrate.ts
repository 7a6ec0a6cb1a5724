/**
 * Migrations run as the owner, under an advisory lock so that replicas that start together do not run them twice.
 * The role that the service runs as is known to them through a session setting, and `grant` gives it what it needs.
 */
import { DataSource } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { wireTypes } from './wire-types.js';

export type MigrationClass = new () => MigrationInterface;

export interface MigrateRequest {
  readonly ownerUrl: string;
  readonly serviceRole: string;
  readonly migrations: readonly MigrationClass[];
}

/** 'tide' and 'mark' as two 32-bit keys. */
const LOCK = [0x74696465, 0x6d61726b] as const;

export async function migrate(request: MigrateRequest): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: request.ownerUrl,
    applicationName: 'tidemark-migrate',
    migrations: request.migrations as MigrationClass[],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    logging: false,
    poolSize: 2,
    extra: { types: wireTypes, options: `-c tidemark.service_role=${request.serviceRole} -c client_min_messages=warning` },
  });
  await dataSource.initialize();
  const keeper = dataSource.createQueryRunner();
  try {
    await keeper.query('SELECT pg_advisory_lock($1, $2)', [...LOCK]);
    await keeper.query(`GRANT USAGE ON SCHEMA public TO ${quoted(request.serviceRole)}`);
    await dataSource.runMigrations();
  } finally {
    await keeper.release();
    await dataSource.destroy();
  }
}

/** Inside a migration: gives the service's role these rights, such as `grant(runner, 'SELECT, INSERT', 'balance_snapshot')`. */
export async function grant(runner: QueryRunner, rights: string, on: string): Promise<void> {
  await runner.query(`GRANT ${rights} ON ${on} TO ${quoted(await serviceRole(runner))}`);
}

export async function serviceRole(runner: QueryRunner): Promise<string> {
  const rows = (await runner.query(`SELECT current_setting('tidemark.service_role') AS role`)) as { role: string }[];
  const role = rows[0]?.role;
  if (!role) throw new Error('migrations run through migrate(), which says what role the service runs as');
  return role;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
