import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { waitUntil } from '@tidemark/testing';
import { listParked } from './parking.js';
import type { Reactor } from './projection.js';
import { startSpine } from './spine.fixture.js';
import type { Spine } from './spine.fixture.js';
import { startReactors } from './start.js';

let spine: Spine;
const FAST = { leaseMs: 900, headsMs: 300 };

beforeAll(async () => { spine = await startSpine('react_all'); });
afterAll(async () => { await spine.close(); });
beforeEach(async () => { await spine.owner.query('TRUNCATE seen, projection.checkpoint, projection.parked, projection.discarded, projection.lease, projection.lease_member'); });

/** One row an event; its primary key makes a second reaction to the same event fail. */
const note = (tx: SqlClient, events: readonly EventEnvelope[], how: string) =>
  tx.query('INSERT INTO seen SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) CROSS JOIN (SELECT $4::text) w', [events.map((e) => e.userid), events.map((e) => e.streamversion), events.map((e) => e.position), how]);

function reactor(given: Partial<Reactor> & { readonly sizes?: number[] } = {}): Reactor {
  return {
    name: 'all',
    logs: ['connections'],
    react: async (event) => void (await note(spine.reader, [event], 'one')),
    reactAll: async (tx, events) => {
      given.sizes?.push(events.length);
      await note(tx, events, 'all');
    },
    ...given,
  };
}

const start = (one: Reactor, holder = 'one') => startReactors({ ...FAST, holder, database: spine.reader, nats: spine.nats, logger: spine.logger, reactors: [one] });
const rows = async () => (await spine.reader.query<{ userid: string; streamversion: number; worker: string }>('SELECT userid, streamversion, worker FROM seen ORDER BY userid, streamversion')).rows;
const committed = async () => (await spine.log.heads()).reduce((sum, head) => sum + head.position, 0);

describe('a reactor that takes a batch at once', () => {
  it('reacts to every event once, many in one transaction with the checkpoint, also when it starts again', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => spine.append(`user-${index}`, 10)));
    const sizes: number[] = [];
    const running = await start(reactor({ sizes }));
    await waitUntil(async () => (await rows()).length === (await committed()), { describe: 'all events' });
    await running.close();
    expect(sizes.length).toBeLessThan(50);
    const again = await start(reactor(), 'two');
    await spine.append('late');
    await waitUntil(async () => (await rows()).length === (await committed()), { describe: 'the late event' });
    await again.close();
    expect(new Set((await rows()).map((row) => row.worker))).toEqual(new Set(['all']));
  });

  it('whose transaction is undone after its work reacts to the same events again, and nothing stays of the first time', async () => {
    let times = 0;
    const failing = reactor({
      transaction: async (work) => {
        await spine.reader.transaction(async (tx) => {
          await work(tx);
          times += 1;
          if (times === 1) throw Object.assign(new Error('the connection went away'), { code: '57P01' });
        });
      },
    });
    const running = await start(failing);
    await spine.append('ada', 3);
    await waitUntil(async () => (await rows()).length === (await committed()), { describe: 'all events after the fault' });
    await running.close();
    expect(times).toBeGreaterThan(1);
    expect((await rows()).filter((row) => row.userid === 'ada').map((row) => row.streamversion)).toEqual([1, 2, 3]);
    expect(await listParked(spine.reader, 'all')).toEqual([]);
  });

  it('parks alone the event that is wrong, with what follows it, and the rest of its batch takes effect', async () => {
    const before = await committed();
    let poisoned = true;
    const wrong = (events: readonly EventEnvelope[]) => {
      if (poisoned && events.some((event) => event.userid === 'mallory')) throw new Error('mallory cannot be judged');
    };
    const picky = reactor({
      react: async (event) => {
        wrong([event]);
        await note(spine.reader, [event], 'one');
      },
      reactAll: async (tx, events) => {
        await note(tx, events, 'all');
        wrong(events);
      },
    });
    await spine.append('mallory', 2);
    await spine.append('grace', 2);
    const running = await start(picky);
    await waitUntil(async () => (await rows()).length === before + 2 && (await listParked(spine.reader, 'all')).length === 2, { describe: 'everybody but mallory' });
    expect((await listParked(spine.reader, 'all')).map((row) => row.error)).toEqual(['mallory cannot be judged', expect.stringMatching(/follows/)]);
    await spine.append('mallory');
    await waitUntil(async () => (await listParked(spine.reader, 'all')).length === 3, { describe: 'what follows is parked' });
    poisoned = false;
    await waitUntil(async () => (await rows()).length === before + 5, { describe: 'mallory by itself', timeoutMs: 25_000 });
    await running.close();
    expect(await listParked(spine.reader, 'all')).toEqual([]);
  });
});
