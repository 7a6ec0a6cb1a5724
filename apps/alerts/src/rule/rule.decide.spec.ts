import { describe, expect, it } from '@jest/globals';
import type { AlertCondition, AlertKind } from '@tidemark/contracts';
import { ALERT_KINDS } from '@tidemark/contracts';
import { armsAnew, decideRule } from './rule.decide.js';
import type { RuleInput } from './rule.decide.js';

const GOOD: Readonly<Record<AlertKind, AlertCondition>> = {
  balance_below: { amount: { amount: '1000', currency: 'USD' } },
  balance_above: { amount: { amount: '-5', currency: 'EUR' } },
  day_change_percent: { percent: '5', direction: 'down' },
  discrepancy_opened: {},
  reauthentication_required: {},
  sync_failing: { failures: 3 },
  stale_account: { hours: 48 },
  large_transaction: { amount: { amount: '10000', currency: 'USD' } },
  concentration_above: { percent: '25' },
  allocation_drift: { percent: '5', targets: { equity: '60', bond: '39.5', cash: '0.5' } },
};
const input = (kind: AlertKind, condition: AlertCondition = GOOD[kind], more: Partial<RuleInput> = {}): RuleInput => ({ name: ' a rule ', kind, condition, deliveries: [{ kind: 'live' }], ...more });
const decided = (one: RuleInput) => {
  const result = decideRule(one);
  return result.ok ? result.value : result.error.map(({ field, message }) => `${field}: ${message}`);
};

describe('a rule of each kind', () => {
  it.each(ALERT_KINDS)('%s is taken with what it needs, and has defaults', (kind) => {
    const quietSeconds = kind === 'discrepancy_opened' || kind === 'large_transaction' ? 0 : 3_600;
    expect(decided(input(kind))).toEqual({ name: 'a rule', kind, condition: GOOD[kind], deliveries: [{ kind: 'live' }], hysteresis: '1', quietSeconds, enabled: true, mutedUntil: null });
  });

  it.each([
    ['balance_below', 'condition/amount: balance_below needs an amount such as {"amount":"1000","currency":"USD"}'],
    ['balance_above', 'condition/amount: balance_above needs an amount such as {"amount":"1000","currency":"USD"}'],
    ['day_change_percent', 'condition/percent: day_change_percent needs a percentage such as "5"'],
    ['sync_failing', 'condition/failures: sync_failing needs a number of syncs in a row, 1 to 100'],
    ['stale_account', 'condition/hours: stale_account needs a number of hours, 1 to 8760'],
    ['large_transaction', 'condition/amount: large_transaction needs an amount such as {"amount":"1000","currency":"USD"}'],
    ['concentration_above', 'condition/percent: concentration_above needs a percentage such as "5"'],
  ] as const)('%s without its condition is refused by name', (kind, message) => {
    expect(decided(input(kind, {}))).toEqual([message]);
  });

  it('of drift names both that are missing', () => {
    expect(decided(input('allocation_drift', {}))).toEqual([expect.stringContaining('condition/percent'), expect.stringContaining('condition/targets')]);
  });

  it.each(ALERT_KINDS)('%s refuses what it has no use for, and says what it takes', (kind) => {
    const foreign = kind === 'sync_failing' ? { hours: 1 } : { failures: 1 };
    expect(decided(input(kind, { ...GOOD[kind], ...foreign }))).toEqual([expect.stringMatching(/^condition\/(failures|hours): .* has no use for it; it takes /)]);
  });

  it('takes a null account or connection for none', () => {
    expect(decided(input('balance_below', { ...GOOD.balance_below, accountId: null, connectionId: null }))).toMatchObject({ condition: GOOD.balance_below });
  });
});

describe('what a condition says', () => {
  it.each([
    ['balance_below', { amount: { amount: '1', currency: 'ABC' } }, 'condition/amount/currency: ABC is no ISO 4217 currency'],
    ['large_transaction', { amount: { amount: '0', currency: 'USD' } }, 'condition/amount/amount: must be above zero'],
    ['large_transaction', { amount: { amount: '-100', currency: 'USD' } }, 'condition/amount/amount: must be above zero'],
    ['day_change_percent', { percent: '0.00' }, 'condition/percent: must be above zero'],
    ['concentration_above', { percent: '100' }, 'condition/percent: must be below 100'],
    ['allocation_drift', { percent: '5', targets: { equity: '60', cash: '30' } }, 'condition/targets: must add up to 100, and add up to 90'],
  ] as const)('%s %j is refused', (kind, condition, message) => {
    expect(decided(input(kind, condition))).toEqual([expect.stringContaining(message)]);
  });

  it('may be a day change of more than 100 %', () => {
    expect(decided(input('day_change_percent', { percent: '150' }))).toMatchObject({ condition: { percent: '150' } });
  });
});

describe('the hysteresis', () => {
  it('is below the threshold, else the figure could never come back', () => {
    expect(decided(input('day_change_percent', { percent: '2' }, { hysteresis: '2' }))).toEqual([expect.stringContaining('hysteresis: must be below condition/percent (2)')]);
    expect(decided(input('balance_above', GOOD.balance_above, { hysteresis: '100' }))).toEqual([expect.stringContaining('hysteresis: must be below 100')]);
    expect(decided(input('sync_failing', GOOD.sync_failing, { hysteresis: '100' }))).toMatchObject({ hysteresis: '100' });
  });

  it('is half of a small threshold where nothing is said', () => {
    expect(decided(input('day_change_percent', { percent: '0.5' }))).toMatchObject({ hysteresis: '0.25' });
    expect(decided(input('concentration_above', { percent: '1.5' }))).toMatchObject({ hysteresis: '1' });
  });
});

describe('a mute', () => {
  it('ends at an instant of the calendar', () => {
    expect(decided(input('discrepancy_opened', {}, { mutedUntil: '2026-12-01T08:00:00Z' }))).toMatchObject({ mutedUntil: '2026-12-01T08:00:00.000Z' });
    expect(decided(input('discrepancy_opened', {}, { mutedUntil: '2026-02-31T08:00:00Z' }))).toEqual([expect.stringContaining('mutedUntil: 2026-02-31 is no day of the calendar')]);
  });
});

describe('a change', () => {
  const before = { ...input('balance_below'), name: 'a', deliveries: [], condition: GOOD.balance_below, hysteresis: '1', quietSeconds: 60, enabled: true, mutedUntil: null };
  it.each([
    [{ name: 'b' }, false],
    [{ mutedUntil: '2026-12-01T08:00:00.000Z' }, false],
    [{ deliveries: [{ kind: 'live' as const }] }, false],
    [{ enabled: false }, false],
    [{ condition: { amount: { amount: '999', currency: 'USD' } } }, true],
    [{ hysteresis: '2' }, true],
    [{ quietSeconds: 0 }, true],
  ])('to %j arms the rule anew: %s', (changed, anew) => {
    expect(armsAnew(before, { ...before, ...changed })).toBe(anew);
  });

  it('that turns a rule on again arms it anew', () => {
    expect(armsAnew({ ...before, enabled: false }, before)).toBe(true);
  });
});
