import { accessSync, constants, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { stateFolder } from './project.js';

const NAME = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

/** The nats-server to run: NATS_SERVER_BIN, else one on PATH, else the one that the bootstrap fetched into the project's cache. */
export function findNatsServer(env: Record<string, string | undefined> = process.env): string | undefined {
  const named = env['NATS_SERVER_BIN'];
  if (named) {
    if (!existsSync(named)) throw new Error(`NATS_SERVER_BIN names ${named}, which does not exist`);
    return named;
  }
  // Debian puts it into /usr/sbin, which is not on every user's PATH.
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', join(stateFolder(), 'bin')];
  return folders.filter(Boolean).map((folder) => join(folder, NAME)).find(executable);
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there or not ours to run: the next folder is asked
  }
}

/** The version that a binary says it is: `[2, 9, 10]`. */
export function natsServerVersion(binary: string): [number, number, number] {
  const said = execFileSync(binary, ['-v'], { encoding: 'utf8' });
  const [, major, minor, patch] = /v(\d+)\.(\d+)\.(\d+)/.exec(said) ?? [];
  if (major === undefined) throw new Error(`${binary} does not say its version: ${said.trim()}`);
  return [Number(major), Number(minor), Number(patch)];
}
