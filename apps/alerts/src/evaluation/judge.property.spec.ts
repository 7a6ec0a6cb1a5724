import { describe, expect, it } from '@jest/globals';
import type { AlertKind } from '@tidemark/contracts';
import { withRandom } from '@tidemark/testing';
import type { Random } from '@tidemark/testing';
import { ARMED, judgeLevel, standOf } from './judge.decide.js';
import type { Level } from './judge.decide.js';

const START = Date.parse('2026-11-20T15:00:00.000Z');
const ABOVE: readonly AlertKind[] = ['balance_above', 'day_change_percent', 'concentration_above', 'allocation_drift'];

interface Step {
  readonly at: number;
  readonly figure: number;
}

interface Case {
  readonly kind: AlertKind;
  readonly threshold: number;
  readonly hysteresis: number;
  readonly quietSeconds: number;
  readonly steps: readonly Step[];
}

/** In whole hundredths, so that a spec may compare with numbers what the product compares with decimals. */
const text = (hundredths: number): string => `${hundredths < 0 ? '-' : ''}${Math.floor(Math.abs(hundredths) / 100)}.${String(Math.abs(hundredths) % 100).padStart(2, '0')}`;

function anyCase(random: Random): Case {
  let at = START;
  const threshold = random.int(100, 10_000);
  const kind = random.pick([...ABOVE, 'balance_below'] as const);
  const steps = Array.from({ length: random.int(1, 200) }, () => ({ at: (at += random.int(0, 600_000)), figure: threshold + random.int(-2_000, 2_000) }));
  return { kind, threshold, hysteresis: random.int(0, 99), quietSeconds: random.pick([0, 0, 60, 3_600]), steps };
}

/** The margin in hundredths of the figure's unit. */
const margin = ({ kind, threshold, hysteresis }: Case): number => (kind.startsWith('balance') ? (threshold * hysteresis) / 10_000 : hysteresis);
const beyond = ({ kind, threshold }: Case, figure: number): boolean => (kind === 'balance_below' ? figure < threshold : kind === 'day_change_percent' ? figure >= threshold : figure > threshold);
const cameBack = (one: Case, figure: number): boolean => !beyond(one, figure) && (one.kind === 'balance_below' ? figure >= one.threshold + margin(one) : figure <= one.threshold - margin(one));

function raises(one: Case): Step[] {
  let level: Level = ARMED;
  let quietFrom: string | null = null;
  return one.steps.filter(({ at, figure }) => {
    const stand = standOf({ kind: one.kind, threshold: text(one.threshold), hysteresis: text(one.hysteresis) }, text(figure));
    const judged = judgeLevel(level, stand, { quietSeconds: one.quietSeconds, quietFrom }, at);
    level = judged.level;
    if (judged.raise) quietFrom = new Date(at).toISOString();
    return judged.raise;
  });
}

const ROUNDS = 150;

describe('whatever a figure does', () => {
  it('an alert is raised only beyond the threshold, and a second one only after the figure came back by the hysteresis', () =>
    withRandom((random) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = anyCase(random);
        const raised = raises(one);
        for (const [index, step] of raised.entries()) {
          expect(beyond(one, step.figure)).toBe(true);
          const before = raised[index - 1];
          if (before) expect(one.steps.slice(one.steps.indexOf(before), one.steps.indexOf(step)).some(({ figure }) => cameBack(one, figure))).toBe(true);
        }
      }
    }));

  it('there are never two alerts within the quiet period', () =>
    withRandom((random) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = anyCase(random);
        const times = raises(one).map(({ at }) => at);
        for (const [index, at] of times.entries()) if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(one.quietSeconds * 1_000);
      }
    }));

  it('one that goes beyond is never missed: without quiet, it has been told by then', () =>
    withRandom((random) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = { ...anyCase(random), quietSeconds: 0 };
        const raised = new Set(raises(one));
        let told = false;
        for (const step of one.steps) {
          if (raised.has(step)) told = true;
          else if (cameBack(one, step.figure)) told = false;
          if (beyond(one, step.figure)) expect(told).toBe(true);
        }
      }
    }));

  it('one that trembles at the threshold by less than the hysteresis raises once', () =>
    withRandom((random) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = anyCase(random);
        const room = Math.ceil(margin(one)) - 1;
        if (room < 1) continue;
        const below = one.kind === 'balance_below' ? 1 : -1;
        const steps = Array.from({ length: 100 }, (_, index) => ({ at: START + index * 1_000, figure: one.threshold + below * (index % 2 === 0 ? -random.int(1, 50) : random.int(0, room)) }));
        expect(raises({ ...one, quietSeconds: 0, steps })).toHaveLength(1);
      }
    }));
});
