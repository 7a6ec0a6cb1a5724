/**
 * kill -9 of sync, of the relay, of snapshots and of nats-server, again and again, while 2,000 snapshots flow; then the bus loses its
 * store. Afterwards the log is compared with what every projection holds: every event once, in order, nothing parked, nothing missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateWorld } from '@tidemark/app-sandbox';
import type { World } from '@tidemark/app-sandbox';
import { openDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { chooseSeed, seededRandom, waitUntil } from '@tidemark/testing';
import { Client } from '../e2e/client.js';
import { startStack } from '../e2e/stack.js';
import type { Stack } from '../e2e/stack.js';

const SNAPSHOTS = 2_000;
const USERS = 25;
const ACCOUNTS = 10;
const seed = chooseSeed();
const folder = mkdtempSync(join(tmpdir(), 'tidemark-sim-'));
let stack: Stack;
const open: Record<string, Database> = {};

beforeAll(async () => {
  const world = join(folder, 'world.json');
  writeFileSync(world, JSON.stringify(oneInstitution(generateWorld({ seed: 7, persons: USERS, accountsPerPerson: ACCOUNTS, holdingsPerAccount: 5, transactionsPerAccount: 10 }))));
  stack = await startStack({ world, without: ['history'], separateRelay: true, env: { sync: { SYNC_LOCK: '3s', SYNC_POLL: '200ms', SYNC_BACKOFF: '500ms', SYNC_CONCURRENCY: '8', SNAPTRADE_REQUESTS_PER_MINUTE: '100000' }, connections: { SNAPTRADE_REQUESTS_PER_MINUTE: '100000' }, gateway: { GATEWAY_RATE_LIMIT_IP: '100000', GATEWAY_RATE_LIMIT_USER: '100000' } } });
  for (const name of ['SYNC', 'SNAPSHOTS', 'CONNECTIONS']) open[name] = await openDatabase({ url: stack.databases[name]?.ownerUrl ?? '', application: 'checker', poolSize: 2 });
}, 120_000);

afterAll(async () => {
  for (const one of Object.values(open)) await one.close();
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Everybody holds everything at Schwab, through SnapTrade: one connection a person, all of their accounts beneath. */
function oneInstitution(world: World): World {
  return { ...world, rateLimits: { enabled: false }, accounts: world.accounts.map((account) => ({ ...account, institution: 'schwab', type: 'investment', subtype: 'brokerage' })) };
}

describe(`killed at random (seed ${seed})`, () => {
  it('every snapshot is captured, committed, relayed and projected once and in order', async () => {
    const users = await Promise.all(Array.from({ length: USERS }, (_, at) => Client.of(stack, `user-${at}`)));
    const linked = await inTurn(users, 5, async (user, at) => ({ user, id: (await user.link('charles-schwab', {}, { person: `p${at}` })).connection.id }));
    const killing = killAtRandom();
    await Promise.all(linked.map(async ({ user, id }) => {
      while ((await captured()) < SNAPSHOTS) await refreshOnce(user, id);
    }));
    const kills = await killing.stop();
    for (const name of ['sync', 'relay', 'snapshots', 'nats']) expect(kills.filter((one) => one === name).length).toBeGreaterThanOrEqual(2);
    await everythingProjected();
    await comparedWithTheLog();
  }, 400_000);

  it('the store of the bus is deleted, and projections and a new subscriber still see everything', async () => {
    await stack.nats.kill();
    rmSync(stack.nats.storeDir, { recursive: true, force: true });
    await stack.nats.restart();
    const user = await Client.of(stack, 'user-0');
    const { items } = await waitUntil(() => user.must<{ items: { id: string }[] }>('GET', '/connections'), { timeoutMs: 30_000, describe: 'the gateway after the loss' });
    const before = await captured();
    while ((await captured()) < before + ACCOUNTS) await refreshOnce(user, items[0]?.id ?? '');
    await everythingProjected();
    await comparedWithTheLog();
    expect(await subscribed(user)).toEqual(await logged('user-0'));
  }, 120_000);
});

async function refreshOnce(user: Client, connectionId: string): Promise<void> {
  try {
    const { status, body } = await user.call<{ syncId: string }>('POST', `/connections/${connectionId}/refresh`, { acceptCost: true });
    if (status === 202) await user.synced(body.syncId);
    else await pause(300);
  } catch {
    // Somebody was killed under our request: what counts is what the log and the projections say in the end.
    await pause(300);
  }
}

