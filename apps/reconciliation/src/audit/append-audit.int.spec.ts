import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { appendAudit } from './append-audit.js';
import { auditDatabase } from './audit-database.fixture.js';
import type { AuditDatabase } from './audit-database.fixture.js';
import { GENESIS } from './chain-entry.js';

const key = randomBytes(32);
const at = '2026-11-21T10:00:00.000Z';
const entry = (subject: string) => ({ at, kind: 'account_compared' as const, subject, data: { b: '1', a: null } });

let there: AuditDatabase;
beforeAll(async () => {
  there = await auditDatabase('audit_append');
}, 120_000);
afterAll(() => there.close());

const chain = async (userId: string) => (await there.database.query<{ sequence: number; previous_hash: string; hash: string; data: string }>('SELECT sequence, previous_hash, hash, data::text AS data FROM audit_entry WHERE user_id = $1 ORDER BY sequence', [userId])).rows;

describe('appending to the audit trail', () => {
  it('links each entry to the one before and gives an anchor for each', async () => {
    const anchors = await there.database.transaction(async (tx) => [...(await appendAudit(tx, key, 'ann', [entry('a'), entry('b')])), ...(await appendAudit(tx, key, 'ann', [entry('c')]))]);
    const rows = await chain('ann');
    expect(anchors).toEqual(rows.map(({ sequence, hash }) => ({ sequence, hash })));
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(rows.map((row) => row.previous_hash)).toEqual([GENESIS, rows[0]?.hash, rows[1]?.hash]);
    expect(rows[0]?.data).toBe('{"a":null,"b":"1"}');
  });

  it('makes one chain without gaps of what several connections write at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, at) => there.database.transaction((tx) => appendAudit(tx, key, 'bob', [entry(`${at}/1`), entry(`${at}/2`)]))));
    const rows = await chain('bob');
    expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 80 }, (_, at) => at + 1));
    expect(rows.slice(1).map((row) => row.previous_hash)).toEqual(rows.slice(0, -1).map(({ hash }) => hash));
  });

  it('leaves nothing behind where its transaction fails', async () => {
    const undone = there.database.transaction(async (tx) => {
      await appendAudit(tx, key, 'cyd', [entry('a')]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await there.database.transaction((tx) => appendAudit(tx, key, 'cyd', [entry('a')]))).toMatchObject([{ sequence: 1 }]);
  });

  it.each(["UPDATE audit_entry SET subject = 'x'", 'DELETE FROM audit_entry', 'TRUNCATE audit_entry', "UPDATE audit_head SET user_id = 'x'", 'DELETE FROM audit_head'])('refuses to the service: %s', async (statement) => {
    await expect(there.database.query(statement)).rejects.toThrow('permission denied');
  });

  it.each(["UPDATE audit_entry SET subject = 'x'", 'DELETE FROM audit_entry', 'TRUNCATE audit_entry'])('refuses to the owner of the tables: %s', async (statement) => {
    await expect(there.owner.query(statement)).rejects.toThrow('append-only');
  });
});
