import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { ReconciliationRequested } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { appendAudit } from './append-audit.js';
import { auditDatabase } from './audit-database.fixture.js';
import type { AuditDatabase } from './audit-database.fixture.js';
import { AuditController } from './audit.controller.js';
import { GENESIS, hashOf } from './chain-entry.js';
import type { ChainEntry } from './chain-entry.js';
import { eraseAudit } from './erase-audit.js';
import { sealOf } from './seal.js';
import { verifyAudit } from './verify-audit.js';

const key = randomBytes(32);
const at = '2026-11-21T10:00:00.000Z';

let there: AuditDatabase;
let deps: { database: AuditDatabase['database']; log: AuditDatabase['log']; key: Buffer };
beforeAll(async () => {
  there = await auditDatabase('audit_verify');
  deps = { database: there.database, log: there.log, key };
}, 120_000);
afterAll(() => there.close());

let users = 0;

/** A run: one entry without an event, then one with. */
async function run(userId: string): Promise<void> {
  const runId = newId();
  const done = await there.log.transaction(async (tx) => {
    const [, audit] = await appendAudit(tx, key, userId, [{ at, kind: 'account_compared', subject: newId(), data: { lines: 3 } }, { at, kind: 'run_requested', subject: runId, data: { reason: 'requested' } }]);
    if (!audit) throw new Error('nothing was written');
    const data: ReconciliationRequested = { userId, runId, reason: 'requested', accountIds: null, tolerance: {}, audit };
    tx.append({ userId, stream: `run-${runId}`, expectedVersion: 0, events: [{ id: newId(), type: 'ReconciliationRequested', time: at, data }] });
  });
  expect(done.ok).toBe(true);
}

/** A user with this many runs, two entries each. */
async function userWith(runs: number): Promise<string> {
  const userId = `user-${(users += 1)}`;
  for (let made = 0; made < runs; made += 1) await run(userId);
  return userId;
}

/** What somebody with the owner's password may do. */
async function tamper(...statements: readonly (readonly [text: string, values: readonly unknown[]])[]): Promise<void> {
  await there.owner.transaction(async (tx) => {
    await tx.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    for (const [text, values] of statements) await tx.query(text, values);
    await tx.query('ALTER TABLE audit_entry ENABLE TRIGGER USER');
  });
}

const rows = async (userId: string) => (await there.database.query<ChainEntry>('SELECT sequence, at, kind, subject, data::text AS data, previous_hash AS "previousHash", hash FROM audit_entry WHERE user_id = $1 ORDER BY sequence', [userId])).rows;
const insertion = (userId: string, one: ChainEntry) => ['INSERT INTO audit_entry (user_id, sequence, at, kind, subject, data, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6::json, $7, $8)', [userId, one.sequence, one.at, one.kind, one.subject, one.data, one.previousHash, one.hash]] as const;
/** Moves every entry from `from` on by `by` places. */
const shift = (userId: string, from: number, by: number) => [
  ['UPDATE audit_entry SET sequence = -sequence WHERE user_id = $1 AND sequence >= $2', [userId, from]] as const,
  ['UPDATE audit_entry SET sequence = -sequence + $2 WHERE user_id = $1 AND sequence < 0', [userId, by]] as const,
];
const head = (userId: string, by: number) => ['UPDATE audit_head SET sequence = sequence + $2 WHERE user_id = $1', [userId, by]] as const;
const verdictOf = (userId: string) => verifyAudit(deps, userId);
const broken = async (userId: string) => (await verdictOf(userId)).firstBroken;

