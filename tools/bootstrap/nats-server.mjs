/**
 * Makes sure that there is a nats-server to run, without installing anything into the system.
 *
 * In this order: NATS_URL (a server of yours), NATS_SERVER_BIN, one on PATH, the project's cache, the official release
 * for this platform checked against the checksums published with it, the system's package (downloaded and unpacked into
 * the cache, which needs no root), Homebrew. Offline, the release falls through within seconds.
 */
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { attempt } from './command.mjs';
import { Plain } from './console.mjs';

const RELEASE = '2.12.15';
const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';
const FILE = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

/**
 * @param {string} root
 * @param {(what: string) => void} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ remark: string, binary?: string }>} no binary when NATS_URL names a server
 */
export async function ensureNatsServer(root, progress, env = process.env) {
  if (env.NATS_URL) return { remark: 'using NATS_URL' };
  const cache = join(root, '.tidemark', 'bin', FILE);
  const named = env.NATS_SERVER_BIN;
  if (named && !runnable(named)) throw new Plain(`NATS_SERVER_BIN names ${named}, which cannot be run`, ['correct NATS_SERVER_BIN or unset it']);
  const present = [named, onPath(env), cache].find((file) => file && runnable(file));
  if (present) return { remark: `${await version(present)} (${present === cache ? 'project cache' : present})`, binary: present };
  const failures = [];
  for (const [from, fetcher] of [['the official release', fromRelease], ['a Debian package', fromDebian], ['Homebrew', fromHomebrew]]) {
    progress(`fetching it from ${from}`);
    try {
      const binary = await withScratch((scratch) => fetcher(scratch, cache, env));
      if (binary) return { remark: `${await version(binary)} from ${from}`, binary };
      failures.push(`${from}: not for this system`);
    } catch (error) {
      failures.push(`${from}: ${error.cause?.code ?? error.message}`);
    }
  }
  throw new Plain(`nats-server is missing and could not be fetched\n${failures.map((line) => `    ${line}`).join('\n')}`, [
    'install it with your system (Debian: apt-get install nats-server, macOS: brew install nats-server), or',
    `put the binary at ${cache}, or name it in NATS_SERVER_BIN, or`,
    'name a server with JetStream that runs already in NATS_URL',
  ]);
}

function runnable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run
  }
}

/** Debian keeps it in /usr/sbin, which is not on every user's PATH. */
function onPath(env) {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.filter(Boolean).map((folder) => join(folder, FILE)).find(runnable);
}

async function version(binary) {
  const said = await attempt(binary, ['-v'], { timeoutMs: 10_000 });
  if (!said.ok) throw new Error(`${binary} does not run: ${said.output}`);
  return said.output.replace('nats-server: ', '');
}

async function withScratch(work) {
  const scratch = mkdtempSync(join(tmpdir(), 'tidemark-fetch-'));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Puts a verified binary into the cache in one move, so that nobody ever runs half of one. */
async function adopt(file, cache) {
  mkdirSync(join(cache, '..'), { recursive: true });
  const fresh = `${cache}.${process.pid}`;
  copyFileSync(file, fresh);
  chmodSync(fresh, 0o755);
  await version(fresh);
  renameSync(fresh, cache);
  return cache;
}

function find(folder) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile() && entry.name === FILE);
  if (!found) throw new Error(`no ${FILE} in what was fetched`);
  return join(found.parentPath ?? found.path, found.name);
}

/** The archive's name in the release, as upstream names platforms. */
export function releaseArchive(platform = process.platform, arch = process.arch) {
  const os = { linux: 'linux', darwin: 'darwin', win32: 'windows', freebsd: 'freebsd' }[platform];
  const cpu = { x64: 'amd64', arm64: 'arm64', arm: 'arm7', ia32: '386', s390x: 's390x', ppc64: 'ppc64le' }[arch];
  return os && cpu ? `nats-server-v${RELEASE}-${os}-${cpu}.${os === 'windows' ? 'zip' : 'tar.gz'}` : undefined;
}

/**
 * @param {string} name of a file @param {string} sums lines of `<sha256>  <name>`, as published
 * @param {Uint8Array} data throws when the sums do not vouch for it
 */
export function verify(name, sums, data) {
  const line = sums.split('\n').map((text) => text.trim().split(/\s+\*?/)).find(([, file]) => file === name);
  if (!line) throw new Error(`the published checksums do not name ${name}`);
  const actual = createHash('sha256').update(data).digest('hex');
  if (actual !== line[0]) throw new Error(`${name} has checksum ${actual}, published is ${line[0]}`);
}

async function fromRelease(scratch, cache, env) {
  const archive = releaseArchive();
  if (!archive) return undefined;
  const base = env.TIDEMARK_NATS_RELEASES ?? RELEASES;
  const get = async (name, milliseconds) => {
    const answer = await fetch(`${base}/v${RELEASE}/${name}`, { signal: AbortSignal.timeout(milliseconds) });
    if (!answer.ok) throw new Error(`${name}: HTTP ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const sums = (await get('SHA256SUMS', 5_000)).toString('utf8');
  const data = await get(archive, 120_000);
  verify(archive, sums, data);
  const file = join(scratch, archive);
  writeFileSync(file, data);
  const unpacked = await attempt('tar', ['-xf', file, '-C', scratch]);
  if (!unpacked.ok) throw new Error(`tar: ${unpacked.output}`);
  return adopt(find(scratch), cache);
}

/** Downloads Debian's package and unpacks it here. With no package lists, private ones are fetched: no root needed. */
async function fromDebian(scratch, cache) {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) return undefined;
  chmodSync(scratch, 0o755);
  const download = (options) => attempt('apt-get', [...options, 'download', 'nats-server'], { cwd: scratch });
  let done = await download([]);
  if (!done.ok) {
    for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(scratch, folder), { recursive: true });
    const own = ['-o', `Dir::State::lists=${join(scratch, 'lists')}`, '-o', `Dir::Cache=${join(scratch, 'cache')}`, '-o', 'APT::Sandbox::User=', '-o', 'Debug::NoLocking=1'];
    await attempt('apt-get', [...own, 'update']);
    done = await download(own);
  }
  const packed = readdirSync(scratch).find((name) => name.endsWith('.deb'));
  if (!packed) throw new Error(done.output.split('\n').at(-1));
  const unpacked = await attempt('dpkg-deb', ['-x', join(scratch, packed), join(scratch, 'unpacked')]);
  if (!unpacked.ok) throw new Error(unpacked.output);
  return adopt(find(join(scratch, 'unpacked')), cache);
}

async function fromHomebrew(_scratch, _cache, env) {
  const brew = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'brew')).find(runnable);
  if (!brew) return undefined;
  const installed = await attempt(brew, ['install', 'nats-server'], { timeoutMs: 300_000 });
  const prefix = await attempt(brew, ['--prefix', 'nats-server']);
  if (!installed.ok || !prefix.ok) throw new Error(installed.output.split('\n').at(-1));
  return join(prefix.output, 'bin', FILE);
}
