import { describe, expect, it } from '@jest/globals';
import { instant } from '@tidemark/kernel';
import { decider } from '@tidemark/testing';
import { decide, nextFreeAt } from './refresh.decide.js';
import type { RefreshCommand } from './refresh.decide.js';
import { refreshPolicy } from './refresh-policy.js';
import { evolve, noRefreshes } from './refresh.js';
import type { RefreshEvent } from './refresh.js';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const subject = { userId: 'ada', connectionId: '0190a5b0-0000-7000-8000-000000000001', provider: 'plaid' };
const plaid = refreshPolicy('plaid', { amount: '0.01', currency: 'USD' });
const snaptrade = refreshPolicy('snaptrade', { amount: '0.05', currency: 'USD' });

const refresh = decider(decide, evolve, noRefreshes);
const reserve = (at: number, syncId: string, more: { acceptCost?: boolean; policy?: typeof plaid } = {}): RefreshCommand => ({ type: 'reserve', now: at, subject, syncId, acceptCost: more.acceptCost ?? false, policy: more.policy ?? plaid });
const reserved = (at: number, syncId: string, override = false, policy = plaid): RefreshEvent => ({ type: 'RefreshCostReserved', at, data: { ...subject, syncId, cost: policy.cost, override } });
const settled = (at: number, syncId: string, billed: boolean, made = billed): RefreshEvent => ({ type: 'RefreshCostSettled', at, data: { ...subject, syncId, cost: { amount: billed ? '0.01' : '0', currency: 'USD' }, billed, made } });
const denied = (at: number, free: number): RefreshEvent => ({ type: 'RefreshDenied', at, data: { ...subject, nextFreeRefreshAt: instant(free), overrideCost: plaid.cost } });

describe('the cost guard', () => {
  it('lets the first refresh through and reserves its cost', () => {
    refresh.given([]).when(reserve(NOON, 's1')).then([reserved(NOON, 's1')]);
  });

  it('refuses a second one within 24 hours, says when the next is free and what an override costs', () => {
    refresh.given([reserved(NOON, 's1'), settled(NOON + 1, 's1', true)]).when(reserve(NOON + HOUR, 's2')).thenRefused({ code: 'refresh_limited', denied: denied(NOON + HOUR, NOON + 24 * HOUR) as never });
  });

  it('refuses one millisecond before 24 hours are over and allows it at exactly 24 hours', () => {
    const history = [reserved(NOON, 's1'), settled(NOON + 5, 's1', true)];
    expect(refresh.given(history).when(reserve(NOON + 24 * HOUR - 1, 's2')).result.ok).toBe(false);
    refresh.given(history).when(reserve(NOON + 24 * HOUR, 's2')).then([reserved(NOON + 24 * HOUR, 's2')]);
  });

  it('runs with explicit consent, marked as an override, and that moves the window', () => {
    const at = NOON + 10 * HOUR;
    const outcome = refresh.given([reserved(NOON, 's1'), settled(NOON + 1, 's1', true)]).when(reserve(at, 's2', { acceptCost: true }));
    outcome.then([reserved(at, 's2', true)]);
    expect(nextFreeAt(outcome.state(), plaid)).toBe(at + 24 * HOUR);
  });

  it('does not call a free refresh an override, even where consent was given', () => {
    refresh.given([]).when(reserve(NOON, 's1', { acceptCost: true })).then([reserved(NOON, 's1', false)]);
  });

  it('counts a failed call that was billed, and forgets one that was not', () => {
    expect(refresh.given([reserved(NOON, 's1'), settled(NOON + 1, 's1', true)]).when(reserve(NOON + 2, 's2')).result.ok).toBe(false);
    refresh.given([reserved(NOON, 's1'), settled(NOON + 1, 's1', false)]).when(reserve(NOON + 2, 's2')).then([reserved(NOON + 2, 's2')]);
  });

  it('falls back to the billed refresh before, where the newest was not billed', () => {
    const history = [reserved(NOON, 's1'), settled(NOON, 's1', true), reserved(NOON + HOUR, 's2', true), settled(NOON + HOUR, 's2', false)];
    refresh.given(history).when(reserve(NOON + 2 * HOUR, 's3')).thenRefused({ denied: denied(NOON + 2 * HOUR, NOON + 24 * HOUR) as never });
  });

  it('counts what is reserved and not settled: after a crash nobody knows whether it was billed', () => {
    expect(refresh.given([reserved(NOON, 's1')]).when(reserve(NOON + HOUR, 's2')).result.ok).toBe(false);
  });

  it('counts one that the provider did for nothing: a bank has no investments to bill for', () => {
    expect(refresh.given([reserved(NOON, 's1'), settled(NOON, 's1', false, true)]).when(reserve(NOON + HOUR, 's2')).result.ok).toBe(false);
    expect(refresh.given([reserved(NOON, 's1'), settled(NOON, 's1', false, false)]).when(reserve(NOON + HOUR, 's2')).result.ok).toBe(true);
  });

  it('does not count denials', () => {
    const history = [reserved(NOON, 's1'), settled(NOON, 's1', true), denied(NOON + 23 * HOUR, NOON + 24 * HOUR)];
    refresh.given(history).when(reserve(NOON + 24 * HOUR, 's2')).then([reserved(NOON + 24 * HOUR, 's2')]);
  });

  it('has no window for SnapTrade: each refresh runs and is recorded', () => {
    refresh.given([reserved(NOON, 's1', false, snaptrade)]).when(reserve(NOON + 1, 's2', { policy: snaptrade })).then([reserved(NOON + 1, 's2', false, snaptrade)]);
  });

  it('reserves once for one sync', () => {
    refresh.given([reserved(NOON, 's1')]).when(reserve(NOON + 1, 's1')).then([]);
  });

  it('settles once, with nothing owed where nothing was billed', () => {
    const command: RefreshCommand = { type: 'settle', now: NOON + 3, subject, syncId: 's1', billed: false, made: false, cost: plaid.cost };
    refresh.given([reserved(NOON, 's1')]).when(command).then([settled(NOON + 3, 's1', false)]);
    refresh.given([reserved(NOON, 's1'), settled(NOON + 2, 's1', true)]).when(command).then([]);
    refresh.given([]).when(command).then([]);
  });
});
