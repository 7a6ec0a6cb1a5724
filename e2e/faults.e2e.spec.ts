/**
 * What goes wrong at providers and on the way from them, over the whole stack ("Must be shown" 4 of the main job): webhooks that are
 * forged, stale, replayed or out of order; time-outs, limits, server errors, half and broken answers, strange values. Each ends in the
 * right class of error, nothing is lost or half done, and in the end no log line, event or answer holds any secret that was used.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { connectionsRpc, snapshotsRpc, syncRpc } from '@tidemark/contracts';
import { openDatabase } from '@tidemark/postgres';
import { waitUntil } from '@tidemark/testing';
import { Client } from './client.js';
import { startStack } from './stack.js';
import type { Stack } from './stack.js';

let stack: Stack;
let user: Client;
let snap: Awaited<ReturnType<Client['link']>>;
let plaid: Awaited<ReturnType<Client['link']>>;
/** Private keys and addresses that people gave. */
const brought: string[] = [];

beforeAll(async () => {
  stack = await startStack({ without: ['history'], env: { sync: { SYNC_BACKOFF: '400ms', SYNC_POLL: '100ms', PLAID_TIMEOUT_MS: '1000', SNAPTRADE_TIMEOUT_MS: '1000', PLAID_RETRIES: '1', SNAPTRADE_RETRIES: '1', PLAID_BREAKER_MS: '1500', SNAPTRADE_BREAKER_MS: '1500', SYNC_ATTEMPTS: '2' } } });
  user = await Client.of(stack, 'faulty');
  await user.calmSandbox();
  snap = await user.link('fidelity');
  plaid = await user.link('empower');
}, 120_000);
afterAll(async () => { await stack?.close(); }, 60_000);

async function refreshed(id: string): Promise<syncRpc.Sync> {
  const { syncId } = await waitUntil(async () => {
    const answer = await user.call<{ syncId: string }>('POST', `/connections/${id}/refresh`, { acceptCost: true });
    return answer.status === 202 ? answer.body : null;
  }, { timeoutMs: 20_000, everyMs: 200, describe: `a refresh of ${id} to be taken` });
  return user.synced(syncId);
}

const snapshotCount = async (): Promise<number> => {
  const { accounts } = await user.must<snapshotsRpc.PortfolioBalances>('GET', '/portfolio/balances');
  const lists = await Promise.all(accounts.map((account) => user.must<{ items: unknown[] }>('GET', `/accounts/${account.accountId}/snapshots`)));
  return lists.reduce((sum, list) => sum + list.items.length, 0);
};

