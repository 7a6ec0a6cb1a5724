/** From the request to a removed connection, over NATS, on a real log and store. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectionsRpc as rpc } from '@tidemark/contracts';
import type { AccountDetails, RequestOf, RpcReply } from '@tidemark/contracts';
import { connectionRef, userRef } from '@tidemark/credentials';
import { waitUntil } from '@tidemark/testing';
import { finishAbandonedLinks } from '../background/abandoned-links.js';
import { startHarness } from '../testing/harness.fixture.js';
import type { Harness } from '../testing/harness.fixture.js';
import { revokeDue } from './revocation.js';

let house: Harness;
let users = 0;
let ada: string;

const details = (providerAccountId: string, more: Partial<AccountDetails> = {}): AccountDetails => ({ providerAccountId, name: `Account ${providerAccountId}`, officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD', ...more });

function value<T>(reply: RpcReply<T>): T {
  if (!reply.ok) throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  return reply.value;
}

async function request(institutionId: string, more: Partial<RequestOf<typeof rpc.requestConnection>> = {}, user = ada) {
  return value(await house.as(user)(rpc.requestConnection, { institutionId, ...more }));
}

async function linked(institutionId: string, proof: { publicToken: string } | { authorizationId: string }, user = ada) {
  const { id } = await request(institutionId, {}, user);
  return value(await house.as(user)(rpc.completeConnection, { connectionId: id, ...proof }));
}

/** Jumps over the time that a claim or a retry waits for. */
const hurry = () => house.parts.database.query(`UPDATE link_attempt SET claimed_until = now() - interval '1 second' WHERE claimed_until IS NOT NULL`).then(() => house.parts.database.query('UPDATE revocation SET next_attempt_at = now()'));

beforeAll(async () => { house = await startHarness(); }, 60_000);
afterAll(async () => { await house.close(); });
beforeEach(() => {
  ada = `ada-${(users += 1)}`;
  for (const provider of [house.plaid, house.snaptrade]) {
    provider.calls.length = 0;
    provider.failing = null;
    provider.meanwhile = async () => undefined;
    provider.tradingGranted = null;
    provider.accounts = [details('a'), details('b', { mask: '9876' })];
  }
});

