/** The product's own spine: append, relay, two projections in two databases; from the first append until both hold every event. */
import { EventLog, startEventLogServer } from '@tidemark/event-log';
import { startProjections } from '@tidemark/projections';
import { balances } from '../../apps/snapshots/dist/projections/balances/project.js';
import { appends, atOnce } from './work-load.mjs';
import { allStored } from './stored.mjs';

export async function spineRate(ground, { events, perAppend, width }) {
  const tag = `s${Date.now() % 1e9}`;
  const database = await ground.log(`log_${tag}`);
  const readers = [await ground.reader(`a_${tag}`), await ground.reader(`b_${tag}`)];
  const bus = await ground.bus();
  const log = await EventLog.open({ name: 'sync', database });
  const logger = { info() {}, warn: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`), error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`) };
  const server = await startEventLogServer({ log, nats: bus.nats, logger });
  const running = await Promise.all(readers.map((reader) => startProjections({ database: reader, nats: bus.nats, logger, projections: [{ ...balances, logs: ['sync'] }] })));
  const work = appends(events, perAppend);
  const start = performance.now();
  await atOnce(work, width, async (one) => {
    const done = await log.append({ ...one, expectedVersion: 'any' });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
  });
  const committed = performance.now();
  await allStored(readers, work.length * perAppend);
  const end = performance.now();
  for (const one of running) await one.close();
  await server.close();
  await bus.stop();
  return { committedPerSecond: Math.round((work.length * perAppend) / ((committed - start) / 1000)), perSecond: Math.round((work.length * perAppend) / ((end - start) / 1000)) };
}
