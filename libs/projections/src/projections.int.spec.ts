import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { discardParked, listParked, parkedKeys, retryParked } from './parking.js';
import { seenProjection, startSpine } from './spine.fixture.js';
import type { Spine } from './spine.fixture.js';
import { startProjections, startReactors } from './start.js';
import { waitForPositions } from './wait-for-positions.js';

let spine: Spine;
const FAST = { leaseMs: 900, headsMs: 300 };

beforeAll(async () => { spine = await startSpine('projections'); });
afterAll(async () => { await spine.close(); });
beforeEach(async () => { await spine.owner.query('TRUNCATE seen, projection.checkpoint, projection.parked, projection.discarded, projection.lease, projection.lease_member'); });

async function seen(): Promise<number> {
  const { rows } = await spine.reader.query<{ n: number }>('SELECT count(*) AS n FROM seen');
  return rows[0]?.n ?? 0;
}

async function committed(): Promise<number> {
  return (await spine.log.heads()).reduce((sum, head) => sum + head.position, 0);
}

describe('a projection', () => {
  it('catches up from the log and then follows live, every event once', async () => {
    await spine.append('ada', 5);
    const running = await startProjections({ ...FAST, database: spine.reader, nats: spine.nats, logger: spine.logger, projections: [seenProjection('p')] });
    await Promise.all(Array.from({ length: 20 }, (_, index) => spine.append(`user-${index}`, 5)));
    await waitUntil(async () => (await seen()) === (await committed()), { describe: () => 'all events applied' });
    await running.close();
  });

  it('lets a read wait for its own write', async () => {
    const running = await startProjections({ ...FAST, database: spine.reader, nats: spine.nats, logger: spine.logger, projections: [seenProjection('p')] });
    const done = await spine.log.transaction(async (tx) => tx.append({ userId: 'zoe', stream: 'settings-zoe', expectedVersion: 'any', events: [] }));
    expect(done.ok).toBe(true);
    await spine.append('zoe');
    const head = (await spine.log.heads()).find((one) => one.partition === spine.log.partitionOf('zoe'));
    const position = { log: 'connections', epoch: 1, partition: head?.partition ?? 0, position: head?.position ?? 0 };
    expect(await waitForPositions(spine.reader, ['p'], [position])).toBe(true);
    expect((await spine.reader.query('SELECT 1 FROM seen WHERE userid = $1', ['zoe'])).rowCount).toBeGreaterThan(0);
    expect(await waitForPositions(spine.reader, ['p'], [{ ...position, position: position.position + 1 }], 150)).toBe(false);
    expect(await waitForPositions(spine.reader, ['p'], [{ ...position, log: 'another', position: 99 }], 150)).toBe(true);
    await running.close();
  });

  it('sees everything after the bus was killed and lost its store', async () => {
    const running = await startProjections({ ...FAST, database: spine.reader, nats: spine.nats, logger: spine.logger, projections: [seenProjection('p')] });
    await spine.append('ada', 3);
    await spine.server.kill();
    await spine.append('ada', 7);
    await rm(spine.server.storeDir, { recursive: true, force: true });
    await spine.server.restart();
    await spine.append('ada', 2);
    await waitUntil(async () => (await seen()) === (await committed()), { describe: () => 'all events applied after the loss', timeoutMs: 20_000 });
    await running.close();
  });

  it('shares its partitions between replicas, and none applies an event twice', async () => {
    const second = await spine.connect();
    const one = await startProjections({ ...FAST, holder: 'one', database: spine.reader, nats: spine.nats, logger: spine.logger, projections: [seenProjection('p', 'one')] });
    const two = await startProjections({ ...FAST, holder: 'two', database: spine.reader, nats: second, logger: spine.logger, projections: [seenProjection('p', 'two')] });
    await waitUntil(async () => {
      const { rows } = await spine.reader.query<{ holder: string }>('SELECT DISTINCT holder FROM projection.lease');
      return rows.length === 2;
    }, { describe: () => 'both hold partitions' });
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 20 }, (_, index) => spine.append(`user-${index}`)));
    await one.close();
    await Promise.all(Array.from({ length: 20 }, (_, index) => spine.append(`user-${index}`)));
    await waitUntil(async () => (await seen()) === (await committed()), { describe: () => 'all events applied by the survivor', timeoutMs: 20_000 });
    const { rows } = await spine.reader.query<{ worker: string }>('SELECT DISTINCT worker FROM seen ORDER BY worker');
    expect(rows.map((row) => row.worker)).toEqual(['one', 'two']);
    await two.close();
  });

  it('parks what cannot be applied, with what follows in its stream, and lets everybody else go on', async () => {
    const total = await committed();
    let poisoned = true;
    const projection = seenProjection('p', 'one', (events) => {
      if (poisoned && events.some((event) => event.userid === 'mallory')) throw new Error('mallory cannot be applied');
    });
    const running = await startProjections({ ...FAST, database: spine.reader, nats: spine.nats, logger: spine.logger, projections: [projection] });
    await spine.append('mallory', 3);
    await spine.append('grace', 3);
    await waitUntil(async () => (await seen()) === total + 3, { describe: 'everybody but mallory' });
    expect(await parkedKeys(spine.reader, ['p'], ['settings-mallory', 'settings-grace'])).toEqual(new Set(['settings-mallory']));
    expect((await listParked(spine.reader, 'p')).map((row) => row.error)).toEqual(['mallory cannot be applied', expect.stringMatching(/follows/), expect.stringMatching(/follows/)]);
    poisoned = false;
    expect(await discardParked(spine.reader, 'p', 'settings-mallory', 'test')).toBe(true);
    expect(await retryParked(spine.reader, projection, 'settings-mallory')).toBe(2);
    await spine.append('mallory');
    await waitUntil(async () => (await seen()) === total + 6, { describe: () => 'mallory goes on' });
    await running.close();
  });
});

describe('a reactor', () => {
  it('tries a failed reaction again by itself, in order, and loses none', async () => {
    const done: string[] = [];
    let failures = 5;
    const reactor = {
      name: 'r',
      logs: ['connections'],
      types: ['UserSettingsChanged'],
      react: async (event: { userid: string; streamversion: number }) => {
        if (event.userid === 'flaky' && failures > 0) {
          failures -= 1;
          throw new Error('not now');
        }
        if (event.userid === 'flaky' || event.userid === 'fine') done.push(`${event.userid}-${event.streamversion}`);
      },
    };
    const running = await startReactors({ ...FAST, database: spine.reader, nats: spine.nats, logger: spine.logger, reactors: [reactor] });
    await spine.append('flaky', 2);
    await spine.append('fine', 1);
    await waitUntil(() => Promise.resolve(done.length === 3), { describe: () => `all three reactions, have ${done.join(' ')}`, timeoutMs: 25_000 });
    expect(done.filter((one) => one.startsWith('flaky'))).toEqual(['flaky-1', 'flaky-2']);
    // What was parked goes after its reaction has ended.
    await waitUntil(async () => (await listParked(spine.reader, 'r')).length === 0, { describe: 'nothing to be parked any more' });
    await running.close();
  });
});