describe('linking', () => {
  it.each([['Charles Schwab', 'snaptrade', true], ['fidelity', 'snaptrade', false], ['chase', 'plaid', false]])('%s goes through %s, trading %s', async (name, provider, trading) => {
    const requested = await request(name);
    expect(requested).toMatchObject({ provider, status: 'pending', link: { kind: provider === 'plaid' ? 'plaid_link' : 'snaptrade_portal' } });
    const done = value(await house.as(ada)(rpc.completeConnection, { connectionId: requested.id, ...(provider === 'plaid' ? { publicToken: `public-${ada}` } : { authorizationId: `auth-${ada}` }) }));
    expect(done.accounts.map((account) => account.capabilities.trading)).toEqual([trading, trading]);
  });

  it('is read back at once by whoever sends the position along', async () => {
    const { id } = await request('chase');
    const done = await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` });
    const after = done.ok ? (done.positions ?? []) : [];
    expect(after).not.toEqual([]);
    const list = await house.as(ada, { after })(rpc.listConnections, {});
    expect(list).toMatchObject({ ok: true, value: { items: [{ id, status: 'active', institutionName: 'Chase', lastSyncAt: null, staleness: null }], nextCursor: null } });
    expect(list).not.toHaveProperty('stale');
    expect(value(await house.as(ada, { after })(rpc.listAccounts, {})).items).toHaveLength(2);
  });

  it('pages through lists without repeating or skipping', async () => {
    for (const n of [1, 2, 3]) await linked('chase', { publicToken: `page-${ada}-${n}` });
    await waitUntil(async () => value(await house.as(ada)(rpc.listAccounts, {})).items.length === 6);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: { items: { id: string }[]; nextCursor: string | null } = value(await house.as(ada)(rpc.listAccounts, { limit: 4, ...(cursor ? { cursor } : {}) }));
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(6);
    const ofConnections = value(await house.as(ada)(rpc.listConnections, { limit: 1 })).nextCursor ?? '';
    expect(await house.as(ada)(rpc.listAccounts, { cursor: ofConnections })).toMatchObject({ ok: false, error: { errors: [{ field: 'cursor' }] } });
    expect(await house.as(ada)(rpc.listAccounts, { cursor: 'made-up' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'cursor' }] } });
  });

  it('refuses what cannot be, with the reason', async () => {
    expect(await house.as(ada)(rpc.requestConnection, { institutionId: 'Bank of Nowhere' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await house.as(ada)(rpc.requestConnection, { institutionId: 'fidelity', needTrading: true })).toMatchObject({ ok: false, error: { code: 'trading_not_supported' } });
    expect(await house.as(ada)(rpc.requestConnection, { institutionId: 'chase', provider: 'snaptrade' })).toMatchObject({ ok: false, error: { code: 'provider_not_available' } });
    const { id } = await request('chase');
    expect(await house.as(ada)(rpc.completeConnection, { connectionId: id })).toMatchObject({ ok: false, error: { code: 'validation_failed' } });
    expect(await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: 'x', code: 'y' })).toMatchObject({ ok: false, error: { code: 'validation_failed' } });
    expect(await house.as(ada)(rpc.completeConnection, { connectionId: id, authorizationId: 'x' })).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'publicToken' }] } });
  });

  it('leaves nothing behind when the provider is down', async () => {
    house.plaid.failing = 'startLink';
    expect(await house.as(ada)(rpc.requestConnection, { institutionId: 'chase' })).toMatchObject({ ok: false, error: { code: 'provider_unreachable', extra: { retryable: true } } });
    expect(value(await house.as(ada)(rpc.listConnections, {})).items).toEqual([]);
  });

  it('belongs to one user: to anybody else it is not there', async () => {
    const done = await linked('chase', { publicToken: `public-${ada}` });
    const mallory = house.as('mallory');
    const accountId = done.accounts[0]?.id ?? '';
    await waitUntil(async () => (await house.as(ada)(rpc.getAccount, { accountId })).ok);
    for (const reply of [
      await mallory(rpc.getConnection, { connectionId: done.id }),
      await mallory(rpc.completeConnection, { connectionId: done.id, publicToken: 'stolen' }),
      await mallory(rpc.reconnectConnection, { connectionId: done.id }),
      await mallory(rpc.removeConnection, { connectionId: done.id }),
      await mallory(rpc.observeAccounts, { connectionId: done.id, syncId: done.syncId, observedAt: new Date().toISOString(), accounts: [], complete: true }),
      await mallory(rpc.getAccount, { accountId }),
      await mallory(rpc.changeAccount, { accountId, name: 'mine now' }),
    ]) expect(reply).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});

describe('a user at a provider with users', () => {
  it('is registered once, however many links begin at the same time', async () => {
    house.snaptrade.meanwhile = async (operation) => { if (operation === 'registerUser') await new Promise((resolve) => setTimeout(resolve, 150)); };
    await Promise.all([request('schwab'), request('fidelity'), request('etrade')]);
    expect(house.snaptrade.count('registerUser')).toBe(1);
    expect(await house.parts.credentials.get(userRef('snaptrade', ada))).toEqual({ userId: ada, userSecret: `user-secret-of-${ada}` });
  });

  it('has a secret in the store before the login link is made', async () => {
    let stored: unknown = null;
    house.snaptrade.meanwhile = async (operation) => { if (operation === 'startLink') stored = await house.parts.credentials.get(userRef('snaptrade', ada)); };
    await request('schwab');
    expect(stored).not.toBeNull();
  });
});

describe('completing', () => {
  it('again with the same proof gives the same answer and asks nobody; with another it is a conflict', async () => {
    const first = await linked('chase', { publicToken: `public-${ada}` });
    const again = value(await house.as(ada)(rpc.completeConnection, { connectionId: first.id, publicToken: `public-${ada}` }));
    expect(again).toEqual(first);
    expect(house.plaid.count('completeLink')).toBe(1);
    expect(await house.as(ada)(rpc.completeConnection, { connectionId: first.id, publicToken: 'another' })).toMatchObject({ ok: false, error: { code: 'conflict', detail: expect.stringContaining('reconnect') } });
  });

  it('twice at the same time spends one token', async () => {
    const { id } = await request('chase');
    const both = await Promise.all([1, 2].map(() => house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` })));
    expect(both.filter((reply) => reply.ok).length).toBeGreaterThanOrEqual(1);
    expect(both.filter((reply) => !reply.ok).every((reply) => !reply.ok && reply.error.code === 'conflict')).toBe(true);
    expect(house.plaid.count('completeLink')).toBe(1);
  });

  it('that failed at the provider may be tried again at once', async () => {
    const { id } = await request('chase');
    house.plaid.failing = 'completeLink';
    expect(await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` })).toMatchObject({ ok: false, error: { code: 'provider_unreachable' } });
    house.plaid.failing = null;
    expect(value(await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` }))).toMatchObject({ status: 'active' });
  });

  it('keeps secrets out of the log, the events and the answers', async () => {
    const done = await linked('schwab', { authorizationId: `auth-${ada}` });
    const events = JSON.stringify(await house.parts.log.readStream(ada, `connection-${done.id}`));
    for (const text of [events, JSON.stringify(done), house.lines.join('')]) expect(text).not.toMatch(/access-secret|user-secret|client-secret/);
    expect(await house.parts.credentials.get(connectionRef(done.id))).toEqual({ accessToken: `access-secret-auth-${ada}` });
  });
});

