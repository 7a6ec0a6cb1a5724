#!/usr/bin/env node
/**
 * Completes package-lock.json for platforms other than the one it was made on.
 *
 * A package with native parts lists one optional package per platform. npm leaves out of the lock those that its registry
 * does not carry, and then refuses the lock ("Missing: … from lock file"), here with npm 11 and on every machine of such a
 * platform. An entry of name, version, os and cpu is enough for npm 10 and 11: they fetch the rest where it is needed.
 *
 *   node tools/lock/complete-lock.mjs          adds what is missing      --check  fails when something is
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OS = ['darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'android', 'openharmony'];
const CPU = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'wasm32'];

/** What a platform package's name says it runs on: `@swc/core-linux-arm64-musl` → linux, arm64, musl. */
export function platformOf(name) {
  const words = name.replace('eabihf', '').split(/[-_/.]/);
  const os = OS.find((candidate) => words.includes(candidate));
  const cpu = CPU.find((candidate) => words.includes(candidate));
  const libc = words.includes('musl') || words.includes('musleabihf') ? 'musl' : words.includes('gnu') && os === 'linux' ? 'glibc' : undefined;
  return os && cpu ? { os: [os], cpu: [cpu], ...(libc ? { libc: [libc] } : {}) } : undefined;
}

/** Where an entry for `name` is found when `from` asks for it, as Node resolves: `node_modules` upwards. */
function resolves(packages, from, name) {
  for (let folder = from; ; ) {
    const path = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (packages[path]) return true;
    if (folder === '') return false;
    const up = folder.lastIndexOf('node_modules/');
    folder = up > 0 ? folder.slice(0, up - 1) : '';
  }
}

/**
 * The entries that a lock lacks, by their path.
 * @param {Record<string, { version?: string, optionalDependencies?: Record<string, string> }>} packages
 */
export function missingEntries(packages) {
  const missing = {};
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolves(packages, path, name)) continue;
      const platform = platformOf(name);
      if (!platform) throw new Error(`${name}, wanted by ${path}, is not in the lock and its name tells no platform: extend tools/lock`);
      if (!/^[~^]?\d+\.\d+\.\d+[^ ]*$/.test(range)) throw new Error(`${path} wants ${name}@${range}: which version is that?`);
      const dev = entry.dev ? { dev: true } : {};
      missing[`node_modules/${name}`] = { version: range.replace(/^[~^]/, ''), ...platform, ...dev, optional: true };
    }
  }
  return missing;
}

function main() {
  const file = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  const names = Object.keys(missing);
  if (names.length === 0) return 0;
  if (process.argv.includes('--check')) {
    process.stderr.write(`package-lock.json lacks ${names.length} packages of other platforms: node tools/lock/complete-lock.mjs\n`);
    return 1;
  }
  const { '': top, ...rest } = { ...lock.packages, ...missing };
  lock.packages = { '': top, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, 'en'))) };
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`added ${names.length} packages\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
