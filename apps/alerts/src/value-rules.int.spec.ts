import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@tidemark/testing';
import { discover, snapshotOf, startFixture } from './alerts.fixture.js';
import type { AlertsFixture, GivenAccount, Shown } from './alerts.fixture.js';

let alerts: AlertsFixture;

beforeAll(async () => {
  alerts = await startFixture('alerts_value');
  await alerts.start();
}, 60_000);
afterAll(() => alerts.close());

/** The user's pages show this from now on, and a snapshot tells of it. */
async function shows(account: GivenAccount, shown: Shown): Promise<void> {
  alerts.shown.set(account.userId, shown);
  await alerts.say('sync', account.userId, [snapshotOf(account)]);
  await alerts.settled();
}

describe('a rule over a balance', () => {
  it('raises once when a snapshot brings the portfolio below it', async () => {
    const account = await discover(alerts);
    const rule = await alerts.rule(account.userId, { kind: 'balance_below', condition: { amount: { amount: '1000', currency: 'USD' } } });
    expect(rule).toMatchObject({ state: 'armed', problem: null, lastRaisedAt: null, hysteresis: '1', quietSeconds: 3600, enabled: true, mutedUntil: null, secretSet: false });
    await shows(account, { value: { value: '1000.5' } });
    expect(await alerts.raised(account.userId)).toEqual([]);
    await shows(account, { value: { value: '999.5' } });
    const [alert, ...more] = await waitUntil(() => alerts.raised(account.userId).then((found) => (found.length > 0 ? found : null)));
    expect(more).toEqual([]);
    expect(alert?.data).toMatchObject({
      ruleId: rule.id, kind: 'balance_below', cause: { type: 'BalanceSnapshotCaptured' }, message: 'The portfolio is worth 999.5 USD, below 1000 USD.', muted: false,
      figures: { value: '999.5', threshold: '1000', unit: 'money', currency: 'USD', asset: null }, deliveries: [{ kind: 'live', target: 'live' }],
    });
  });
});