describe('a provider that fails', () => {
  const cases: [string, 'plaid' | 'snaptrade', Record<string, unknown>, string][] = [
    ['does not answer', 'plaid', { operation: 'investmentsHoldingsGet', kind: 'timeout' }, 'provider_unreachable'],
    ['cuts the connection', 'snaptrade', { operation: 'getAllAccountPositions', kind: 'reset' }, 'provider_unreachable'],
    ['limits us', 'snaptrade', { operation: 'getAllAccountPositions', kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 'provider_rate_limited'],
    ['answers 500', 'plaid', { operation: 'investmentsHoldingsGet', kind: 'status', status: 500 }, 'provider_error'],
    ['is cut off in the middle of an answer', 'plaid', { operation: 'investmentsHoldingsGet', kind: 'partial' }, 'provider_unreachable'],
    ['answers what is no JSON', 'snaptrade', { operation: 'getAllAccountPositions', kind: 'malformed' }, 'provider_malformed'],
    ['answers without a field that must be there', 'plaid', { operation: 'investmentsHoldingsGet', kind: 'status', status: 200, body: { accounts: [], item: {} } }, 'provider_malformed'],
  ];

  it.each(cases)('%s (%s): no snapshot, the right code, and all is well once it answers again', async (_what, provider, fault, code) => {
    const { id } = provider === 'plaid' ? plaid.connection : snap.connection;
    const before = await snapshotCount();
    await user.control('POST', '/faults', { provider, times: 50, ...fault });
    const failed = await refreshed(id);
    expect(failed).toMatchObject({ status: 'failed', counts: { snapshots: 0 }, error: { code } });
    expect(failed.error?.detail.length).toBeGreaterThan(10);
    expect(await snapshotCount()).toBe(before);
    await waitUntil(async () => (await user.must<connectionsRpc.Connection>('GET', `/connections/${id}`)).lastError?.code === code, { describe: 'the connection to show the error' });
    await user.control('DELETE', '/faults');
    const well = await refreshed(id);
    expect(well.status).toBe('completed');
    await waitUntil(async () => (await user.must<connectionsRpc.Connection>('GET', `/connections/${id}`)).status === 'active', { describe: 'the connection to be active again' });
  }, 90_000);

  it('a login that broke needs the person, and is whole again after they have linked anew', async () => {
    const { id } = plaid.connection;
    await user.control('POST', '/faults', { provider: 'plaid', operation: 'investmentsHoldingsGet', kind: 'status', code: 'ITEM_LOGIN_REQUIRED', status: 400, times: 20 });
    const failed = await refreshed(id);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'provider_auth', retryable: false } });
    await waitUntil(async () => (await user.must<connectionsRpc.Connection>('GET', `/connections/${id}`)).status === 'reauth_required', { describe: 'reauth_required' });
    expect(await user.call('POST', `/connections/${id}/refresh`, { acceptCost: true })).toMatchObject({ status: 409, body: { code: 'reauth_required' } });
    await user.control('DELETE', '/faults');
    const again = await user.must<connectionsRpc.LinkedConnection>('POST', `/connections/${id}/reconnect`, {});
    const proof = await user.control('POST', '/links/approve', { link: again.link });
    const completed = await user.must<connectionsRpc.CompletedConnection>('POST', `/connections/${id}/complete`, proof);
    expect((await user.synced(completed.syncId)).status).toBe('completed');
    await waitUntil(async () => (await user.must<connectionsRpc.Connection>('GET', `/connections/${id}`)).status === 'active', { describe: 'active again' });
  }, 60_000);

  it('numbers of any size pass without losing a digit, and what is unknown is kept as it is', async () => {
    await user.changeWorld((world) => {
      const holding = world.accounts.find((one) => one.id === 'ada-fidelity-brokerage')?.holdings?.[0];
      if (!holding) throw new Error('the demo world has changed');
      holding.quantity = '123456789012345678.000000000000000001';
    });
    expect((await refreshed(snap.connection.id)).status).toBe('completed');
    await waitUntil(async () => {
      const { accounts } = await user.must<snapshotsRpc.PortfolioBalances>('GET', '/portfolio/balances');
      return accounts.some((one) => one.snapshot?.balances.some((line) => line.quantity === '123456789012345678.000000000000000001'));
    }, { describe: 'the quantity, digit for digit' });
  }, 60_000);
});

describe('webhooks', () => {
  interface Delivered { delivered: { status: number }[] }

  it('a true one is taken, starts a sync, and is not acted on twice', async () => {
    const { authorizations, items } = await user.control<{ authorizations: { id: string }[]; items: { id: string; itemId?: string }[] }>('GET', '/links');
    expect(authorizations.length).toBeGreaterThan(0);
    const item = items[0]?.itemId ?? items[0]?.id ?? '';
    const before = await events('SyncStarted');
    const sent = await user.control<Delivered>('POST', '/webhooks/plaid', { type: 'HOLDINGS', code: 'DEFAULT_UPDATE', item, url: `${stack.apiUrl}/api/v1/webhooks/plaid`, repeat: 3 });
    expect(sent.delivered.map((one) => one.status)).toEqual([200, 200, 200]);
    await waitUntil(async () => (await events('SyncStarted')) === before + 1, { describe: 'one sync for three deliveries' });
    expect(await events('WebhookReceived', 'HOLDINGS/DEFAULT_UPDATE')).toBe(1);
  }, 30_000);

  it.each([
    ['plaid', { forge: 'signature' }], ['plaid', { forge: 'body' }], ['plaid', { forge: 'alg' }], ['plaid', { staleBySeconds: 400 }],
    ['snaptrade', { forge: 'signature' }], ['snaptrade', { forge: 'body' }], ['snaptrade', { staleBySeconds: 400 }],
  ] as const)('one from %s that is %j is refused with 401 and leaves no trace', async (provider, more) => {
    const { authorizations, items } = await user.control<{ authorizations: { id: string; authorizationId?: string }[]; items: { id: string; itemId?: string }[] }>('GET', '/links');
    const before = await events('WebhookReceived');
    const body = provider === 'plaid'
      ? { type: 'HOLDINGS', code: 'DEFAULT_UPDATE', item: items[0]?.itemId ?? items[0]?.id, url: `${stack.apiUrl}/api/v1/webhooks/plaid`, ...more }
      : { eventType: 'ACCOUNT_HOLDINGS_UPDATED', authorization: authorizations[0]?.authorizationId ?? authorizations[0]?.id, account: 'ada-fidelity-brokerage', url: `${stack.apiUrl}/api/v1/webhooks/snaptrade`, ...more };
    const sent = await user.control<Delivered>('POST', `/webhooks/${provider}`, body);
    expect(sent.delivered.map((one) => one.status)).toEqual([401]);
    expect(await events('WebhookReceived')).toBe(before);
  });

  it('out of order ones do no harm: the connection ends as it is', async () => {
    const { items } = await user.control<{ items: { id: string; itemId?: string }[] }>('GET', '/links');
    const item = items[0]?.itemId ?? items[0]?.id ?? '';
    for (const code of ['LOGIN_REPAIRED', 'PENDING_EXPIRATION', 'LOGIN_REPAIRED']) {
      await user.control('POST', '/webhooks/plaid', { type: 'ITEM', code, item, url: `${stack.apiUrl}/api/v1/webhooks/plaid`, ...(code === 'PENDING_EXPIRATION' ? { fields: { consent_expiration_time: '2027-01-01T00:00:00Z' } } : {}) });
    }
    expect((await refreshed(plaid.connection.id)).status).toBe('completed');
    await waitUntil(async () => (await user.must<connectionsRpc.Connection>('GET', `/connections/${plaid.connection.id}`)).status === 'active', { describe: 'the connection to end active' });
  }, 30_000);
});