describe('a crash after the credential was stored and before the event', () => {
  /** The append fails as it does when the process dies or the database goes away. */
  async function crashedLink() {
    const { id } = await request('chase');
    const { log } = house.parts;
    const transaction = log.transaction.bind(log);
    log.transaction = () => Promise.reject(new Error('the process died'));
    try {
      expect(await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` })).toMatchObject({ ok: false, error: { code: 'internal' } });
    } finally {
      log.transaction = transaction;
    }
    expect(await house.parts.credentials.get(connectionRef(id))).not.toBeNull();
    await hurry();
    return id;
  }

  it('is made good by the same request, without spending the token again', async () => {
    const id = await crashedLink();
    const done = value(await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` }));
    expect(done).toMatchObject({ status: 'active', accounts: [{}, {}] });
    expect(house.plaid.count('completeLink')).toBe(1);
  });

  it('is made good in the background when nobody asks again', async () => {
    const id = await crashedLink();
    expect(await finishAbandonedLinks(house.parts)).toBe(1);
    await waitUntil(async () => value(await house.as(ada)(rpc.getConnection, { connectionId: id })).status === 'active');
    expect(await finishAbandonedLinks(house.parts)).toBe(0);
  });

  it('does not leave a secret behind when the connection is removed instead', async () => {
    const id = await crashedLink();
    value(await house.as(ada)(rpc.removeConnection, { connectionId: id }));
    expect(await house.parts.credentials.get(connectionRef(id))).toBeNull();
    expect(house.plaid.count('revoke')).toBe(1);
    await finishAbandonedLinks(house.parts);
  });

  it('nor when the connection is removed while the provider is being asked', async () => {
    const { id } = await request('chase');
    house.plaid.meanwhile = async (operation) => { if (operation === 'completeLink') value(await house.as(ada)(rpc.removeConnection, { connectionId: id })); };
    expect(await house.as(ada)(rpc.completeConnection, { connectionId: id, publicToken: `public-${ada}` })).toMatchObject({ ok: false, error: { code: 'connection_not_active' } });
    await revokeDue(house.parts);
    expect(await house.parts.credentials.get(connectionRef(id))).toBeNull();
    expect(house.plaid.count('revoke')).toBe(1);
  });
});

