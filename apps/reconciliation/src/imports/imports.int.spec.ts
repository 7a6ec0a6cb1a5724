import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Account } from '@tidemark/contracts';
import type { ProviderPort } from '@tidemark/providers';
import { newId } from '@tidemark/service';
import { ManualClock, waitUntil } from '@tidemark/testing';
import { auditDatabase } from '../audit/audit-database.fixture.js';
import type { AuditDatabase } from '../audit/audit-database.fixture.js';
import { verifyAudit } from '../audit/verify-audit.js';
import { Imports1764100000030 } from '../migrations/imports.migration.js';
import { ReadModels1764000000000 } from '../migrations/read-models.migration.js';
import type { ImportDeps } from './import-deps.js';
import { ImportsController } from './imports.controller.js';
import { booksOf, eraseImports, eraseImportsOfUser, newestStatements } from './query.js';

const NOW = '2026-11-21T10:00:00.000Z';
const BEFORE = '2026-11-20T10:00:00.000Z';
const as = (userId: string) => ({ userId, requestId: 'r' });

let there: AuditDatabase;
const clock = new ManualClock(NOW);
let deps: ImportDeps;
let controller: ImportsController;
let [user, account] = ['', ''];

beforeAll(async () => {
  there = await auditDatabase('imports', [ReadModels1764000000000, Imports1764100000030]);
  const asked = {} as ProviderPort;
  deps = { database: there.database, log: there.log, auditKey: randomBytes(32), clock, newId, providers: { get: async (id) => (id === 'plaid' ? asked : null) } };
  controller = new ImportsController(deps);
}, 120_000);
afterAll(() => there.close());
beforeEach(async () => {
  clock.set(NOW);
  user = `user-${newId()}`;
  account = await madeAccount(user);
});

async function madeAccount(userId: string, given: Partial<Account> = {}): Promise<string> {
  const accountId = newId();
  const account: Account = { accountId, userId, connectionId: null, institutionId: null, institutionName: null, provider: 'manual', name: 'Desk', displayName: null, type: 'investment', subtype: null, mask: null, currency: 'EUR', trading: false, changes: [], ...given };
  await there.database.query('INSERT INTO account (account_id, user_id, connection_id, provider, account) VALUES ($1, $2, $3, $4, $5)', [accountId, userId, account.connectionId, account.provider, JSON.stringify(account)]);
  return accountId;
}

const positions = [{ asset: 'equity:AAPL', quantity: '10.50' }, { asset: 'currency:USD', quantity: '-1' }];
const kept = [{ asset: 'currency:USD', quantity: '-1' }, { asset: 'equity:AAPL', quantity: '10.5' }];
const book = async () => (await booksOf(there.database, [account])).get(account);
const statement = async () => (await newestStatements(there.database, [account])).get(account);
const events = (stream: 'book' | 'statement') => there.log.readStream(user, `${stream}-${account}`);
const trail = () => verifyAudit({ ...deps, key: deps.auditKey }, user);