describe('verifying an audit trail', () => {
  it('finds nothing wrong with one that nobody touched', async () => {
    const userId = await userWith(4);
    expect(await verdictOf(userId)).toEqual({ valid: true, entries: 8, head: (await rows(userId)).at(-1)?.hash, anchors: 4, firstBroken: null });
    expect(await verdictOf('nobody')).toEqual({ valid: true, entries: 0, head: null, anchors: 0, firstBroken: null });
  });

  it.each([
    ['what it says', `data = '{"lines":4}'`],
    ['white space', `data = '{"lines": 3}'`],
    ['when', `at = at + interval '1 day'`],
    ['of what', `subject = 'other'`],
    ['its kind', `kind = 'book_removed'`],
    ['its hash', `hash = repeat('a', 64)`],
    ['the hash before', `previous_hash = repeat('a', 64)`],
  ])('names an entry that was changed: %s', async (_what, set) => {
    const userId = await userWith(3);
    await tamper([`UPDATE audit_entry SET ${set} WHERE user_id = $1 AND sequence = 3`, [userId]]);
    expect(await broken(userId)).toMatchObject({ sequence: 3, problem: 'changed', detail: expect.stringContaining('not what was written') });
  });

  it.each([[3, 3, 'Entry 3 is missing: 4 follows 2.'], [1, 2, 'Entries 1 to 2 are missing: 3 follows the beginning.']])('names entries that were removed in the middle: %d to %d', async (from, to, detail) => {
    const userId = await userWith(3);
    await tamper(['DELETE FROM audit_entry WHERE user_id = $1 AND sequence BETWEEN $2 AND $3', [userId, from, to]]);
    expect(await broken(userId)).toEqual({ sequence: from, problem: 'removed', detail });
  });

  it('names an entry that was removed, though those after it were numbered anew', async () => {
    const userId = await userWith(3);
    await tamper(['DELETE FROM audit_entry WHERE user_id = $1 AND sequence = 3', [userId]], ...shift(userId, 4, -1), head(userId, -1));
    expect(await broken(userId)).toEqual({ sequence: 3, problem: 'removed', detail: 'Entry 3 is missing: what stands at 3 was written as entry 4, and numbered anew.' });
  });

  it.each([[5, 0], [5, -2], [1, -6]])('names where it was cut off: from entry %d on, the head moved by %d', async (from, moved) => {
    const userId = await userWith(3);
    await tamper(['DELETE FROM audit_entry WHERE user_id = $1 AND sequence >= $2', [userId, from]], head(userId, moved));
    expect(await broken(userId)).toMatchObject({ sequence: from, problem: 'cut_off', detail: expect.stringContaining('the event ReconciliationRequested') });
  });

  it('names where it was cut off by its head alone where no event tells', async () => {
    const userId = await userWith(1);
    await there.database.transaction((tx) => appendAudit(tx, key, userId, [{ at, kind: 'account_compared', subject: 'x', data: {} }]));
    await tamper(['DELETE FROM audit_entry WHERE user_id = $1 AND sequence = 3', [userId]]);
    expect(await broken(userId)).toMatchObject({ sequence: 3, problem: 'cut_off' });
  });

  it.each([['forged', '{"lines":9}'], ['a copy of another', null]])('names an entry that was inserted in the middle: %s', async (_what, data) => {
    const userId = await userWith(3);
    const copy = (await rows(userId)).at(-1) as ChainEntry;
    await tamper(...shift(userId, 3, 1), insertion(userId, { ...copy, sequence: 3, data: data ?? copy.data }));
    expect(await broken(userId)).toMatchObject({ sequence: 3, problem: 'inserted' });
  });

  it.each([[0], [1]])('names an entry that was inserted at the end, the head moved by %d', async (moved) => {
    const userId = await userWith(3);
    const [last] = (await rows(userId)).slice(-1) as [ChainEntry];
    await tamper(insertion(userId, { ...last, sequence: 7, previousHash: last.hash, hash: randomBytes(32).toString('hex') }), head(userId, moved));
    expect(await broken(userId)).toMatchObject({ sequence: 7, problem: 'inserted' });
  });

  it.each([
    ['was set back', 'UPDATE audit_head SET sequence = 3 WHERE user_id = $1', 4],
    ['carries another hash', `UPDATE audit_head SET hash = repeat('a', 64) WHERE user_id = $1`, 6],
    ['is gone', 'DELETE FROM audit_head WHERE user_id = $1', 1],
  ])('names a head that %s, and what is written next goes on from the last entry', async (_what, statement, sequence) => {
    const userId = await userWith(3);
    await tamper([statement, [userId]]);
    expect(await verifyAudit(deps, userId)).toMatchObject({ valid: false, entries: 6, firstBroken: { sequence, problem: 'changed', detail: expect.stringContaining('head') } });
    await run(userId);
    expect(await verifyAudit(deps, userId)).toMatchObject({ valid: true, entries: 8, firstBroken: null });
  });

  it('names a place at which two entries stand', async () => {
    const userId = await userWith(2);
    const [, second] = (await rows(userId)) as [ChainEntry, ChainEntry];
    await there.owner.query('ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_pkey');
    try {
      for (const hash of ['f'.repeat(64), '0'.repeat(64), second.hash]) {
        await tamper(insertion(userId, { ...second, subject: 'twin', hash }));
        expect(await broken(userId)).toEqual({ sequence: 2, problem: 'inserted', detail: 'Two entries stand at 2.' });
        await tamper([`DELETE FROM audit_entry WHERE user_id = $1 AND subject = 'twin'`, [userId]]);
      }
    } finally {
      await there.owner.query('ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (user_id, sequence)');
    }
    expect(await broken(userId)).toBeNull();
  });

  it.each([[2, 3], [2, 6], [1, 5]])('names entries that were reordered: %d and %d', async (one, other) => {
    const userId = await userWith(4);
    await tamper(
      ['UPDATE audit_entry SET sequence = -sequence WHERE user_id = $1 AND sequence IN ($2, $3)', [userId, one, other]],
      ['UPDATE audit_entry SET sequence = $2::bigint + $3::bigint + sequence WHERE user_id = $1 AND sequence < 0', [userId, one, other]],
    );
    expect(await broken(userId)).toEqual({ sequence: one, problem: 'reordered', detail: `What stands at ${one} was written as entry ${other}.` });
  });

  it('names the first entry of a chain that was made anew without the key', async () => {
    const userId = await userWith(3);
    await made(userId, await rows(userId), sealOf(randomBytes(32), userId), 3);
    expect(await broken(userId)).toMatchObject({ sequence: 3, problem: 'changed' });
  });

  it('names where a chain that was made anew with the key parts from the event log', async () => {
    const userId = await userWith(3);
    await made(userId, (await rows(userId)).map((entry) => (entry.sequence === 3 ? { ...entry, data: '{"lines":0}' } : entry)), sealOf(key, userId), 1);
    expect(await broken(userId)).toMatchObject({ sequence: 4, problem: 'changed', detail: expect.stringContaining('ReconciliationRequested') });
  });

  it("names an entry of another user's chain", async () => {
    const [userId, other] = [await userWith(2), await userWith(3)];
    await tamper(['UPDATE audit_entry SET user_id = $2 WHERE user_id = $1 AND sequence > 4', [other, userId]]);
    expect(await broken(userId)).toMatchObject({ sequence: 5, problem: 'inserted' });
    expect(await broken(other)).toMatchObject({ sequence: 5, problem: 'cut_off' });
  });

  it('names an entry with the right hash that no event knows of', async () => {
    const userId = await userWith(2);
    await there.database.transaction((tx) => appendAudit(tx, key, userId, [{ at, kind: 'discrepancy_resolved', subject: 'x', data: {} }]));
    expect(await broken(userId)).toMatchObject({ sequence: 5, problem: 'unanchored' });
  });

  it('finds a single bit in a chain of thousands', async () => {
    const userId = await userWith(1);
    await there.database.transaction((tx) => appendAudit(tx, key, userId, Array.from({ length: 2_500 }, (_, n) => ({ at, kind: 'account_compared' as const, subject: String(n), data: { n } }))));
    expect(await verdictOf(userId)).toMatchObject({ valid: true, entries: 2_502 });
    await tamper([`UPDATE audit_entry SET data = '{"n":0}' WHERE user_id = $1 AND sequence = 2004`, [userId]]);
    expect(await broken(userId)).toMatchObject({ sequence: 2_004, problem: 'changed' });
  });

  it('stays valid while others write', async () => {
    const userId = await userWith(1);
    const writing = Promise.all(Array.from({ length: 20 }, () => run(userId)));
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => verdictOf(userId)));
    await writing;
    expect(verdicts.filter(({ valid }) => !valid)).toEqual([]);
  });
});

