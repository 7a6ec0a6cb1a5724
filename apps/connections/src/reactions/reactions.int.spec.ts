/** What the log `sync` and the user do to connections and accounts, from event to answer. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectionsRpc as rpc } from '@tidemark/contracts';
import type { AccountDetails, RpcReply } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { importCatalogues } from '../institutions/import-catalogue.js';
import { startHarness } from '../testing/harness.fixture.js';
import type { Harness } from '../testing/harness.fixture.js';

let house: Harness;
let users = 0;
let ada: string;

const details = (providerAccountId: string, more: Partial<AccountDetails> = {}): AccountDetails => ({ providerAccountId, name: `Account ${providerAccountId}`, officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD', ...more });

function value<T>(reply: RpcReply<T>): T {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}

async function linked(institutionId: string, proof: { publicToken: string } | { authorizationId: string }, provider?: string) {
  const { id } = value(await house.as(ada)(rpc.requestConnection, { institutionId, ...(provider ? { provider } : {}) }));
  return value(await house.as(ada)(rpc.completeConnection, { connectionId: id, ...proof }));
}

const of = (connectionId: string, provider = 'plaid') => ({ userId: ada, connectionId, syncId: newId(), provider });
const failed = (connectionId: string, errorClass: 'retry' | 'relink' | 'final', retryAt: string | null = null) => {
  const code = errorClass === 'relink' ? 'provider_auth' : 'provider_unreachable';
  return house.sync(ada, `connection-sync-${connectionId}`, 'SyncFailed', { ...of(connectionId), code, class: errorClass, detail: 'no', retryable: errorClass === 'retry', retryAt, attempt: 1 });
};
const completed = (connectionId: string, provider = 'plaid') =>
  house.sync(ada, `connection-sync-${connectionId}`, 'SyncCompleted', { ...of(connectionId, provider), accounts: 1, snapshots: 1, transactions: 0, durationMs: 5, notes: [] });
const webhook = (connectionId: string, action: string, by: string | null = null) =>
  house.sync(ada, `webhook-plaid-${newId()}`, 'WebhookReceived', { userId: ada, connectionId, provider: 'plaid', kind: 'ITEM/X', providerConnectionId: 'item', sentAt: null, action, by, body: {} });
const snapshot = (accountId: string, provider: string, holdings: Record<string, string>, connectionId: string | null = null) =>
  house.sync(ada, `account-${accountId}`, 'BalanceSnapshotCaptured', {
    snapshotId: newId(), userId: ada, connectionId, accountId, provider, syncId: null, capturedAt: new Date().toISOString(), providerAsOf: null,
    source: provider === 'manual' ? 'manual_entry' : 'account_sync', currency: 'USD', totals: { balance: null }, balances: Object.entries(holdings).map(([asset, quantity]) => ({ asset, quantity })), providerMetadata: {},
  });
const status = async (connectionId: string) => value(await house.as(ada)(rpc.getConnection, { connectionId })).status;
const becomes = (connectionId: string, wanted: string) => waitUntil(async () => (await status(connectionId)) === wanted, { describe: `the connection to be ${wanted}` });
const account = async (accountId: string) => value(await house.as(ada)(rpc.getAccount, { accountId }));
const events = async (connectionId: string) => (await house.parts.log.readStream(ada, `connection-${connectionId}`)).map((event) => event.type).filter((type) => /^Connection(Deg|Res|Rem)|^Reauth/.test(type));

beforeAll(async () => { house = await startHarness(); }, 60_000);
afterAll(async () => { await house.close(); });
beforeEach(() => {
  ada = `ada-${(users += 1)}`;
  house.plaid.accounts = [details('a')];
  house.snaptrade.accounts = [details('s')];
});

describe('the health of a connection follows its syncs', () => {
  it('degrades once, asks for a sign-in, is restored, and tells the last sync and error', async () => {
    const { id } = await linked('chase', { publicToken: `p-${ada}` });
    const after = await failed(id, 'retry', new Date().toISOString());
    const once = value(await house.as(ada, { after })(rpc.getConnection, { connectionId: id }));
    expect(once).toMatchObject({ status: 'active', lastError: { code: 'provider_unreachable', retryable: true } });
    await failed(id, 'retry');
    await becomes(id, 'degraded');
    await failed(id, 'retry');
    await failed(id, 'relink');
    await becomes(id, 'reauth_required');
    expect(value(await house.as(ada)(rpc.getConnection, { connectionId: id }))).toMatchObject({ lastSyncAt: null, lastError: { code: 'provider_auth', retryable: false } });
    await completed(id);
    await becomes(id, 'active');
    expect(await events(id)).toEqual(['ConnectionDegraded', 'ReauthenticationRequired', 'ConnectionRestored']);
    expect(value(await house.as(ada)(rpc.getConnection, { connectionId: id }))).toMatchObject({ lastError: null, staleness: expect.any(Number), lastSyncAt: expect.stringMatching(/Z$/) });
  });

  it('follows webhooks: a sign-in, a repair, a warning until the next good sync, a removal', async () => {
    const { id } = await linked('chase', { publicToken: `p-${ada}` });
    await webhook(id, 'reauth_required');
    await becomes(id, 'reauth_required');
    await webhook(id, 'restored');
    await becomes(id, 'active');
    await webhook(id, 'expiring', '2026-12-01T00:00:00.000Z');
    await becomes(id, 'degraded');
    await completed(id);
    await becomes(id, 'active');
    await webhook(id, 'ignore');
    await webhook(id, 'removed');
    await becomes(id, 'disconnected');
    expect(await events(id)).toEqual(['ReauthenticationRequired', 'ConnectionRestored', 'ConnectionDegraded', 'ConnectionRestored', 'ConnectionRemoved']);
    const { rowCount } = await house.parts.database.query('SELECT 1 FROM revocation WHERE user_id = $1', [ada]);
    expect(rowCount).toBe(1);
  });

  it('says when the next refresh is free, exactly 24 h after the newest that was billed', async () => {
    const { id } = await linked('chase', { publicToken: `p-${ada}` });
    const [first, second] = [of(id), of(id)];
    const cost = { amount: '0.01', currency: 'USD' };
    const at = new Date(Date.now() - 3_600_000).toISOString();
    await house.sync(ada, `refresh-${id}`, 'RefreshCostReserved', { ...first, cost, override: false }, at);
    await house.sync(ada, `refresh-${id}`, 'RefreshCostReserved', { ...second, cost, override: true });
    const after = await house.sync(ada, `refresh-${id}`, 'RefreshCostSettled', { ...second, cost: { amount: '0', currency: 'USD' }, billed: false });
    const found = value(await house.as(ada, { after })(rpc.getConnection, { connectionId: id }));
    expect(found.nextFreeRefreshAt).toBe(new Date(Date.parse(at) + 86_400_000).toISOString());
  });
});

describe('accounts', () => {
  it('are discovered, changed and closed as syncs see them', async () => {
    const { id, syncId } = await linked('chase', { publicToken: `p-${ada}` });
    const seen = { connectionId: id, syncId, observedAt: new Date().toISOString(), complete: true };
    const reply = await house.as(ada)(rpc.observeAccounts, { ...seen, accounts: [details('n', { name: 'New' })] });
    expect(value(reply).accounts.map((one) => [one.providerAccountId, one.status])).toEqual([['a', 'closed'], ['n', 'active']]);
    const after = reply.ok ? (reply.positions ?? []) : [];
    expect(value(await house.as(ada, { after })(rpc.listAccounts, {})).items.map((one) => [one.name, one.status])).toEqual([['Account a', 'closed'], ['New', 'active']]);
    expect(await house.as(ada)(rpc.observeAccounts, { ...seen, accounts: [details('x'), details('x')] })).toMatchObject({ ok: false, error: { code: 'validation_failed' } });
  });

  it('are named and left out of totals by the user', async () => {
    const { accounts } = await linked('chase', { publicToken: `p-${ada}` });
    const accountId = accounts[0]?.id ?? '';
    await waitUntil(async () => (await house.as(ada)(rpc.getAccount, { accountId })).ok);
    const changed = await house.as(ada)(rpc.changeAccount, { accountId, name: 'Nest egg', countInTotals: false });
    expect(value(changed)).toMatchObject({ name: 'Nest egg', countInTotals: false });
    const after = changed.ok ? (changed.positions ?? []) : [];
    expect(value(await house.as(ada, { after })(rpc.getAccount, { accountId }))).toMatchObject({ name: 'Nest egg', countInTotals: false });
    expect(value(await house.as(ada, { after })(rpc.changeAccount, { accountId, name: null }))).toMatchObject({ name: 'Account a' });
    expect(await house.as(ada, { after })(rpc.changeAccount, { accountId, name: '   ' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'name' }] } });
    expect(await house.as(ada, { after })(rpc.changeAccount, { accountId, timeZone: 'Europe/Nowhere' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'timeZone' }] } });
    const moved = await house.as(ada, { after })(rpc.changeAccount, { accountId, timeZone: 'europe/london' });
    expect(value(moved).timeZone).toBe('Europe/London');
    expect(value(await house.as(ada, { after: moved.ok ? (moved.positions ?? []) : [] })(rpc.getAccount, { accountId })).timeZone).toBe('Europe/London');
    expect(await house.as(ada)(rpc.changeAccount, { accountId, duplicateOf: newId() })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'duplicateOf' }] } });
  });

  it('may be kept by hand', async () => {
    const made = await house.as(ada)(rpc.createManualAccount, { name: 'Gold in the safe', type: 'other', currency: 'EUR' });
    expect(value(made)).toMatchObject({ connectionId: null, institution: null, provider: 'manual', status: 'active', asOf: null, capabilities: { trading: false } });
    const after = [...(made.ok ? (made.positions ?? []) : []), ...(await snapshot(value(made).id, 'manual', { 'currency:EUR': '5' }))];
    expect(value(await house.as(ada, { after })(rpc.getAccount, { accountId: value(made).id })).asOf).not.toBeNull();
    expect(await house.as(ada)(rpc.createManualAccount, { name: 'x', type: 'other', currency: 'XQQ' })).toMatchObject({ ok: false, error: { errors: [{ field: 'currency' }] } });
  });
});

describe('the same real account through both providers', () => {
  const holdings = { 'equity:AAPL': '100', 'etf:VTI': '12.5', 'currency:USD': '10' };

  async function linkedTwice() {
    const [one, two] = [await linked('schwab', { authorizationId: `s-${ada}` }), await linked('schwab', { publicToken: `p-${ada}` }, 'plaid')];
    const ids = { snaptrade: one.accounts[0]?.id ?? '', plaid: two.accounts[0]?.id ?? '' };
    await snapshot(ids.snaptrade, 'snaptrade', holdings, one.id);
    await snapshot(ids.plaid, 'plaid', holdings, two.id);
    await completed(one.id, 'snaptrade');
    await completed(two.id);
    await waitUntil(async () => (await account(ids.plaid)).duplicateOf === ids.snaptrade, { describe: 'the duplicate to be flagged' });
    return { ...ids, connectionId: one.id };
  }

  it('counts through snaptrade; when that link is removed, through plaid again', async () => {
    const { snaptrade, plaid, connectionId } = await linkedTwice();
    expect((await account(snaptrade)).duplicateOf).toBeNull();
    expect((await account(plaid)).countsFrom).toBeNull();
    value(await house.as(ada)(rpc.removeConnection, { connectionId }));
    await waitUntil(async () => (await account(plaid)).countsFrom !== null, { describe: 'the other link to be gone' });
    // The flag stands: before, snaptrade's days count, and both are one real account.
    expect((await account(plaid)).duplicateOf).toBe(snaptrade);
  });

  it('is followed by the account that is linked again, until the user says that they are two', async () => {
    const { snaptrade, plaid, connectionId } = await linkedTwice();
    value(await house.as(ada)(rpc.removeConnection, { connectionId }));
    value(await house.as(ada)(rpc.removeConnection, { connectionId: (await account(plaid)).connectionId ?? '' }));
    const again = await linked('schwab', { authorizationId: `again-${ada}` });
    const accountId = again.accounts[0]?.id ?? '';
    await snapshot(accountId, 'snaptrade', holdings, again.id);
    await completed(again.id, 'snaptrade');
    await waitUntil(async () => (await account(accountId)).duplicateOf === plaid, { describe: 'the new link to follow' });
    expect(await account(accountId)).toMatchObject({ status: 'active', countsFrom: expect.any(String) });
    expect((await account(plaid)).duplicateOf).toBe(snaptrade);
    // It counts as it is: to say so takes nothing back.
    expect(value(await house.as(ada)(rpc.changeAccount, { accountId, countInTotals: true }))).toMatchObject({ duplicateOf: plaid, countsFrom: expect.any(String) });
    const two = await house.as(ada)(rpc.changeAccount, { accountId, duplicateOf: null });
    expect(value(two)).toMatchObject({ duplicateOf: null, countsFrom: null });
    const back = await house.as(ada, { after: two.ok ? (two.positions ?? []) : [] })(rpc.changeAccount, { accountId, duplicateOf: plaid });
    expect(value(back)).toMatchObject({ duplicateOf: plaid, countsFrom: expect.any(String) });
  });

  it('may be turned round by the user, at once and for good', async () => {
    const { snaptrade, plaid } = await linkedTwice();
    expect(await house.as(ada)(rpc.changeAccount, { accountId: snaptrade, duplicateOf: snaptrade })).toMatchObject({ ok: false, error: { code: 'validation_failed' } });
    const turned = await house.as(ada)(rpc.changeAccount, { accountId: snaptrade, duplicateOf: plaid });
    const after = turned.ok ? (turned.positions ?? []) : [];
    const items = value(await house.as(ada, { after })(rpc.listAccounts, {})).items;
    expect(Object.fromEntries(items.map((one) => [one.id, one.duplicateOf]))).toEqual({ [snaptrade]: plaid, [plaid]: null });
    const position = await completed(value(await house.as(ada)(rpc.listConnections, {})).items[0]?.id ?? '', 'snaptrade');
    await waitUntil(async () => (await house.parts.database.query('SELECT 1 FROM projection.checkpoint WHERE projection = $1 AND log = $2 AND partition = $3 AND position >= $4', ['flag-duplicates', 'sync', position[0]?.partition, position[0]?.position])).rowCount > 0);
    expect((await account(snaptrade)).duplicateOf).toBe(plaid);
    expect((await account(plaid)).duplicateOf).toBeNull();
  });
});

describe('settings', () => {
  it('have defaults, are checked, and are read back', async () => {
    expect(value(await house.as(ada)(rpc.getSettings, {}))).toEqual({ baseCurrency: 'USD', timeZone: 'America/New_York' });
    const changed = await house.as(ada)(rpc.changeSettings, { baseCurrency: 'EUR' });
    const after = changed.ok ? (changed.positions ?? []) : [];
    expect(value(await house.as(ada, { after })(rpc.getSettings, {}))).toEqual({ baseCurrency: 'EUR', timeZone: 'America/New_York' });
    for (const wrong of [{ baseCurrency: 'XQQ' }, { timeZone: 'Mars/Olympus' }, { timeZone: '+01:00' }]) {
      expect(await house.as(ada)(rpc.changeSettings, wrong)).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: Object.keys(wrong)[0] }] } });
    }
  });
});

describe('the catalogue of institutions', () => {
  const search = async (query: object) => value(await house.as(ada)(rpc.listInstitutions, query)).items;

  it('knows the coverage map from the start, popular ones first', async () => {
    expect((await search({ query: 'schwab' }))[0]).toMatchObject({ id: 'charles-schwab', preferredProvider: 'snaptrade', fallbackProvider: 'plaid', popular: true, capabilities: { trading: true, realtime: true } });
    expect((await search({ query: 'e*trade' }))[0]?.id).toBe('etrade');
    expect((await search({ popular: true, limit: 500 })).every((one) => one.popular)).toBe(true);
    expect(await search({ query: '***' })).toEqual([]);
  });

  it('takes in the providers\' catalogues, keeps namesakes apart, survives a failure, and can be linked from', async () => {
    const bank = (providerInstitutionId: string, name: string) => ({ providerInstitutionId, name, type: 'bank' as const, tradingAllowed: false });
    house.plaid.catalogue = [bank('ins_56', 'Chase'), bank('ins_1', 'First National Bank'), bank('ins_2', 'First National Bank'), bank('ins_3', 'Harbour Invest'), bank('ins_9', 'Empower')];
    house.snaptrade.catalogue = [{ ...bank('HARBOUR', 'Harbour Invest'), type: 'brokerage', tradingAllowed: true }];
    house.plaid.failing = 'institutions';
    await expect(importCatalogues(house.parts, 1_000)).rejects.toThrow(/plaid: provider_unreachable/);
    house.plaid.failing = null;
    await importCatalogues(house.parts, 1_000);
    expect((await search({ query: 'first national' })).map((one) => one.id).sort()).toEqual(['plaid:ins_1', 'plaid:ins_2']);
    expect(await search({ query: 'chase' })).toHaveLength(1);
    expect(await search({ query: 'Harbour' })).toMatchObject([{ id: 'plaid:ins_3', preferredProvider: 'plaid', fallbackProvider: 'snaptrade', capabilities: { trading: true } }]);
    const traded = value(await house.as(ada)(rpc.requestConnection, { institutionId: 'plaid:ins_3', needTrading: true }));
    expect(traded).toMatchObject({ provider: 'snaptrade', institutionName: 'Harbour Invest' });
    expect(house.snaptrade.calls.findLast((call) => call.operation === 'startLink')?.detail).toMatchObject({ providerInstitutionId: 'HARBOUR', trading: true });
    value(await house.as(ada)(rpc.requestConnection, { institutionId: 'empower' }));
    expect(house.plaid.calls.findLast((call) => call.operation === 'startLink')?.detail).toMatchObject({ providerInstitutionId: 'ins_9' });
    expect(await house.as(ada)(rpc.requestConnection, { institutionId: 'First National Bank' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});
