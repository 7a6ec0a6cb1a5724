/** What the figures were made on: without it they cannot be compared with any others. */
import { cpus, loadavg, totalmem } from 'node:os';
import { openDatabase } from '@tidemark/postgres';
import { findNatsServer, natsServerVersion, startPostgres } from '@tidemark/testing';

export async function machineFacts() {
  const binary = findNatsServer();
  return {
    date: new Date().toISOString(),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e8) / 10,
    platform: `${process.platform} ${process.arch}`,
    // Before anything of ours runs: work of others on the machine makes every figure worse.
    loadBefore: loadavg().map((load) => Math.round(load * 100) / 100),
    node: process.version,
    postgres: await postgresFacts(),
    nats: binary ? natsServerVersion(binary).join('.') : 'in a container',
  };
}

async function postgresFacts() {
  const server = await startPostgres({});
  try {
    const database = await openDatabase({ url: server.adminUrl, application: 'bench', poolSize: 1 });
    const { rows } = await database.query(`SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits, current_setting('shared_buffers') AS buffers`);
    await database.close();
    const [{ version, fsync, commits, buffers }] = rows;
    return `${version} (fsync ${fsync}, synchronous_commit ${commits}, shared_buffers ${buffers})`;
  } finally {
    await server.stop();
  }
}