/** Rewrites a chain from a place on, links and hashes included. */
async function made(userId: string, entries: readonly ChainEntry[], seal: ReturnType<typeof sealOf>, from: number): Promise<void> {
  let last = GENESIS;
  const anew = entries.map((entry) => {
    const linked = { ...entry, previousHash: last };
    last = entry.sequence < from ? entry.hash : hashOf(linked, seal);
    return { ...linked, hash: last };
  });
  await tamper(['DELETE FROM audit_entry WHERE user_id = $1', [userId]], ...anew.map((entry) => insertion(userId, entry)));
}

describe('the audit trail of a user who is erased', () => {
  it('is gone, and valid; what is written later goes on from there', async () => {
    const userId = await userWith(3);
    expect(await there.database.transaction((tx) => eraseAudit(tx, key, userId, at))).toBe(6);
    expect(await verdictOf(userId)).toEqual({ valid: true, entries: 0, head: null, anchors: 0, firstBroken: null });
    await run(userId);
    expect((await rows(userId)).map(({ sequence }) => sequence)).toEqual([7, 8]);
    expect(await verdictOf(userId)).toMatchObject({ valid: true, entries: 2, anchors: 1 });
    expect(await there.database.transaction((tx) => eraseAudit(tx, key, userId, at))).toBe(2);
    expect(await verdictOf(userId)).toMatchObject({ valid: true, entries: 0 });
  });

  it('leaves the others alone, and nothing to erase where there is nothing', async () => {
    const userId = await userWith(1);
    expect(await there.database.transaction((tx) => eraseAudit(tx, key, 'never-there', at))).toBe(0);
    expect((await there.database.query<{ gone: number }>('SELECT erase_audit($1) AS gone', [userId])).rows).toEqual([{ gone: 0 }]);
    expect(await verdictOf(userId)).toMatchObject({ valid: true, entries: 2 });
  });

  it('is missed where the mark was made by hand', async () => {
    const userId = await userWith(2);
    await there.database.query(`INSERT INTO audit_erasure (user_id, through, hash, at, proof) SELECT user_id, sequence, hash, now(), repeat('a', 64) FROM audit_head WHERE user_id = $1`, [userId]);
    await there.database.query('SELECT erase_audit($1)', [userId]);
    expect(await broken(userId)).toMatchObject({ sequence: 1, problem: 'cut_off' });
  });
});

