/**
 * One pool per service, shared by TypeORM (entities, migrations) and by the hand-written set-based SQL of the hot paths,
 * so that both see the same connections, limits and types.
 */
import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import type { PoolClient, Pool } from 'pg';
import type { SqlClient } from './sql-client.js';
import { wireTypes } from './wire-types.js';

export interface Database extends SqlClient {
  readonly dataSource: DataSource;
  readonly pool: Pool;
  transaction<T>(work: (tx: SqlClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Shown by Postgres as application_name. */
  readonly application: string;
  readonly entities?: NonNullable<DataSourceOptions['entities']>;
  readonly poolSize?: number;
  /** Unqualified tables are looked up here; default `public`. */
  readonly searchPath?: string;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.application,
    entities: options.entities ?? [],
    logging: false,
    poolSize: options.poolSize ?? 10,
    extra: { types: wireTypes, keepAlive: true, ...(options.searchPath ? { options: `-c search_path=${options.searchPath}` } : {}) },
  });
  await dataSource.initialize();
  const pool = (dataSource.driver as unknown as { master: Pool }).master;
  // A connection that dies while idle is replaced by the pool; without a listener Node would end the process.
  pool.on('error', () => undefined);
  return {
    dataSource,
    pool,
    query: (text, values) => run(pool, text, values),
    transaction: (work) => inTransaction(pool, work),
    close: () => dataSource.destroy(),
  };
}

async function inTransaction<T>(pool: Pool, work: (tx: SqlClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const value = await work({ query: (text, values) => run(client, text, values) });
    await client.query('COMMIT');
    return value;
  } catch (error) {
    broken = await rolledBack(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** @returns why the connection cannot be used again, if it cannot */
async function rolledBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * Parameterised statements are prepared once per connection: planning a query over a partitioned table takes several times as long as
 * running it. Their texts are written in the code, so there are only so many of them.
 */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = `tidemark_${names.size}`;
  if (names.size < MAX_PREPARED) names.set(text, name);
  return name;
}

/** Beyond it a text is no constant of the code, and is run without a name. */
const MAX_PREPARED = 2_000;

async function run<R>(client: Pool | PoolClient, text: string, values: readonly unknown[] = []): Promise<{ rows: R[]; rowCount: number }> {
  const prepared = values.length > 0 && (names.has(text) || names.size < MAX_PREPARED);
  const result = prepared ? await client.query({ name: nameOf(text), text, values: values as unknown[] }) : await client.query(text, values as unknown[]);
  return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 };
}
