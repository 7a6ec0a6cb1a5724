/** Postgres and NATS of the local installation: embedded ones with lasting data, or the servers that PG_URL and NATS_URL name. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { startNats, startPostgres } from '@tidemark/testing';
import { Plain } from '../bootstrap/console.mjs';

/** @param {{ folder: string, env: Record<string, string | undefined>, password: string, log: (line: string) => void }} options */
export function localPostgres({ folder, env, password, log }) {
  const port = env.TIDEMARK_PG_PORT ? { port: Number(env.TIDEMARK_PG_PORT) } : {};
  return startPostgres({ dataDir: join(folder, 'postgres'), password, env, log, ...port });
}

/** @param {{ folder: string, env: Record<string, string | undefined>, log: (line: string) => void }} options */
export async function localNats({ folder, env, log }) {
  if (env.NATS_URL) {
    await demandAnswer(new URL(env.NATS_URL.split(',')[0]));
    return { url: env.NATS_URL, pid: undefined, stop: async () => undefined };
  }
  const port = env.TIDEMARK_NATS_PORT ? { port: Number(env.TIDEMARK_NATS_PORT) } : {};
  return startNats({ storeDir: join(folder, 'nats', 'store'), log, ...port });
}

function demandAnswer(url) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 4222) });
    const fail = (why) => {
      socket.destroy();
      reject(new Plain(`NATS_URL names a server that does not answer (${url.host}: ${why})`, ['start it, correct NATS_URL, or unset it to use a local one']));
    };
    socket.setTimeout(5_000, () => fail('no greeting within 5 s'));
    socket.once('error', (error) => fail(error.message));
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
  });
}
