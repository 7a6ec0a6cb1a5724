/** Providers that misbehave, played by the sandbox: what a run makes of each, and that the rest of its report stands. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NOW, ReconciliationFixture } from '../testing/reconciliation.fixture.js';

let fixture: ReconciliationFixture;
beforeAll(async () => {
  fixture = await ReconciliationFixture.start('recon_faults');
}, 60_000);
afterAll(() => fixture?.close());
beforeEach(async () => {
  await fixture.sandbox.calm();
  fixture.slept.length = 0;
  await fixture.at(NOW);
});

/** More than all retries of all attempts. */
const ALWAYS = 1_000;

describe('a provider', () => {
  it('whose network is silent is given up after the call’s own timeout, and tried again', async () => {
    await fixture.held('nat');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'itemGet', kind: 'timeout', times: 1 });
    expect(await fixture.reconciled('nat')).toMatchObject({ status: 'matched', providerErrors: [] });
    expect((await fixture.sandbox.asked('itemGet')).map(({ fault }) => fault)).toEqual(['timeout', null]);
    expect(fixture.slept).toHaveLength(1);
  });

  it('that answers an error is reported with its code and its words', async () => {
    await fixture.held('amy');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'status', status: 400, body: { error_type: 'INVALID_INPUT', error_code: 'INVALID_API_KEYS', error_message: 'invalid client_id or secret provided', display_message: null, request_id: 'r' }, times: ALWAYS });
    const report = await fixture.reconciled('amy');
    expect(report).toMatchObject({ status: 'failed', error: expect.stringContaining('INVALID_API_KEYS'), providerErrors: [{ code: 'provider_auth', retryable: false, attempts: 1 }] });
    expect(report.accountReports).toMatchObject([{ result: 'failed', reason: expect.stringContaining('INVALID_API_KEYS'), lines: [] }]);
  });

  it('that fails and then answers is compared as ever: a retry succeeds', async () => {
    await fixture.held('ray');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'status', status: 500, times: 1 });
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'reset', times: 1 });
    expect(await fixture.reconciled('ray')).toMatchObject({ status: 'matched', providerErrors: [] });
    expect((await fixture.sandbox.asked('accountsGet')).slice(0, 3).map(({ fault }) => fault)).toEqual(['status', 'reset', null]);
  });

  it('that limits how often it may be asked is asked again when it says', async () => {
    await fixture.held('lim');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'itemGet', kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: { error_type: 'RATE_LIMIT_EXCEEDED', error_code: 'RATE_LIMIT', error_message: 'slow down', display_message: null, request_id: 'r' }, times: 1 });
    expect(await fixture.reconciled('lim')).toMatchObject({ status: 'matched' });
    expect(fixture.slept).toHaveLength(1);
    expect(fixture.slept[0]).toBeGreaterThanOrEqual(7_000);
    expect(fixture.slept[0]).toBeLessThan(7_300);
  });

  it('that asks for longer than a run waits fails its accounts now, and says so', async () => {
    await fixture.held('lon');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'itemGet', kind: 'status', status: 429, headers: { 'retry-after': '3600' }, body: { error_type: 'RATE_LIMIT_EXCEEDED', error_code: 'RATE_LIMIT', error_message: 'slow down', display_message: null, request_id: 'r' }, times: ALWAYS });
    expect(await fixture.reconciled('lon')).toMatchObject({ status: 'failed', providerErrors: [{ code: 'provider_rate_limited', retryable: true, attempts: 1 }] });
  });

  it('whose balances make no sense fails its accounts: what cannot be read is no zero', async () => {
    const mal = await fixture.held('mal');
    const broken = { accounts: [{ account_id: 'x', balances: { current: 'a lot' }, name: 'n', type: 'investment' }], item: {}, request_id: 'r' };
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'malformed', body: broken, times: ALWAYS });
    const report = await fixture.reconciled('mal');
    expect(report).toMatchObject({ status: 'failed', providerErrors: [{ code: 'provider_malformed', retryable: false, accountIds: [mal.accountId] }] });
    expect(report.accountReports[0]?.lines).toEqual([]);
    expect(await fixture.discrepancies('mal')).toEqual([]);
  });

  it('whose answer is cut off is asked again', async () => {
    await fixture.held('cut');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'investmentsHoldingsGet', kind: 'partial', times: 1 });
    expect(await fixture.reconciled('cut')).toMatchObject({ status: 'matched' });
  });

  it('that does not list an account any more fails that account alone', async () => {
    const first = await fixture.sandbox.open('gia', 'north');
    const both = await fixture.held('gia');
    await fixture.sandbox.change(() => void Object.assign(fixture.sandbox.account(first), { closed: true }));
    const report = await fixture.reconciled('gia');
    expect(report).toMatchObject({ status: 'partial', accounts: { checked: 1, failed: 1 } });
    const failed = report.accountReports.find(({ result }) => result === 'failed');
    expect(failed?.reason).toContain('does not list this account');
    expect(report.providerErrors).toMatchObject([{ accountIds: [failed?.accountId], retryable: false }]);
    expect(both.accountIds).toContain(failed?.accountId);
  });

  it('that is down takes nothing from the others: the report is partial and the rest stands', async () => {
    const [north, south] = [await fixture.held('deb', 'north'), await fixture.held('deb', 'south')];
    await fixture.sandbox.hold(south.worldId, 'aapl', '13.7');
    await fixture.sandbox.fault({ provider: 'plaid', kind: 'status', status: 503, times: ALWAYS });
    const report = await fixture.reconciled('deb');
    expect(report).toMatchObject({ status: 'partial', accounts: { checked: 1, failed: 1 }, discrepancies: { opened: 1 }, providerErrors: [{ provider: 'plaid', connectionId: north.connectionId, accountIds: [north.accountId], code: 'provider_unreachable' }] });
    expect(new Map(report.accountReports.map(({ accountId, result }) => [accountId, result]))).toEqual(new Map([[north.accountId, 'failed'], [south.accountId, 'discrepant']]));
    const [completed] = await fixture.told('deb', 'ReconciliationCompleted');
    expect(completed?.data).toMatchObject({ status: 'partial', failuresInAll: 1, failures: [{ provider: 'plaid' }] });
  });

  it('is waited for longer each time: backoff within a call doubles, with jitter', async () => {
    await fixture.held('bac');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'itemGet', kind: 'status', status: 500, times: 3 });
    // What failed before must not have opened its breaker.
    const other = await fixture.only(await fixture.instance());
    expect(await fixture.reconciled('bac')).toMatchObject({ status: 'matched' });
    expect(fixture.slept).toHaveLength(3);
    fixture.slept.forEach((waited, index) => {
      expect(waited).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(waited).toBeLessThanOrEqual(500 * 2 ** index);
    });
    await other();
  });

  it('that fails a whole fetch is fetched anew by the run, each time later, and no more often than configured', async () => {
    await fixture.held('tri');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'itemGet', kind: 'status', status: 500, times: ALWAYS });
    const other = await fixture.only(await fixture.instance({ PLAID_RETRIES: '1' }, { random: () => 0.999 }));
    const began = performance.now();
    const report = await fixture.reconciled('tri');
    expect(report).toMatchObject({ status: 'failed', providerErrors: [{ code: 'provider_error', retryable: true, attempts: 3 }] });
    // Three fetches of two calls each; 100 ms before the second, 200 ms before the third.
    expect(await fixture.sandbox.asked('itemGet')).toHaveLength(6);
    expect(performance.now() - began).toBeGreaterThanOrEqual(295);
    await other();
  });

  it('that times out fails its accounts, with how long was waited, and no discrepancy is opened', async () => {
    await fixture.held('tom');
    await fixture.sandbox.fault({ provider: 'plaid', operation: 'accountsGet', kind: 'slow', delayMs: 60_000, times: ALWAYS });
    const replica = await fixture.instance({ RECONCILIATION_TIMEOUT: '400ms', RECONCILIATION_ATTEMPTS: '1' });
    const other = await fixture.only(replica);
    const report = await fixture.reconciled('tom');
    expect(report).toMatchObject({ status: 'failed', accounts: { checked: 0, failed: 1 }, providerErrors: [{ code: 'provider_unreachable', provider: 'plaid', retryable: true, attempts: 1, detail: 'plaid did not answer everything within 400 ms' }] });
    expect(await fixture.discrepancies('tom')).toEqual([]);
    await other();
  });
});
