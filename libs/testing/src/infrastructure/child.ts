/**
 * Starts a server as a child that cannot outlive its parent.
 *
 * Children get a session of their own, so that Ctrl-C in a terminal reaches only us and we decide the order in which
 * things stop. That alone would leave them running when we are killed -9: each child therefore has a guard, a shell that
 * holds the other end of a pipe. When the last holder of our end dies, the pipe closes, the guard ends the child by its
 * process id and removes what it was told to remove. Windows has no such shell: there a killed parent leaves its children.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const GUARD = `
alive() { kill -0 "$1" 2>/dev/null || return 1; case "$(cat "/proc/$1/stat" 2>/dev/null)" in *") Z "*) return 1;; esac; }
if [ -n "$4" ]; then while alive "$4"; do sleep 0.5; done; else cat >/dev/null; fi
kill -"$2" "$1" 2>/dev/null
n=0; while alive "$1" && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
alive "$1" && kill -9 "$1"
[ -n "$3" ] && rm -rf "$3"
`;

/** A running server process. */
export interface Child {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  running(): boolean;
  /** Sends `signal`, waits, and kills what is still there after `graceMs`. Does nothing to a process that has ended. */
  stop(signal: NodeJS.Signals, graceMs?: number): Promise<void>;
  /** What the process wrote last, for error messages. */
  logTail(lines?: number): string;
}

export interface ChildOptions {
  logFile: string;
  /** What asks the server to stop in an orderly way. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** Removed by the guard when the parent dies. */
  removeWithParent?: string;
  /** Live as long as this process instead of as long as the one that starts the child. */
  parentPid?: number;
  spawn?: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>;
}

export function startChild(command: string, args: readonly string[], options: ChildOptions): Child {
  const log = openSync(options.logFile, 'a');
  const child = spawn(command, args, { ...options.spawn, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let running = true;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', () => resolve({ code: -1, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  }).finally(() => (running = false));
  if (child.pid === undefined) throw new Error(`could not start ${command}`);
  const pid = child.pid;
  const guard = startGuard(pid, options);
  void exited.then(() => guard?.kill('SIGKILL'));
  child.unref();
  return {
    pid,
    exited,
    running: () => running,
    logTail: (lines = 15) => readFileSync(options.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
    stop: async (signal, graceMs = 10_000) => {
      if (!running) return;
      child.ref();
      child.kill(signal);
      const impatient = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(impatient);
    },
  };
}

function startGuard(pid: number, options: ChildOptions): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const watched = options.parentPid === undefined ? '' : String(options.parentPid);
  const args = ['-c', GUARD, 'tidemark-guard', String(pid), options.stopSignal.slice(3), options.removeWithParent ?? '', watched];
  const guard = spawn('/bin/sh', args, { detached: true, stdio: [watched ? 'ignore' : 'pipe', 'ignore', 'ignore'], cwd: '/' });
  guard.on('error', (error) => process.emitWarning(`no guard for process ${pid}: ${error.message}`));
  (guard.stdin as { unref?: () => void } | null)?.unref?.();
  guard.unref();
  return guard;
}
