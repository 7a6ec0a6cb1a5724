import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Plain } from './console.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command with its whole output in a log file, and shows the end of it when the command fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, log: string, what: string, env?: NodeJS.ProcessEnv, progress?: (line: string) => void, advice?: string[], shell?: boolean }} options
 */
export async function logged(command, args, { cwd, log, what, env = process.env, progress, advice = [], shell = false }) {
  mkdirSync(dirname(log), { recursive: true });
  const out = createWriteStream(log);
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  // Asked to stop while it works: it ends with us.
  const stop = (signal) => {
    child.kill(signal);
    process.exit(130);
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(out, { end: false });
    if (progress) stream.on('data', (data) => progress(lastLine(data.toString())));
  }
  const { code, error } = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, error }));
    child.once('close', (code, signal) => resolve({ code: code ?? signal }));
  });
  for (const signal of SIGNALS) process.off(signal, stop);
  await new Promise((resolve) => out.end(resolve));
  if (code === 0) return;
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-25).map((line) => `    ${line}`).join('\n');
  throw new Plain(`${what} failed (${error ? error.message : `exit ${code}`}). The end of ${log}:\n${tail}`, advice);
}

const lastLine = (text) => text.trimEnd().split('\n').at(-1)?.trim().slice(0, 100) ?? '';

/**
 * Runs a command quietly; answers its status and output, never throws.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function attempt(command, args, { cwd, env = process.env, timeoutMs = 120_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
