/**
 * Installs the dependencies when what is installed is not what package-lock.json says.
 *
 * The lock's hash is kept beside what was installed from it. Without that note (somebody ran npm by hand) npm's own record
 * of the installed tree is compared with the lock, package by package, so that a good install is never repeated.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logged } from './command.mjs';

const noteOf = (root) => join(root, 'node_modules', '.tidemark-install');
const hashOf = (root) => createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');

/** @param {string} root @param {(what: string) => void} progress */
export async function installDependencies(root, progress) {
  const hash = hashOf(root);
  if (existsSync(noteOf(root)) && readFileSync(noteOf(root), 'utf8') === hash) return { remark: 'up to date' };
  if (matchesLock(root)) {
    writeFileSync(noteOf(root), hash);
    return { remark: 'up to date' };
  }
  progress('npm ci (a minute or so, once)');
  const [command, ...before] = npm();
  await logged(command, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=http'], {
    cwd: root,
    log: join(root, '.tidemark', 'npm-ci.log'),
    what: 'npm ci',
    env: installEnvironment(process.env),
    shell: process.platform === 'win32' && command === 'npm',
    progress: (line) => /^npm http fetch/.test(line) && progress(`fetching ${line.split('/').at(-1)?.split(' ')[0] ?? ''}`),
    advice: [
      'is the npm registry reachable from here? (npm ping)',
      'was package-lock.json changed by hand or by another npm? (git checkout package-lock.json)',
    ],
  });
  writeFileSync(noteOf(root), hash);
  return { remark: 'installed' };
}

/** The npm that runs us, else the one on PATH. */
function npm() {
  const running = process.env.npm_execpath;
  return running?.endsWith('.js') && /npm-cli/.test(running) ? [process.execPath, running] : ['npm'];
}

/** The caller's environment without what would leave out parts of the install: dev dependencies and install scripts are needed. */
export function installEnvironment(env) {
  const dropped = /^(NODE_ENV|npm_config_(production|omit|only|include|ignore_scripts|json|global|dry_run|workspaces?))$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name)));
}

/** True when npm's record of node_modules has every package of the lock that this platform needs, in its version. */
export function matchesLock(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional)
    .every(([path, entry]) => installed[path] && installed[path].version === entry.version && existsSync(join(root, path)));
}
