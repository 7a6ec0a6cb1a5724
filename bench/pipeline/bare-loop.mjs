/**
 * The same work by hand: the same driver, tables, batch sizes, stream layout and read-model SQL, and nothing of the product around it.
 * No validation, no expected versions, no leases, no fencing, no gap repair, no parking: the least that could be called a pipeline.
 */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { partitionOf } from '@tidemark/event-log';
import { balances } from '../../apps/snapshots/dist/projections/balances/project.js';
import { allStored } from './stored.mjs';
import { appends, atOnce } from './work-load.mjs';

const PARTITIONS = 16;
const BATCH = 1000;

const APPEND = `
  WITH head AS (UPDATE log.head SET position = position + cardinality($2::uuid[]) WHERE partition = $1 RETURNING position, epoch)
  INSERT INTO log.event (partition, position, epoch, id, type, version, subject, streamversion, userid, time, recordedtime, data)
  SELECT $1, head.position - cardinality($2::uuid[]) + u.ord, head.epoch, u.id, 'BalanceSnapshotCaptured', 1, $3, head.position - cardinality($2::uuid[]) + u.ord, $4, u.time, now(), u.data::json
  FROM head, unnest($2::uuid[], $5::timestamptz[], $6::text[]) WITH ORDINALITY AS u(id, time, data, ord)`;

export async function bareRate(ground, { events, perAppend, width }) {
  const tag = `b${Date.now() % 1e9}`;
  const database = await ground.log(`log_${tag}`);
  const readers = [await ground.reader(`a_${tag}`), await ground.reader(`b_${tag}`)];
  const bus = await ground.bus();
  const { nats } = bus;
  const manager = await jetstreamManager(nats);
  for (let p = 0; p < PARTITIONS; p += 1) await manager.streams.add({ name: `bare-${tag}-${p}`, subjects: [`bare.${tag}.${p}.>`], storage: 'file' });
  const stop = { done: false };
  const consumers = (await Promise.all(readers.map((reader) => consume(nats, tag, reader)))).flat();
  const relaying = relay(database, jetstream(nats), tag, stop);
  const work = appends(events, perAppend);
  const start = performance.now();
  await atOnce(work, width, (one) =>
    database.query(APPEND, [partitionOf(one.userId, PARTITIONS), one.events.map((e) => e.id), one.stream, one.userId, one.events.map((e) => e.time), one.events.map((e) => JSON.stringify(e.data))]));
  const committed = performance.now();
  await allStored(readers, work.length * perAppend);
  const end = performance.now();
  stop.done = true;
  await relaying;
  for (const one of consumers) await one.close();
  await bus.stop();
  return { committedPerSecond: Math.round((work.length * perAppend) / ((committed - start) / 1000)), perSecond: Math.round((work.length * perAppend) / ((end - start) / 1000)) };
}

async function relay(database, client, tag, stop) {
  const last = new Array(PARTITIONS).fill(0);
  while (!stop.done) {
    const { rows } = await database.query(
      `SELECT e.partition, e.position, e.epoch, e.id, e.type, e.subject, e.streamversion, e.userid, e.time, e.recordedtime, e.data::text AS data
       FROM unnest($1::int[], $2::bigint[]) c(partition, position)
       CROSS JOIN LATERAL (SELECT * FROM log.event WHERE partition = c.partition AND position > c.position ORDER BY position LIMIT 500) e`,
      [last.map((_, p) => p), last]);
    if (rows.length === 0) { await new Promise((resolve) => setTimeout(resolve, 2)); continue; }
    await Promise.all(rows.map(({ data, ...row }) => {
      last[row.partition] = Math.max(last[row.partition], row.position);
      return client.publish(`bare.${tag}.${row.partition}.sync`, `${JSON.stringify(row).slice(0, -1)},"data":${data}}`, { msgID: row.id });
    }));
  }
}

/** An ordered consumer a partition; a batch is what has come while the last one was written. */
async function consume(nats, tag, reader) {
  const buffer = [];
  let writing = false;
  const write = async () => {
    if (writing) return;
    writing = true;
    while (buffer.length > 0) {
      const batch = buffer.splice(0, BATCH);
      const last = new Map();
      for (const event of batch) last.set(event.partition, event.position);
      await reader.transaction(async (tx) => {
        await balances.apply(tx, batch);
        await tx.query(
          `INSERT INTO projection.checkpoint (projection, log, partition, position) SELECT 'bare', 'sync', * FROM unnest($1::int[], $2::bigint[])
           ON CONFLICT (projection, log, partition) DO UPDATE SET position = excluded.position`, [[...last.keys()], [...last.values()]]);
      });
    }
    writing = false;
  };
  const open = [];
  for (let p = 0; p < PARTITIONS; p += 1) {
    const consumer = await jetstream(nats).consumers.get(`bare-${tag}-${p}`, {});
    open.push(await consumer.consume({ max_messages: 500, callback: (message) => { buffer.push(message.json()); void write(); } }));
  }
  return open;
}