function killAtRandom(): { stop(): Promise<string[]> } {
  const random = seededRandom(seed);
  const kills: string[] = [];
  let stopped = false;
  const run = (async () => {
    const order = ['sync', 'relay', 'snapshots', 'nats'] as const;
    // Everyone at least twice, however soon the snapshots are through.
    for (let at = 0; !stopped || at < order.length * 2; at += 1) {
      const name = order[at % order.length] as (typeof order)[number];
      // Longer than a start takes, else nobody is ever there to be killed at work.
      await pause(random.int(2_000, 6_000));
      kills.push(name);
      if (name === 'nats') {
        await stack.nats.kill();
        await stack.nats.restart();
      } else {
        await stack.kill(name);
        await stack.start(name);
      }
    }
  })();
  return { stop: async () => { stopped = true; await run; return kills; } };
}

async function one<T>(name: string, sql: string, values: unknown[] = []): Promise<T> {
  return ((await open[name]?.query<{ v: T }>(sql, values))?.rows[0]?.v ?? null) as T;
}

const captured = (): Promise<number> => one('SYNC', `SELECT count(*) AS v FROM log.event WHERE type = 'BalanceSnapshotCaptured'`);

/** Every checkpoint of every projection and reactor over the log `sync` stands at its head. */
async function everythingProjected(): Promise<void> {
  await waitUntil(async () => (await one<number>('SYNC', `SELECT count(*) AS v FROM sync_job WHERE status IN ('queued', 'running')`)) === 0, { timeoutMs: 60_000, everyMs: 200, describe: 'every sync that was asked for to end' });
  await waitUntil(async () => {
    const heads = await one<string>('SYNC', `SELECT string_agg(partition || ':' || position, ' ' ORDER BY partition) AS v FROM log.head`);
    for (const name of ['SNAPSHOTS', 'CONNECTIONS']) {
      const { rows } = await (open[name] as Database).query<{ projection: string; at: string }>(`SELECT projection, string_agg(partition || ':' || position, ' ' ORDER BY partition) AS at FROM projection.checkpoint WHERE log = 'sync' GROUP BY projection`);
      if (rows.length === 0 || rows.some((row) => row.at !== heads)) return false;
    }
    return true;
  }, { timeoutMs: 60_000, everyMs: 200, describe: 'every checkpoint to reach the head of the log' });
}

async function comparedWithTheLog(): Promise<void> {
  expect(await one('SYNC', `SELECT count(*) AS v FROM (SELECT partition, position - lag(position, 1, 0::bigint) OVER (PARTITION BY partition ORDER BY position) AS step FROM log.event) s WHERE step <> 1`)).toBe(0);
  expect(await one('SYNC', `SELECT count(*) AS v FROM (SELECT subject, streamversion - lag(streamversion, 1, 0) OVER (PARTITION BY subject ORDER BY position) AS step FROM log.event) s WHERE step <> 1`)).toBe(0);
  const fingerprint = `count(*) || ' ' || count(DISTINCT id) || ' ' || md5(string_agg(id || ':' || position, ',' ORDER BY id))`;
  const inLog = await one('SYNC', `SELECT ${fingerprint} AS v FROM (SELECT data->>'snapshotId' AS id, position FROM log.event WHERE type = 'BalanceSnapshotCaptured') s`);
  const projected = await one('SNAPSHOTS', `SELECT ${fingerprint} AS v FROM (SELECT snapshot_id::text AS id, position FROM balance_snapshot) s`);
  expect(projected).toBe(inLog);
  expect(await one('SYNC', `SELECT count(*) AS v FROM (SELECT data->>'syncId' AS s, data->>'accountId' AS a FROM log.event WHERE type = 'BalanceSnapshotCaptured' GROUP BY 1, 2 HAVING count(*) > 1) d`)).toBe(0);
  expect(await one('SYNC', `SELECT count(*) AS v FROM (SELECT data->>'accountId' AS a, t->>'transactionId' AS t FROM log.event, json_array_elements(data->'transactions') t WHERE type = 'TransactionsRecorded' GROUP BY 1, 2 HAVING count(*) > 1) d`)).toBe(0);
  for (const name of ['SNAPSHOTS', 'CONNECTIONS']) expect(await one(name, 'SELECT count(*) AS v FROM projection.parked')).toBe(0);
}

const logged = (userId: string): Promise<string[]> => one('SYNC', `SELECT json_agg(id ORDER BY position) AS v FROM log.event WHERE userid = $1`, [userId]);

/** Ids of a user's sync events as a new subscriber gets them, from the very beginning. */
async function subscribed(user: Client): Promise<string[]> {
  const wanted = (await logged(user.userId)).length;
  const stop = new AbortController();
  const ids: string[] = [];
  const answer = await fetch(`${stack.apiUrl}/api/v1/events`, { headers: { authorization: `Bearer ${user.token}` }, signal: stop.signal });
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of answer.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      const event = JSON.parse(line.slice(6)) as { id: string; source: string };
      if (event.source === 'sync') ids.push(event.id);
    }
    if (ids.length >= wanted) break;
  }
  stop.abort();
  return ids;
}

async function inTurn<T, R>(items: readonly T[], width: number, work: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T, at);
  }));
  return results;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
