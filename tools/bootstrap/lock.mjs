/** One bootstrap at a time in a clone: two `npm ci` at once would tear each other's node_modules apart. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  for (let told = false; !claim(lock); ) {
    const other = holder(lock);
    if (!running(other)) continue;
    if (!told) say(dim(`  … another bootstrap is at work in this folder (process ${other}): waiting for it`));
    told = true;
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

/** The note is written elsewhere and linked into place, so that nobody ever sees a lock without its holder. */
function claim(lock) {
  const note = `${lock}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(note, String(process.pid));
  try {
    linkSync(note, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!running(holder(lock))) discard(lock, note);
    return false;
  } finally {
    rmSync(note, { force: true });
  }
}

/** Moves a dead holder's lock away; puts it back when somebody alive has taken it in between. */
function discard(lock, note) {
  const old = `${note}.old`;
  try {
    renameSync(lock, old);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (running(holder(old))) linkSync(old, lock);
  rmSync(old);
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
