/** From commit until a read that waits for its own write sees it in the read model, at a steady rate. */
import { EventLog, startEventLogServer } from '@tidemark/event-log';
import { startProjections, waitForPositions } from '@tidemark/projections';
import { balances } from '../../apps/snapshots/dist/projections/balances/project.js';
import { percentile } from '../measure/percentile.mjs';
import { allStored } from './stored.mjs';
import { appends } from './work-load.mjs';

/** Each tenth event is watched: a query for every one would be load of its own. */
const WATCH_EVERY = 10;
const WARM_UP_SECONDS = 3;

export async function visibleLatency(ground, { perSecond, seconds }) {
  const tag = `l${Date.now() % 1e9}`;
  const database = await ground.log(`log_${tag}`);
  const reader = await ground.reader(`a_${tag}`);
  const bus = await ground.bus();
  const log = await EventLog.open({ name: 'sync', database });
  const logger = { info() {}, warn() {}, error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`) };
  const server = await startEventLogServer({ log, nats: bus.nats, logger });
  const running = await startProjections({ database: reader, nats: bus.nats, logger, projections: [{ ...balances, logs: ['sync'] }] });
  // A service that has just started compiles its code and plans its statements; what is asked here is how it runs.
  const work = appends(perSecond * (seconds + WARM_UP_SECONDS), 1);
  const times = [];
  const watched = [];
  const start = performance.now();
  await Promise.all(work.map(async (one, at) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, start + (at * 1000) / perSecond - performance.now())));
    const done = await log.append({ ...one, expectedVersion: 'any' });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    if (at % WATCH_EVERY !== 0 || at < perSecond * WARM_UP_SECONDS) return;
    const committed = performance.now();
    watched.push(waitForPositions(reader, ['balances'], done.value.positions, 5_000).then((seen) => {
      if (!seen) throw new Error('an event was not visible within 5 s');
      times.push(performance.now() - committed);
    }));
  }));
  const took = (performance.now() - start) / 1000;
  await Promise.all(watched);
  await allStored([reader], work.length);
  await running.close();
  await server.close();
  await bus.stop();
  return { perSecond: Math.round(work.length / took), samples: times.length, p50: percentile(times, 50), p99: percentile(times, 99), max: percentile(times, 100) };
}
