import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database, SqlClient } from '@tidemark/postgres';
import { seededRandom, testDatabase, withRandom } from '@tidemark/testing';
import type { Random, TestDatabase } from '@tidemark/testing';
import { migrations, PROJECTIONS } from '../app.js';
import { RandomEvents } from './events.fixture.js';
import { applyRules } from './transactions/apply-rules.js';
import { transactions } from './transactions/project.js';
import { RULES } from './transactions/understood.js';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase('history_projections');
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_h`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: migrations(1) });
  database = await openDatabase({ url: urls.serviceUrl, application: 'spec', poolSize: 2 });
}, 120_000);
afterAll(async () => {
  await database.close();
  await server.drop();
});

const TABLES = ['account', 'user_settings', 'erasure', 'captured_snapshot', 'held_snapshot', 'holding', 'account_transaction'];

/** What the read models hold after these batches; nothing is kept. */
async function after(batches: readonly (readonly EventEnvelope[])[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const undo = new Error('undone');
  await database.transaction(async (tx) => {
    for (const batch of batches) for (const projection of PROJECTIONS) await projection.apply(tx, batch.filter((event) => projection.logs.includes(event.source)));
    for (const table of TABLES) found[table] = (await tx.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows.map(({ row }) => row);
    throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return found;
}

/** The two logs mixed as chance has it, each in its own order, cut into batches as chance has it. */
function mixed({ connections, sync }: { connections: EventEnvelope[]; sync: EventEnvelope[] }, random: Random): EventEnvelope[][] {
  const [left, right] = [[...connections], [...sync]];
  const batches: EventEnvelope[][] = [[]];
  while (left.length + right.length > 0) {
    const from = right.length === 0 || (left.length > 0 && random.chance(left.length / (left.length + right.length))) ? left : right;
    if (random.chance(0.3)) batches.push([]);
    batches.at(-1)?.push(from.shift() as EventEnvelope);
  }
  return batches;
}

describe('the read models', () => {
  it('end the same in whatever order the two logs come, in whatever batches', async () => {
    await withRandom(async (random) => {
      for (let world = 0; world < 6; world += 1) {
        const events = new RandomEvents(random.fork(`world ${world}`)).make(60);
        const expected = await after([events.sync, events.connections]);
        expect(await after([events.connections, events.sync])).toEqual(expected);
        for (let turn = 0; turn < 2; turn += 1) expect(await after(mixed(events, random))).toEqual(expected);
      }
    });
  });

  it('hold what they are made of: the check above can fail', async () => {
    const { connections, sync } = new RandomEvents(seededRandom(7)).make(80);
    const held = await after([connections.filter(({ type }) => type === 'AccountDiscovered'), sync]);
    for (const table of ['account', 'captured_snapshot', 'held_snapshot', 'holding', 'account_transaction']) expect([table, (held[table] ?? []).length > 0]).toEqual([table, true]);
    expect(await after([connections.filter(({ type }) => type === 'AccountDiscovered'), sync.slice(1)])).not.toEqual(held);
  });
});

describe('rules that have changed', () => {
  it('are applied to what is stored, and tell whose transactions mean something else now', async () => {
    const { sync } = new RandomEvents(seededRandom(11)).make(40);
    await database.transaction((tx) => transactions.apply(tx, sync));
    const stored = async () => (await database.query<{ row: string }>('SELECT t::text AS row FROM account_transaction t ORDER BY 1')).rows;
    const expected = await stored();
    const { rows } = await database.query<{ account_id: string }>(
      `UPDATE account_transaction SET rules = 'old', kind = 'fee', unknown = NOT unknown, normalised = '{"kind":"fee"}' WHERE account_id = (SELECT account_id FROM account_transaction ORDER BY 1 LIMIT 1) RETURNING account_id`,
    );
    await database.query(`UPDATE account_transaction SET rules = 'older' WHERE rules <> 'old'`);
    const told: string[] = [];
    const moved = async (_tx: SqlClient, accountIds: readonly string[]) => { await Promise.resolve(told.push(...accountIds)); };
    expect(await applyRules(database, moved)).toBe(expected.length);
    expect(await applyRules(database, moved)).toBe(0);
    expect(await stored()).toEqual(expected);
    expect([told, (await database.query('SELECT DISTINCT rules FROM account_transaction')).rows]).toEqual([[rows[0]?.account_id], [{ rules: RULES }]]);
  });
});
