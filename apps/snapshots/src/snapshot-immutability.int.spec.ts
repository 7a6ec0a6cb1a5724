import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { balances } from './projections/balances/project.js';
import { capture, discover, snapshotOf, startSnapshots } from './snapshots.fixture.js';
import type { GivenAccount, SnapshotsFixture } from './snapshots.fixture.js';
import { usd } from './valuation/holdings.fixture.js';

const CAPTURED = '2026-11-20T20:00:00.000Z';
let service: SnapshotsFixture;

beforeAll(async () => { service = await startSnapshots('immutable'); }, 120_000);
afterAll(async () => { await service.close(); });

async function stored(of: { accountId: string }): Promise<number> {
  return (await service.owner.query('SELECT 1 FROM balance_snapshot WHERE account_id = $1', [of.accountId])).rowCount;
}

const removal = (account: GivenAccount, accountIds = [account.accountId]) => ({ userId: account.userId, connectionId: account.connectionId, reason: 'asked', erased: true, accountIds });
const envelope = (type: string, userid: string, data: object): EventEnvelope => ({ specversion: '1.0', id: newId(), type, source: 'x', subject: 'x', time: CAPTURED, dataschema: `urn:tidemark:${type}:1`, datacontenttype: 'application/json', userid, epoch: 1, partition: 0, position: 1, streamversion: 1, recordedtime: CAPTURED, data });

describe('a stored snapshot', () => {
  it.each(['UPDATE balance_snapshot SET currency = \'EUR\'', 'DELETE FROM balance_snapshot', 'TRUNCATE balance_snapshot'])('refuses %s to the service and to the owner', async (statement) => {
    const account = await discover(service, newId(), 'plaid');
    await service.seen(await capture(service, account, CAPTURED, [usd('1')]));
    await expect(service.database.query(statement)).rejects.toThrow(/permission denied/);
    await expect(service.owner.query(statement)).rejects.toThrow(/snapshots are immutable/);
    expect(await stored(account)).toBe(1);
  });

  it('cannot be marked for erasure but by the function that erases', async () => {
    await expect(service.database.query(`INSERT INTO erasure VALUES ('u', 'user', 'u')`)).rejects.toThrow(/permission denied/);
  });
});

describe('erasure', () => {
  it('of a connection removes its accounts and their snapshots, and no others', async () => {
    const user = newId();
    const [gone, kept] = [await discover(service, user, 'plaid'), await discover(service, user, 'snaptrade')];
    const second = await discover(service, user, 'plaid', { connectionId: gone.connectionId });
    for (const account of [gone, kept, second]) await service.seen(await capture(service, account, CAPTURED, [usd('1')]));
    await service.seen(await service.append('connections', user, `connection-${gone.connectionId}`, 'ConnectionRemoved', removal(gone)));
    expect([await stored(gone), await stored(second), await stored(kept)]).toEqual([0, 0, 1]);
    expect((await service.owner.query('SELECT account_id FROM account WHERE user_id = $1', [user])).rows).toEqual([{ account_id: kept.accountId }]);
  });

  it('of a user removes everything of the user', async () => {
    const user = newId();
    const account = await discover(service, user, 'plaid');
    await service.append('connections', user, `settings-${user}`, 'UserSettingsChanged', { userId: user, baseCurrency: 'EUR', timeZone: 'UTC' });
    await service.seen(await capture(service, account, CAPTURED, [usd('1')]));
    await service.seen(await service.append('connections', user, `user-${user}`, 'UserErased', { userId: user }));
    expect(await stored(account)).toBe(0);
    for (const table of ['account', 'user_settings', 'balance_snapshot']) expect((await service.owner.query(`SELECT 1 FROM ${table} WHERE user_id = $1`, [user])).rowCount).toBe(0);
  });

  it('holds for a snapshot that comes after it', async () => {
    const account = await discover(service, newId(), 'plaid');
    await service.seen(await service.append('connections', account.userId, `connection-${account.connectionId}`, 'ConnectionRemoved', removal(account, [])));
    await service.seen(await capture(service, account, CAPTURED, [usd('1')]));
    expect(await stored(account)).toBe(0);
  });

  it('ends the same whichever log is read first, also within one batch', async () => {
    for (const order of [[0, 1], [1, 0]]) {
      const account: GivenAccount = { accountId: newId(), connectionId: newId(), userId: newId(), provider: 'plaid' };
      const events = [envelope('BalanceSnapshotCaptured', account.userId, snapshotOf(account, CAPTURED, [usd('1')])), envelope('ConnectionRemoved', account.userId, removal(account))];
      await service.database.transaction((tx) => balances.apply(tx, order.map((index) => events[index] as EventEnvelope)));
      expect(await stored(account)).toBe(0);
    }
  });

  it('waits for a snapshot that is just being stored, so that none slips between', async () => {
    const account: GivenAccount = { accountId: newId(), connectionId: newId(), userId: newId(), provider: 'plaid' };
    let erased: Promise<void> = Promise.resolve();
    await service.database.transaction(async (tx) => {
      await balances.apply(tx, [envelope('BalanceSnapshotCaptured', account.userId, snapshotOf(account, CAPTURED, [usd('1')]))]);
      erased = service.database.transaction((other) => balances.apply(other, [envelope('ConnectionRemoved', account.userId, removal(account))]));
      await new Promise((resolve) => setTimeout(resolve, 150));
    });
    await erased;
    expect(await stored(account)).toBe(0);
  });

  it('touches nobody else\'s account, whatever ids it names', async () => {
    const [mine, theirs] = [await discover(service, newId(), 'plaid'), await discover(service, newId(), 'plaid')];
    await service.seen(await capture(service, theirs, CAPTURED, [usd('1')]));
    await service.seen(await service.append('connections', mine.userId, `connection-${mine.connectionId}`, 'ConnectionRemoved', removal(mine, [theirs.accountId])));
    expect(await stored(theirs)).toBe(1);
    expect((await service.owner.query('SELECT 1 FROM account WHERE account_id = $1', [theirs.accountId])).rowCount).toBe(1);
  });
});

describe('the tables', () => {
  it('are what the entities say', async () => {
    const pending = await service.owner.dataSource.driver.createSchemaBuilder().log();
    expect(pending.upQueries.map((query) => query.query)).toEqual([]);
  });
});