describe('the requests for the audit trail', () => {
  const context = (userId: string, scopes: readonly string[] = []) => ({ userId, requestId: 'r', scopes });

  it('list it oldest first, in pages, within two instants, and nobody else\'s', async () => {
    const controller = new AuditController(deps);
    const userId = await userWith(2);
    await there.database.transaction((tx) => appendAudit(tx, key, userId, [{ at: '2026-11-22T10:00:00Z', kind: 'account_compared', subject: 's', data: { lines: 1 } }]));
    const first = await controller.list({ limit: 3 }, context(userId));
    expect(first).toMatchObject({ ok: true, value: { items: [{ sequence: 1, previousHash: GENESIS }, { sequence: 2 }, { sequence: 3 }], nextCursor: expect.any(String) } });
    const cursor = (first.ok && first.value.nextCursor) || '';
    expect(await controller.list({ limit: 3, cursor }, context(userId))).toMatchObject({ ok: true, value: { items: [{ sequence: 4 }, { sequence: 5, at: '2026-11-22T10:00:00.000Z', data: { lines: 1 } }], nextCursor: null } });
    expect(await controller.list({ from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' }, context(userId))).toMatchObject({ ok: true, value: { items: [{ sequence: 5 }] } });
    expect(await controller.list({ to: '2026-11-21T10:00:00Z' }, context(userId))).toMatchObject({ ok: true, value: { items: [] } });
    expect(await controller.list({ cursor: 'x' }, context(userId))).toMatchObject({ ok: false, error: { code: 'validation_failed', errors: [{ field: 'cursor' }] } });
    expect(await controller.list({}, context('somebody-else'))).toMatchObject({ ok: true, value: { items: [], nextCursor: null } });
    expect(await controller.verify({}, context(userId))).toMatchObject({ ok: true, value: { valid: true, entries: 5 } });
  });

  it('check every user for an operator, those included whose whole chain is gone', async () => {
    const controller = new AuditController(deps);
    expect(await controller.verifyAll({}, context('eve'))).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    const gone = await userWith(1);
    await tamper(['DELETE FROM audit_entry WHERE user_id = $1', [gone]], ['DELETE FROM audit_head WHERE user_id = $1', [gone]]);
    const [seen, broken] = [[] as number[], [] as string[]];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const reply = await controller.verifyAll({ limit: 5, ...(cursor ? { cursor } : {}) }, context('op', ['ops']));
      if (!reply.ok) throw new Error(reply.error.detail);
      seen.push(reply.value.users);
      broken.push(...reply.value.broken.map(({ userId }) => userId));
      cursor = reply.value.nextCursor;
    }
    expect(seen.reduce((sum, one) => sum + one, 0)).toBe(users);
    expect(Math.max(...seen)).toBeLessThanOrEqual(5);
    expect(broken).toContain(gone);
    expect(await controller.verifyAll({ userId: gone }, context('op', ['ops']))).toMatchObject({ ok: true, value: { users: 1, broken: [{ userId: gone, verdict: { firstBroken: { sequence: 1, problem: 'cut_off' } } }], nextCursor: null } });
  });
});