describe('linking again', () => {
  it('mends the same connection and names a new sync', async () => {
    const first = await linked('schwab', { authorizationId: `auth-${ada}` });
    const link = value(await house.as(ada)(rpc.reconnectConnection, { connectionId: first.id }));
    expect(link.link.kind).toBe('snaptrade_portal');
    expect((house.snaptrade.calls.at(-1)?.detail as { existing?: object }).existing).toEqual({ accessToken: `access-secret-auth-${ada}` });
    const again = value(await house.as(ada)(rpc.completeConnection, { connectionId: first.id, authorizationId: `auth-${ada}` }));
    expect(again.syncId).not.toBe(first.syncId);
    expect(value(await house.as(ada)(rpc.completeConnection, { connectionId: first.id, authorizationId: `auth-${ada}` })).syncId).toBe(again.syncId);
  });

  it('revokes the old link where the provider made a new one', async () => {
    const first = await linked('chase', { publicToken: `public-${ada}` });
    const old = [...house.plaid.links].find(([, user]) => user === ada)?.[0] ?? '';
    value(await house.as(ada)(rpc.reconnectConnection, { connectionId: first.id }));
    value(await house.as(ada)(rpc.completeConnection, { connectionId: first.id, publicToken: `second-${ada}` }));
    await revokeDue(house.parts);
    expect(house.plaid.calls.filter((call) => call.operation === 'revoke').map((call) => call.detail)).toEqual([old]);
    expect(await house.parts.credentials.refsOfUser(ada)).toEqual([connectionRef(first.id)]);
  });
});

describe('removal', () => {
  it('revokes at the provider and destroys the credential; doing it again changes nothing', async () => {
    const done = await linked('chase', { publicToken: `public-${ada}` });
    const removed = await house.as(ada)(rpc.removeConnection, { connectionId: done.id });
    expect(house.plaid.count('revoke')).toBe(1);
    expect(await house.parts.credentials.refsOfUser(ada)).toEqual([]);
    const after = removed.ok ? (removed.positions ?? []) : [];
    expect(value(await house.as(ada, { after })(rpc.getConnection, { connectionId: done.id })).status).toBe('disconnected');
    expect(value(await house.as(ada, { after })(rpc.listAccounts, {})).items.map((account) => account.status)).toEqual(['disconnected', 'disconnected']);
    expect((await house.as(ada)(rpc.removeConnection, { connectionId: done.id })).ok).toBe(true);
    expect(house.plaid.count('revoke')).toBe(1);
  });

  it('while the provider is down: disconnected at once, the credential kept until the provider agreed', async () => {
    const done = await linked('chase', { publicToken: `public-${ada}` });
    house.plaid.failing = 'revoke';
    expect((await house.as(ada)(rpc.removeConnection, { connectionId: done.id })).ok).toBe(true);
    expect(await house.parts.credentials.get(connectionRef(done.id))).not.toBeNull();
    expect(house.lines.some((line) => line.includes('could not be revoked at its provider yet'))).toBe(true);
    house.plaid.failing = null;
    await hurry();
    await revokeDue(house.parts);
    expect(await house.parts.credentials.get(connectionRef(done.id))).toBeNull();
  });

  it('with erasure of the last connection deletes the provider\'s user and its secret, and not before', async () => {
    const [one, two] = [await linked('schwab', { authorizationId: `one-${ada}` }), await linked('fidelity', { authorizationId: `two-${ada}` })];
    await waitUntil(async () => value(await house.as(ada)(rpc.listConnections, {})).items.length === 2);
    const first = await house.as(ada)(rpc.removeConnection, { connectionId: one.id, erase: true });
    expect(await house.parts.credentials.get(userRef('snaptrade', ada))).not.toBeNull();
    const after = first.ok ? (first.positions ?? []) : [];
    expect(await house.as(ada, { after })(rpc.getConnection, { connectionId: one.id })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    value(await house.as(ada)(rpc.removeConnection, { connectionId: two.id, erase: true }));
    expect(await house.parts.credentials.refsOfUser(ada)).toEqual([]);
    expect(house.snaptrade.count('deleteUser')).toBe(1);
  });
});
