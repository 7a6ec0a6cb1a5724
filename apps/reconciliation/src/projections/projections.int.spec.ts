/** The read models on a real database: the two logs that they fold come in any order, and in batches of any size. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import { uuidV7 } from '@tidemark/kernel';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { testDatabase, withRandom } from '@tidemark/testing';
import type { Random, TestDatabase } from '@tidemark/testing';
import { migrations, PROJECTIONS } from '../app.js';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase('recon_projections');
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_r`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: migrations(1) });
  database = await openDatabase({ url: urls.serviceUrl, application: 'spec', poolSize: 2 });
}, 120_000);
afterAll(async () => {
  await database?.close();
  await server?.drop();
});

const TABLES = ['account', 'linked_connection', 'erasure', 'captured_snapshot', 'account_transaction'];

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
function mixed(logs: readonly (readonly EventEnvelope[])[], random: Random): EventEnvelope[][] {
  const left = logs.map((log) => [...log]);
  const batches: EventEnvelope[][] = [[]];
  while (left.some((log) => log.length > 0)) {
    if (random.chance(0.3)) batches.push([]);
    batches.at(-1)?.push(random.pick(left.filter((log) => log.length > 0)).shift() as EventEnvelope);
  }
  return batches;
}

const DAY = Date.UTC(2026, 10, 20);

/** Two people with a connection each, whose accounts are read, corrected, removed and erased as chance has it. */
function randomLogs(random: Random): { connections: EventEnvelope[]; sync: EventEnvelope[] } {
  const id = () => uuidV7(DAY, random.bytes(16));
  const positions = new Map<string, number>();
  const event = (source: string, userid: string, type: string, data: object): EventEnvelope => {
    const position = (positions.get(source) ?? 0) + 1;
    positions.set(source, position);
    const time = new Date(DAY + position * 1_000).toISOString();
    return { specversion: '1.0', id: id(), type, source, subject: 's', time, dataschema: '', datacontenttype: 'application/json', userid, epoch: 1, partition: 0, position, streamversion: position, recordedtime: time, data };
  };
  const accounts = ['ann', 'ben', 'ben'].map((userId) => ({ userId, accountId: id(), connectionId: id(), provider: 'plaid' }));
  const details = { providerAccountId: 'p', name: 'An account', officialName: null, type: 'investment', subtype: null, mask: null, numberHash: null, currency: 'USD' };
  const capabilities = { trading: false, realtime: false, positions: true, transactions: true };
  const connections = accounts.flatMap(({ userId, accountId, connectionId, provider }) => [
    event('connections', userId, 'ConnectionLinked', { userId, connectionId, provider, institutionId: 'i', providerConnectionId: 'item', credentialRef: 'ref', firstSyncId: id() }),
    event('connections', userId, 'AccountDiscovered', { userId, connectionId, accountId, provider, institutionId: 'i', institutionName: 'I', details, capabilities }),
  ]);
  const sync: EventEnvelope[] = [];
  const known: { account: (typeof accounts)[number]; transactionId: string }[] = [];
  const transaction = (transactionId: string) => ({ transactionId, identity: transactionId, date: '2026-11-18', providerType: 'buy', providerSubtype: null, description: null, asset: 'equity:AAPL', quantity: String(random.int(1, 9)), price: null, fees: null, amount: '-5', currency: 'USD', original: {} });
  for (let step = 0; step < 40; step += 1) {
    const account = random.pick(accounts);
    const { userId, accountId, connectionId } = account;
    const before = known.length > 0 ? random.pick(known) : null;
    const what = random.int(0, 9);
    if (what === 0) connections.push(event('connections', userId, 'ConnectionRemoved', { userId, connectionId, reason: 'asked', erased: random.chance(0.4), accountIds: [accountId] }));
    else if (what === 1) connections.push(random.chance(0.2) ? event('connections', userId, 'UserErased', { userId }) : event('connections', userId, 'AccountUpdated', { userId, connectionId, accountId, timeZone: 'Europe/London' }));
    else if (what < 5) sync.push(event('sync', userId, 'BalanceSnapshotCaptured', { ...account, snapshotId: id(), syncId: null, capturedAt: new Date(DAY + step).toISOString(), providerAsOf: null, source: 'account_sync', currency: 'USD', totals: { balance: null }, balances: [{ asset: 'equity:AAPL', quantity: String(step) }], providerMetadata: {} }));
    else if (what < 8 || !before) {
      const transactionId = id();
      known.push({ account, transactionId });
      sync.push(event('sync', userId, 'TransactionsRecorded', { ...account, syncId: id(), page: 1, pages: 1, transactions: [transaction(transactionId)] }));
    } else {
      const gone = random.chance(0.5);
      sync.push(event('sync', before.account.userId, 'TransactionsCorrected', { ...before.account, syncId: id(), changed: gone ? [] : [transaction(before.transactionId)], withdrawn: gone ? [{ transactionId: before.transactionId, identity: before.transactionId, reason: 'r' }] : [] }));
    }
  }
  return { connections, sync };
}

describe('the read models', () => {
  it('end the same in whatever order the two logs come, in whatever batches', async () => {
    await withRandom(async (random) => {
      for (let world = 0; world < 5; world += 1) {
        const { connections, sync } = randomLogs(random.fork(`world ${world}`));
        const expected = await after([connections, sync]);
        expect((await after([sync, connections]))).toEqual(expected);
        for (let round = 0; round < 4; round += 1) expect(await after(mixed([connections, sync], random))).toEqual(expected);
      }
    });
  });
});