describe('importing a book', () => {
  it('keeps it, says so in an event and in the audit trail', async () => {
    const reply = await controller.importBook({ accountId: account, asOf: BEFORE, origin: 'desk.json', positions }, as(user));
    expect(reply).toEqual({ ok: true, value: { id: expect.any(String), accountId: account, asOf: BEFORE, positions: 2, unchanged: false }, positions: [expect.objectContaining({ log: 'reconciliation' })] });
    const id = reply.ok ? reply.value.id : '';
    expect(await book()).toEqual({ id, accountId: account, asOf: BEFORE, positions: kept });
    expect(await events('book')).toMatchObject([{ type: 'BookImported', data: { bookId: id, asOf: BEFORE, origin: 'desk.json', positions: kept, audit: { sequence: 1 } } }]);
    expect(await trail()).toMatchObject({ valid: true, entries: 1, anchors: 1 });
  });

  it('takes a file as well', async () => {
    expect(await controller.importBook({ accountId: account, asOf: BEFORE, csv: 'asset,quantity\nequity:AAPL,10.5\ncurrency:USD,-1\n' }, as(user))).toMatchObject({ ok: true, value: { positions: 2 } });
    expect(await book()).toMatchObject({ positions: kept });
  });

  it('of now where no instant is given; the same one again changes nothing', async () => {
    const first = await controller.importBook({ accountId: account, positions }, as(user));
    expect(first).toMatchObject({ ok: true, value: { asOf: NOW, unchanged: false } });
    const again = await controller.importBook({ accountId: account, asOf: NOW, positions: [...positions].reverse() }, as(user));
    expect(again).toMatchObject({ ok: true, value: { id: first.ok && first.value.id, unchanged: true } });
    expect(await events('book')).toHaveLength(1);
  });

  it('takes the place of an older one, and not of a newer one', async () => {
    await controller.importBook({ accountId: account, asOf: BEFORE, positions }, as(user));
    expect(await controller.importBook({ accountId: account, asOf: NOW, positions: [] }, as(user))).toMatchObject({ ok: true, value: { positions: 0, unchanged: false } });
    expect(await book()).toMatchObject({ asOf: NOW, positions: [] });
    expect(await controller.importBook({ accountId: account, asOf: BEFORE, positions }, as(user))).toMatchObject({ ok: false, error: { code: 'conflict', detail: expect.stringContaining(`DELETE /accounts/${account}/book`) } });
    expect(await book()).toMatchObject({ asOf: NOW, positions: [] });
  });

  it('keeps nothing of a list with an error', async () => {
    const refused = await controller.importBook({ accountId: account, asOf: '2026-11-22T00:00:00Z', positions: [...positions, { asset: 'x:y', quantity: '1' }] }, as(user));
    expect(refused).toMatchObject({ ok: false, error: { code: 'validation_failed', detail: expect.stringContaining('nothing of it was kept'), errors: [{ field: 'asOf' }, { field: 'positions/2/asset' }] } });
    expect(await book()).toBeUndefined();
    expect(await events('book')).toEqual([]);
  });

  it("knows nothing of another user's account", async () => {
    const notFound = { ok: false, error: { code: 'not_found' } };
    expect(await controller.importBook({ accountId: account, positions }, as('eve'))).toMatchObject(notFound);
    expect(await controller.importStatement({ accountId: account, positions }, as('eve'))).toMatchObject(notFound);
    expect(await controller.removeBook({ accountId: account }, as('eve'))).toMatchObject(notFound);
  });

  it('is refused where the account is closed', async () => {
    const closed = await madeAccount(user, { changes: [{ kind: 'closed', value: true, effectiveAt: BEFORE }] });
    expect(await controller.importBook({ accountId: closed, positions }, as(user))).toMatchObject({ ok: false, error: { code: 'conflict', detail: 'The account "Desk" is closed: nothing of it is compared any more.' } });
  });

  it('from two connections at once keeps one, and one chain', async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => controller.importBook({ accountId: account, asOf: BEFORE, positions }, as(user))));
    expect(replies.filter((reply) => reply.ok && !reply.value.unchanged)).toHaveLength(1);
    expect(await trail()).toMatchObject({ valid: true, entries: 1 });
  });
});

describe('removing a book', () => {
  it('says so once', async () => {
    await controller.importBook({ accountId: account, positions }, as(user));
    expect(await controller.removeBook({ accountId: account }, as(user))).toMatchObject({ ok: true, value: { removed: true } });
    expect(await controller.removeBook({ accountId: account }, as(user))).toEqual({ ok: true, value: { removed: false } });
    expect(await book()).toBeUndefined();
    expect((await events('book')).map(({ type }) => type)).toEqual(['BookImported', 'BookRemoved']);
    expect(await trail()).toMatchObject({ valid: true, entries: 2, anchors: 2 });
  });
});

