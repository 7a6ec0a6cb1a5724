/** `npm start` as a person meets it: a process that comes up, answers, and leaves nothing behind however it ends. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@tidemark/testing';
import { root } from '../style/repository.js';
import { PORTS } from './ports.mjs';

interface Note {
  pid: number;
  apiUrl: string;
  docsUrl: string;
  sandboxUrl: string;
  pids: { postgres: number; nats: number };
}

let folder: string;
let child: ChildProcess;
let said: string;

beforeAll(() => {
  if (!existsSync(join(root, 'apps/gateway/dist/app.js'))) throw new Error('not built: npm test builds first, npx nx run-many -t build does so alone');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-start-'));
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

function launch(more: Record<string, string> = {}): void {
  const anyPort = Object.fromEntries(Object.values(PORTS).map(({ variable }) => [variable, '0']));
  const env = { ...process.env, ...anyPort, TIDEMARK_STATE_DIR: folder, TIDEMARK_DEMO: 'off', NODE_ENV: 'development', ...more };
  said = '';
  child = spawn(process.execPath, [join(root, 'tools/standalone/main.mjs')], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()));
}

async function ready(): Promise<Note> {
  await waitUntil(() => said.includes('ready in') || child.exitCode !== null, { timeoutMs: 60_000, describe: () => `ready; it said:\n${said}` });
  if (child.exitCode !== null) throw new Error(said);
  return JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as Note;
}

function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended but that nobody has waited for yet still has its number.
    return !(existsSync(`/proc/${pid}/stat`) && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  } catch {
    return false; // no such process
  }
}

/** The ways it ends; all of them must leave nothing running, and a state that the next start goes on with. */
const ENDS: Record<string, { end: () => void; code: number | null }> = {
  'Ctrl-C': { end: () => child.kill('SIGINT'), code: 0 },
  'its starter being gone': { end: () => child.disconnect(), code: 0 },
  'kill -9': { end: () => child.kill('SIGKILL'), code: null },
};

describe('npm start', () => {
  it('answers on what it stored, and leaves nothing running, whatever ended it', async () => {
    for (const [how, { end, code }] of Object.entries(ENDS)) {
      launch();
      const { apiUrl, docsUrl, sandboxUrl, pids } = await ready();
      for (const url of [`${apiUrl}/health/ready`, docsUrl, sandboxUrl]) expect({ how, url, status: (await fetch(url)).status }).toEqual({ how, url, status: 200 });
      const asked = performance.now();
      end();
      const [exit] = (await once(child, 'exit')) as [number | null];
      expect(performance.now() - asked).toBeLessThan(5_000);
      expect({ how, exit }).toEqual({ how, exit: code });
      // After kill -9 it is the guards who stop them.
      await waitUntil(() => !running(pids.postgres) && !running(pids.nats), { timeoutMs: 20_000, describe: `Postgres and NATS to end after ${how}` });
      expect(existsSync(join(folder, 'running.json'))).toBe(how === 'kill -9');
    }
  }, 180_000);

  it('says one clear thing when a server that it was pointed at does not answer', async () => {
    launch({ NATS_URL: 'nats://127.0.0.1:9' });
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(said).toMatch(/✗ NATS_URL names a server that does not answer \(127\.0\.0\.1:9: .*\)\n {2}• start it, correct NATS_URL, or unset it/);
    expect(said).not.toMatch(/\n\s+at /);
  }, 60_000);
});
