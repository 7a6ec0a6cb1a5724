/**
 * A real nats-server with JetStream for tests and for `npm start`.
 *
 * The settings are written for 2.9.10 (Debian's) and newer: `sync_interval` came with 2.10, and an older server refuses
 * to start when its configuration names it. It can be killed and started again on the same store and port.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.js';
import type { Child } from './child.js';
import { startNatsContainer } from './containers.js';
import { freePort } from './free-port.js';
import { findNatsServer, natsServerVersion } from './nats-binary.js';

export interface Nats {
  url: string;
  port: number;
  /** Undefined when the server runs in a container. */
  readonly pid: number | undefined;
  /** Where JetStream keeps its files; empty in a container. Delete it between kill() and restart() to lose the bus. */
  storeDir: string;
  /** Orderly stop; a temporary store is removed. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash leaves behind stays. */
  kill(): Promise<void>;
  /** Starts the server again on the same store and port, after kill() or while it runs. */
  restart(): Promise<void>;
}

export interface NatsOptions {
  /** Kept when given; a temporary one otherwise. */
  storeDir?: string;
  port?: number;
  jetstream?: boolean;
  log?: (line: string) => void;
}

/** Starts a nats-server on 127.0.0.1 and waits until it greets. */
export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const { jetstream = true, log = () => undefined } = options;
  const binary = findNatsServer();
  if (!binary) {
    log('no nats-server found: asking Docker for one');
    const container = await startNatsContainer();
    const restart = () => Promise.reject(new Error('a nats-server in a container cannot be restarted on its store'));
    return { ...container, pid: undefined, storeDir: '', restart };
  }
  const temporary = options.storeDir === undefined ? mkdtempSync(join(tmpdir(), 'tidemark-nats-')) : undefined;
  const storeDir = options.storeDir ?? join(temporary as string, 'store');
  const begin = (port: number | undefined) => launch({ binary, storeDir, temporary, jetstream, port });
  let { child, port } = await begin(options.port);
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeDir,
    get pid() {
      return child.pid;
    },
    stop: async () => {
      await child.stop('SIGTERM', 5_000);
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
    kill: () => child.stop('SIGKILL'),
    restart: async () => {
      await child.stop('SIGTERM', 5_000);
      ({ child, port } = await begin(port));
    },
  };
}

interface Launch {
  binary: string;
  storeDir: string;
  temporary: string | undefined;
  jetstream: boolean;
  port: number | undefined;
}

async function launch({ binary, storeDir, temporary, jetstream, port: wanted }: Launch): Promise<{ child: Child; port: number }> {
  mkdirSync(storeDir, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort());
    const config = `${storeDir.replace(/\/$/, '')}.conf`;
    writeFileSync(config, configuration(binary, { port, storeDir, jetstream }));
    const child = startChild(binary, ['-c', config], {
      logFile: `${storeDir.replace(/\/$/, '')}.log`,
      stopSignal: 'SIGTERM',
      ...(temporary === undefined ? {} : { removeWithParent: temporary }),
    });
    if (await greets(port, () => child.running())) return { child, port };
    await child.stop('SIGTERM', 2_000);
    const why = child.logTail();
    if (attempt < 3 && wanted === undefined && /address already in use/i.test(why)) continue;
    throw new Error(`nats-server did not start on port ${port}. Its log ends with:\n${why}`);
  }
}

/** The generated configuration file. Exported for its test. */
export function configuration(binary: string, { port, storeDir, jetstream }: { port: number; storeDir: string; jetstream: boolean }): string {
  const [major, minor] = natsServerVersion(binary);
  const lines = [`host: "127.0.0.1"`, `port: ${port}`, 'max_payload: 1MB'];
  if (jetstream) {
    lines.push('jetstream {', `  store_dir: ${JSON.stringify(storeDir)}`, '  max_memory_store: 256MB', '  max_file_store: 8GB');
    if (major > 2 || minor >= 10) lines.push('  sync_interval: "5s"');
    lines.push('}');
  }
  return `${lines.join('\n')}\n`;
}

/** Waits for the INFO line that a nats-server sends to every connection. */
async function greets(port: number, running: () => boolean): Promise<boolean> {
  const end = performance.now() + 20_000;
  while (running() && performance.now() < end) {
    if (await infoLine(port)) return running();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function infoLine(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', (data) => done(data.toString('utf8').startsWith('INFO')));
  });
}