describe('exchanges', () => {
  interface Proof { credentials: Record<string, string> }
  let trader: Client;

  /** @returns what the person brings, kept for the search for secrets at the end */
  async function approved(link: connectionsRpc.Link): Promise<Proof> {
    const proof = await trader.control<Proof>('POST', '/links/approve', { link });
    brought.push(...Object.entries(proof.credentials).filter(([name]) => name !== 'keyName').flatMap(([, text]) => text.split('\n').filter((line) => line.length > 20 && !line.startsWith('---'))));
    return proof;
  }

  it('are linked by keys and addresses that people bring, and their positions sum to what the exchange says', async () => {
    trader = await Client.of(stack, 'trader');
    const coinbase = await trader.must<connectionsRpc.LinkedConnection>('POST', '/connections', { institutionId: 'coinbase', provider: 'coinbase' });
    const dydx = await trader.must<connectionsRpc.LinkedConnection>('POST', '/connections', { institutionId: 'dydx' });
    expect([coinbase, dydx].map(({ provider, link }) => [provider, link.kind])).toEqual([['coinbase', 'api_key'], ['dydx', 'api_key']]);
    const key = await approved(coinbase.link);
    const refused = await trader.call('POST', `/connections/${coinbase.id}/complete`, { credentials: { ...key.credentials, keyName: 'organizations/none/apiKeys/none' } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ field: 'credentials', message: expect.stringContaining('coinbase refused the API key') }] } });
    const nowhere = await trader.call('POST', `/connections/${dydx.id}/complete`, { credentials: { address: 'dydx1nowhere' } });
    expect(nowhere).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ field: 'credentials' }] } });
    for (const [connection, proof] of [[coinbase, key], [dydx, await approved(dydx.link)]] as const) {
      const { syncId } = await trader.must<connectionsRpc.CompletedConnection>('POST', `/connections/${connection.id}/complete`, proof);
      expect(await trader.synced(syncId)).toMatchObject({ status: 'completed', error: null });
    }
    const { positions } = await waitUntil(async () => {
      const answer = await trader.must<snapshotsRpc.PortfolioPositions>('GET', '/portfolio/positions');
      return answer.positions.length >= 6 ? answer : null;
    }, { describe: 'positions of both exchanges' });
    const quantities = Object.fromEntries(positions.map(({ asset, side, quantity }) => [asset.id, `${side} ${quantity}`]));
    expect(quantities).toEqual({
      'crypto:BTC': 'long 0.21840913', 'crypto:ETH': 'long 3.5', 'crypto:USDC': 'long 14805.381204',
      'provider:dydx:BTC-USD': 'long 0.3', 'provider:dydx:ETH-USD': 'short -6', 'provider:dydx:SOL-USD': 'long 15',
    });
    const { accounts } = await trader.must<snapshotsRpc.PortfolioBalances>('GET', '/portfolio/balances');
    const margin = accounts.filter(({ snapshot }) => snapshot?.provider === 'dydx').map(({ snapshot }) => [snapshot?.totals.balance, snapshot?.totals.unexplained]);
    expect(margin.sort()).toEqual([['22790.052585', '0'], ['2870.06442675', '0']]);
  }, 60_000);

  it('a key that was revoked needs another, and the account stays the same', async () => {
    const { items } = await trader.must<{ items: connectionsRpc.Connection[] }>('GET', '/connections');
    const { id } = items.find(({ provider }) => provider === 'coinbase') as connectionsRpc.Connection;
    const accountsOf = async () => (await trader.must<{ items: connectionsRpc.Account[] }>('GET', '/accounts')).items.filter(({ connectionId }) => connectionId === id).map((account) => account.id);
    const before = await accountsOf();
    await trader.changeWorld((world) => {
      for (const account of world.accounts) if (account.institution === 'coinbase') Object.assign(account, { login: 'locked' });
    });
    const { syncId } = await trader.must<{ syncId: string }>('POST', `/connections/${id}/refresh`, {});
    expect(await trader.synced(syncId)).toMatchObject({ status: 'failed', error: { code: 'provider_auth', retryable: false } });
    await waitUntil(async () => (await trader.must<connectionsRpc.Connection>('GET', `/connections/${id}`)).status === 'reauth_required', { describe: 'reauth_required' });
    const again = await trader.must<connectionsRpc.LinkedConnection>('POST', `/connections/${id}/reconnect`, {});
    const completed = await trader.must<connectionsRpc.CompletedConnection>('POST', `/connections/${id}/complete`, await approved(again.link));
    expect((await trader.synced(completed.syncId)).status).toBe('completed');
    await waitUntil(async () => (await trader.must<connectionsRpc.Connection>('GET', `/connections/${id}`)).status === 'active', { describe: 'active again' });
    expect(await accountsOf()).toEqual(before);
  }, 60_000);
});

