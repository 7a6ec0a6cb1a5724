import { describe, expect, it } from '@jest/globals';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { chooseSeed, decider, ManualClock, seededRandom, waitUntil, withRandom } from './index.js';

type Event = { type: 'opened' } | { type: 'closed'; at: number };
const decide = (command: { type: 'close'; at: number }, open: boolean): Result<Event[], { code: string; at: number }> =>
  open ? ok([{ type: 'closed', at: command.at }]) : refuse({ code: 'not_open', at: command.at });
const door = decider(decide, (_open: boolean, event: Event) => event.type === 'opened', false);

describe('given / when / then', () => {
  it('compares what was decided with what was expected', () => {
    const closing = door.given([{ type: 'opened' }]).when({ type: 'close', at: 5 });
    closing.then([{ type: 'closed', at: 5 }]);
    expect(closing.state()).toBe(false);
    expect(() => closing.then([{ type: 'closed', at: 6 }])).toThrow(/at: 6/);
    expect(() => closing.thenRefused({ code: 'not_open' })).toThrow(/not refused/);
  });

  it('compares a refusal by the members that are named', () => {
    const closing = door.given([]).when({ type: 'close', at: 5 });
    closing.thenRefused({ code: 'not_open' });
    expect(() => closing.thenRefused({ code: 'locked' })).toThrow(/not_open/);
    expect(() => closing.then([])).toThrow(/refused/);
  });
});

describe('ManualClock', () => {
  it('moves only when it is turned', () => {
    const clock = new ManualClock('2026-03-01T00:00:00Z');
    clock.advance(1_500);
    expect(new Date(clock.now()).toISOString()).toBe('2026-03-01T00:00:01.500Z');
    expect(() => new ManualClock('soon')).toThrow(/not an instant: soon/);
  });
});

describe('seeded random', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return [random.int(0, 1e9), random.shuffle([1, 2, 3, 4, 5]), [...random.bytes(4)], random.fork('accounts').int(0, 1e9)];
  };

  it('repeats itself for a seed, and only for that seed', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('forks by name, whatever was drawn before', () => {
    const fresh = seededRandom(7).fork('a').int(0, 1e9);
    const used = seededRandom(7);
    used.bytes(100);
    expect(used.fork('a').int(0, 1e9)).toBe(fresh);
    expect(used.fork('b').int(0, 1e9)).not.toBe(fresh);
  });

  it('names the seed of a run that failed', async () => {
    await expect(withRandom(() => Promise.reject(new Error('lost an event')), 42)).rejects.toThrow('lost an event\n(repeat with TIDEMARK_SEED=42)');
    expect(Number.isInteger(chooseSeed())).toBe(true);
  });
});

describe('waitUntil', () => {
  it('answers the first truthy value', async () => {
    let tries = 0;
    expect(await waitUntil(() => (++tries === 3 ? 'third' : undefined), { everyMs: 1 })).toBe('third');
  });

  it('says what it waited for, and carries the last error', async () => {
    const never = waitUntil(() => Promise.reject(new Error('refused')), { timeoutMs: 20, everyMs: 5, describe: 'the moon' });
    await expect(never).rejects.toMatchObject({ message: 'waited 20 ms in vain for the moon', cause: { message: 'refused' } });
  });
});
