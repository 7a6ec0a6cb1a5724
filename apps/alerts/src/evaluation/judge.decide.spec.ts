import { describe, expect, it } from '@jest/globals';
import { ARMED, judgeLevel, quietUntil, standOf } from './judge.decide.js';
import type { Level, Stand } from './judge.decide.js';

const AT = Date.parse('2026-11-20T15:00:00.000Z');
const LOUD = { quietSeconds: 0, quietFrom: null };

/** What a row of stands does to a rule: the index of each that raises. */
function raisedAt(stands: readonly Stand[], quietSeconds = 0, stepMs = 60_000): number[] {
  let level: Level = ARMED;
  let quietFrom: string | null = null;
  return stands.flatMap((stand, index) => {
    const at = AT + index * stepMs;
    const judged = judgeLevel(level, stand, { quietSeconds, quietFrom }, at);
    level = judged.level;
    if (judged.raise) quietFrom = new Date(at).toISOString();
    return judged.raise ? [index] : [];
  });
}

describe('where a figure stands', () => {
  it.each([
    ['balance_below', '1000', '1', '999.99', 'over'],
    ['balance_below', '1000', '1', '1000', 'between'],
    ['balance_below', '1000', '1', '1009.99', 'between'],
    ['balance_below', '1000', '1', '1010', 'back'],
    ['balance_below', '1000', '0', '1000', 'back'],
    ['balance_below', '-500', '10', '-500.01', 'over'],
    ['balance_below', '-500', '10', '-460', 'between'],
    ['balance_below', '-500', '10', '-450', 'back'],
    ['balance_below', '0', '1', '0', 'back'],
    ['balance_above', '1000', '1', '1000', 'between'],
    ['balance_above', '1000', '1', '1000.01', 'over'],
    ['balance_above', '1000', '1', '990', 'back'],
    ['day_change_percent', '5', '1', '5', 'over'],
    ['day_change_percent', '5', '1', '4.01', 'between'],
    ['day_change_percent', '5', '1', '4', 'back'],
    ['day_change_percent', '5', '0', '5', 'over'],
    ['concentration_above', '25', '2', '25', 'between'],
    ['concentration_above', '25', '2', '25.01', 'over'],
    ['allocation_drift', '5', '1', '4', 'back'],
  ] as const)('%s %s with a hysteresis of %s: %s is %s', (kind, threshold, hysteresis, figure, stand) => {
    expect(standOf({ kind, threshold, hysteresis }, figure)).toBe(stand);
  });
});

describe('a rule', () => {
  it('raises once for as long as the figure is not back by the hysteresis', () => {
    expect(raisedAt(['back', 'over', 'over', 'between', 'over', 'between', 'over'])).toEqual([1]);
  });

  it('raises again after the figure has come back', () => {
    expect(raisedAt(['over', 'between', 'back', 'between', 'over'])).toEqual([0, 4]);
  });

  it('does not raise while it is quiet, and tells afterwards what is still true', () => {
    expect(raisedAt(['over', 'back', 'over', 'over', 'over', 'over'], 240)).toEqual([0, 4]);
  });

  it('tells nothing afterwards of what was over by then', () => {
    expect(raisedAt(['over', 'back', 'over', 'back', 'back', 'back', 'back'], 240)).toEqual([0]);
  });

  it('says until when it is quiet', () => {
    const quiet = { quietSeconds: 60, quietFrom: '2026-11-20T15:00:00.000Z' };
    expect(judgeLevel(ARMED, 'over', quiet, AT + 59_999)).toEqual({ level: ARMED, raise: false, quietUntil: AT + 60_000 });
    expect(judgeLevel(ARMED, 'over', quiet, AT + 60_000)).toMatchObject({ raise: true, quietUntil: null });
    expect(quietUntil({ ...quiet, quietSeconds: 0 }, AT)).toBe(null);
  });

  it('of a day starts armed on the next one', () => {
    const today = judgeLevel(ARMED, 'over', LOUD, AT, 'monday');
    expect(today).toMatchObject({ raise: true });
    expect(judgeLevel(today.level, 'over', LOUD, AT, 'monday')).toMatchObject({ raise: false });
    expect(judgeLevel(today.level, 'over', LOUD, AT, 'tuesday')).toMatchObject({ raise: true });
  });
});