describe('secrets', () => {
  it('stand in no log line, no event and no read model', async () => {
    const state = stack.sandboxState();
    const given = [...state.matchAll(/"(access-[a-z]+-[0-9a-f-]{20,}|[^"]*)"/g)].map((match) => match[1] ?? '').filter((text) => text.startsWith('access-') || text.startsWith('public-'));
    const userSecrets = [...state.matchAll(/"(?:userSecret|secret)":\s*"([^"]+)"/g)].map((match) => match[1] ?? '');
    const numbers = ['Z21187755', '401K-77231188'];
    const secrets = [...new Set([...stack.secrets, user.token, ...given, ...userSecrets, ...numbers, ...brought])].filter((text) => text.length >= 8);
    expect(given.length).toBeGreaterThan(0);
    expect(userSecrets.length).toBeGreaterThan(0);
    expect(brought.length).toBeGreaterThan(3);
    const places: Record<string, string> = { logs: stack.logs() };
    for (const name of ['CONNECTIONS', 'SYNC', 'SNAPSHOTS', 'GATEWAY', 'CREDENTIALS']) places[name] = await everyRow(name);
    expect(places['logs']?.length).toBeGreaterThan(1_000);
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) if (text.includes(secret)) throw new Error(`${place} holds the secret ${secret.slice(0, 4)}… near: ${text.slice(Math.max(0, text.indexOf(secret) - 120), text.indexOf(secret))}`);
    }
  }, 30_000);
});

async function events(type: string, kind?: string): Promise<number> {
  const database = await openDatabase({ url: stack.databases['SYNC']?.ownerUrl ?? '', application: 'checker', poolSize: 1 });
  const { rows } = await database.query<{ n: number }>(`SELECT count(*) AS n FROM log.event WHERE type = $1 AND ($2::text IS NULL OR data->>'kind' = $2)`, [type, kind ?? null]);
  await database.close();
  return rows[0]?.n ?? 0;
}

/** Every row of every table of a database as text. */
async function everyRow(name: string): Promise<string> {
  const database = await openDatabase({ url: stack.databases[name]?.ownerUrl ?? '', application: 'checker', poolSize: 1 });
  const { rows: tables } = await database.query<{ t: string }>(`SELECT format('%I.%I', schemaname, tablename) AS t FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  const texts: string[] = [];
  for (const { t } of tables) {
    const { rows } = await database.query<{ text: string | null }>(`SELECT string_agg(x::text, E'\\n') AS text FROM ${t} x`);
    texts.push(rows[0]?.text ?? '');
  }
  await database.close();
  return texts.join('\n');
}
