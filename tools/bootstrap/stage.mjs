/**
 * Hands over to the real work, on the pinned Node, and sees to it that nothing stays behind.
 *
 * The stage gets a process group of its own: a Ctrl-C in the terminal reaches only us, and we pass it on once, so that the
 * stage is asked to stop once and in order. It holds the other end of an IPC channel, which closes when we die however
 * we die. When npm runs us and is killed, we are adopted by another parent: that is taken as a request to stop too.
 */
import { spawn } from 'node:child_process';

const GRACE_MS = 20_000;

/**
 * @param {string} node @param {string[]} args @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} the exit code: the stage's own, or 128 + the signal's number
 */
export function runStage(node, args, { cwd, env }) {
  const child = spawn(node, args, { cwd, env, detached: process.platform !== 'win32', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let asked = 0;
  const stop = (signal) => {
    if (++asked === 1) setTimeout(() => endGroup(child), GRACE_MS).unref();
    if (asked > 1) endGroup(child);
    else child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  const parent = process.ppid;
  const watch = setInterval(() => process.env.npm_lifecycle_event && process.ppid !== parent && !asked && stop('SIGTERM'), 1_000);
  watch.unref();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      endGroup(child); // what the stage may have left in its group
      resolve(code ?? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15, SIGHUP: 1 }[signal] ?? 0));
    });
  });
}

function endGroup(child) {
  if (process.platform === 'win32') return void child.kill('SIGKILL');
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