describe('importing a statement', () => {
  const csv = 'asset,quantity\nequity:AAPL,10.50\ncurrency:USD,-1\n';

  it('takes positions or a file, which are the same', async () => {
    const first = await controller.importStatement({ accountId: account, asOf: BEFORE, csv, origin: 'november.csv' }, as(user));
    expect(first).toMatchObject({ ok: true, value: { asOf: BEFORE, positions: 2, unchanged: false } });
    expect(await statement()).toMatchObject({ asOf: BEFORE, positions: kept });
    expect(await controller.importStatement({ accountId: account, asOf: BEFORE, positions }, as(user))).toMatchObject({ ok: true, value: { id: first.ok && first.value.id, unchanged: true } });
    expect(await events('statement')).toMatchObject([{ type: 'StatementImported', data: { currency: 'EUR', origin: 'november.csv', positions: kept } }]);
    for (const wrong of [{}, { csv, positions }]) expect(await controller.importStatement({ accountId: account, ...wrong }, as(user))).toMatchObject({ ok: false, error: { errors: [{ message: 'give either positions or csv' }] } });
  });

  it('of the latest instant counts, and of one instant the last that was imported', async () => {
    await controller.importStatement({ accountId: account, asOf: NOW, positions }, as(user));
    await controller.importStatement({ accountId: account, asOf: BEFORE, positions: [] }, as(user));
    expect(await statement()).toMatchObject({ asOf: NOW, positions: kept });
    clock.advance(1);
    await controller.importStatement({ accountId: account, asOf: NOW, positions: [] }, as(user));
    expect(await statement()).toMatchObject({ asOf: NOW, positions: [] });
  });

  it('is refused whole where a line is wrong, and names fifty of them', async () => {
    const refused = await controller.importStatement({ accountId: account, csv: `asset,quantity\n${Array.from({ length: 60 }, () => 'AAPL,1').join('\n')}` }, as(user));
    expect(refused).toMatchObject({ ok: false, error: { code: 'validation_failed', detail: expect.stringContaining('60 fields are wrong; the first 50') } });
    expect(!refused.ok && refused.error.errors).toHaveLength(50);
    expect(await statement()).toBeUndefined();
  });

  it('is refused where a provider can be asked, and taken where none can', async () => {
    const linked = await madeAccount(user, { connectionId: newId(), provider: 'plaid' });
    expect(await controller.importStatement({ accountId: linked, csv }, as(user))).toMatchObject({ ok: false, error: { code: 'conflict', detail: expect.stringContaining('import a book') } });
    const unknown = await madeAccount(user, { connectionId: newId(), provider: 'schwab' });
    expect(await controller.importStatement({ accountId: unknown, csv }, as(user))).toMatchObject({ ok: true });
  });
});

describe('what was imported', () => {
  it('goes with its account, and with its user', async () => {
    const other = await madeAccount(user);
    for (const accountId of [account, other]) {
      await controller.importBook({ accountId, positions }, as(user));
      await controller.importStatement({ accountId, positions }, as(user));
    }
    await there.database.transaction((tx) => eraseImports(tx, [account]));
    expect([await book(), await statement()]).toEqual([undefined, undefined]);
    expect((await booksOf(there.database, [other])).size).toBe(1);
    await there.database.transaction((tx) => eraseImportsOfUser(tx, user));
    expect([(await booksOf(there.database, [other])).size, (await newestStatements(there.database, [other])).size]).toEqual([0, 0]);
  });

  it('is not kept where the erasure of its account is under way', async () => {
    let importing: Promise<unknown> = Promise.resolve();
    await there.database.transaction(async (tx) => {
      await tx.query(`INSERT INTO erasure (user_id, kind, id) VALUES ($1, 'account', $2)`, [user, account]);
      await eraseImports(tx, [account]);
      importing = controller.importBook({ accountId: account, positions }, as(user));
      await waitUntil(async () => (await there.owner.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'book'::regclass`)).rowCount > 0, { timeoutMs: 5_000, describe: 'the import to wait' });
    });
    expect(await importing).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await book()).toBeUndefined();
  });
});
