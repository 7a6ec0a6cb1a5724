import { describe, expect, it } from '@jest/globals';
import { chooseSeed, seededRandom } from '@tidemark/testing';
import type { Delivery } from './delivery.js';
import { Lanes } from './lanes.js';
import type { Held } from './lanes.js';

let made = 0;

function held(userId: string, host: string, takenAt = 0): Held {
  const id = `${(made += 1)}`;
  return { takenAt, delivery: { deliveryId: id, alertId: id, ruleId: 'r', userId, kind: 'webhook', target: '', host, lane: `${userId} ${host}`, body: '', raisedAt: '', since: '', attempts: 1, tries: 1 } };
}

const many = (count: number, userId: string, host: string) => Array.from({ length: count }, () => held(userId, host));

function start(lanes: Lanes): Delivery[] {
  const begun: Delivery[] = [];
  for (let next = lanes.next(); next; next = lanes.next()) begun.push(next.delivery);
  return begun;
}

describe('lanes', () => {
  it('let one user have a quarter of the places, one lane sixteen, one host half', () => {
    const lanes = new Lanes(128);
    lanes.add(many(20, 'one', 'o.example'));
    expect(start(lanes)).toHaveLength(16);
    lanes.add([...many(50, 'ann', 'a.example'), ...many(50, 'ann', 'b.example'), ...many(50, 'ann', 'c.example')]);
    expect(start(lanes)).toHaveLength(32);
    lanes.add(Array.from({ length: 10 }, (_, user) => many(20, `user${user}`, 'z.example')).flat());
    expect(start(lanes)).toHaveLength(64);
    expect(lanes.busy()).toMatchObject({ hosts: ['z.example'], users: ['ann'] });
  });

  it('take turns', () => {
    const lanes = new Lanes(4);
    lanes.add([...many(3, 'ann', 'a.example'), ...many(3, 'bob', 'b.example'), ...many(3, 'cid', 'c.example')]);
    expect(start(lanes).map((one) => one.userId)).toEqual(['ann', 'bob', 'cid']);
  });

  it('send one at a time where no answer came in time, all such lanes within half of the places, until one comes', () => {
    const lanes = new Lanes(8);
    const users = Array.from({ length: 8 }, (_, user) => `user${user}`);
    lanes.add(users.map((user) => held(user, `${user}.example`)));
    for (const delivery of start(lanes)) lanes.ended(delivery, true);
    lanes.add(users.flatMap((user) => many(2, user, `${user}.example`)));
    const begun = start(lanes);
    expect([begun.length, new Set(begun.map((one) => one.lane)).size]).toEqual([4, 4]);
    expect(lanes.busy().lanes).toHaveLength(8);
    lanes.add([held('eve', 'quick.example')]);
    expect(start(lanes).map((one) => one.userId)).toEqual(['eve']);
    lanes.ended(begun[0] as Delivery, false);
    expect(start(lanes).filter((one) => one.lane === begun[0]?.lane)).toHaveLength(1);
  });

  it('forget the slow ones of long ago', () => {
    const lanes = new Lanes(4);
    for (let user = 0; user < 4_100; user += 1) {
      lanes.add([held(`user${user}`, 'slow.example')]);
      lanes.ended(start(lanes)[0] as Delivery, true);
    }
    lanes.add([...many(2, 'user0', 'slow.example'), ...many(2, 'user4099', 'slow.example')]);
    expect(lanes.release(-1).map((one) => one.userId)).toEqual(['user4099', 'user4099']);
  });

  it('give back what waits behind a slow one, and what has waited too long; the rest stays', () => {
    const lanes = new Lanes(1);
    lanes.add([held('ann', 'slow.example')]);
    lanes.ended(start(lanes)[0] as Delivery, true);
    lanes.add([held('ann', 'slow.example', 100), held('bob', 'b.example', 1), held('bob', 'b.example', 100)]);
    expect(lanes.release(50).map((one) => one.userId)).toEqual(['ann', 'bob']);
    expect([lanes.waitingCount, [...lanes].length]).toEqual([1, 1]);
  });

  it('never exceed a limit and lose nothing, whatever comes', () => {
    const seed = chooseSeed();
    const random = seededRandom(seed);
    const lanes = new Lanes(12, new Map([['h0', 2]]));
    const running: Delivery[] = [];
    let added = 0;
    let done = 0;
    for (let step = 0; step < 3_000; step += 1) {
      if (random.chance(0.5) && step < 2_000) added += add();
      running.push(...start(lanes));
      const count = (of: (one: Delivery) => string) => Math.max(0, ...[...Map.groupBy(running, of).values()].map((group) => group.length));
      const most = [running.length, count((one) => one.host), count((one) => one.userId), running.filter((one) => one.host === 'h0').length];
      if ([12, 6, 3, 2].some((limit, index) => (most[index] ?? 0) > limit)) throw new Error(`seed ${seed}, step ${step}: ${most.join()}`);
      const [ended] = running.splice(random.int(0, Math.max(0, running.length - 1)), 1);
      if (ended) lanes.ended(ended, random.chance(0.3));
      done += ended ? 1 : 0;
    }
    expect({ seed, left: lanes.waitingCount + running.length, missing: added - done - lanes.waitingCount - running.length }).toEqual({ seed, left: 0, missing: 0 });

    function add(): number {
      const batch = Array.from({ length: random.int(0, 3) }, () => held(`u${random.int(0, 5)}`, `h${random.int(0, 3)}`));
      lanes.add(batch);
      return batch.length;
    }
  });
});
