/** A note of what runs, for the command line and for a second start: addresses and a process id, no secrets. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Plain } from '../bootstrap/console.mjs';

const noteOf = (folder) => join(folder, 'running.json');

/** Throws when another process runs this installation. @param {string} folder */
export function demandNotRunning(folder) {
  const note = readNote(folder);
  if (!note || note.pid === process.pid || !alive(note.pid)) return;
  throw new Plain(`Tidemark is running in this folder already (process ${note.pid}${note.apiUrl ? `, ${note.apiUrl}` : ''})`, [
    `use that one, or stop it first (Ctrl-C in its terminal, or: kill ${note.pid})`,
    'or run a second one beside it: TIDEMARK_STATE_DIR=another-folder and other ports',
  ]);
}

/** @param {string} folder @param {Record<string, unknown>} addresses */
export function writeNote(folder, addresses) {
  writeFileSync(noteOf(folder), `${JSON.stringify({ pid: process.pid, ...addresses }, null, 2)}\n`);
}

export function removeNote(folder) {
  if (readNote(folder)?.pid === process.pid) rmSync(noteOf(folder), { force: true });
}

function readNote(folder) {
  if (!existsSync(noteOf(folder))) return undefined;
  try {
    return JSON.parse(readFileSync(noteOf(folder), 'utf8'));
  } catch {
    return undefined; // torn by a crash while it was written: whoever wrote it is gone
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
