/** One bootstrap at a time in a clone: two `npm ci` at once would tear each other's node_modules apart. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dim, say } from './console.mjs';

/**
 * Runs `work` while no other process does so in this clone; waits for one that is at it. A lock left by a process that
 * has ended is taken over.
 * @template T @param {string} root @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(root, work) {
  const lock = join(root, '.tidemark', 'bootstrap.lock');
  mkdirSync(join(root, '.tidemark'), { recursive: true });
  for (let told = false; !claim(lock); told = true) {
    if (!told) say(dim(`  … another bootstrap is at work in this folder (process ${holder(lock)}): waiting for it`));
    await sleep(300);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function claim(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!running(holder(lock))) rmSync(lock, { force: true });
    return false;
  }
}

function holder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function running(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
