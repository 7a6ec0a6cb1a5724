import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { newId } from '@tidemark/service';
import { appendAudit } from './append-audit.js';
import { auditDatabase } from './audit-database.fixture.js';
import { verifyAudit } from './verify-audit.js';

const key = randomBytes(32);
const at = '2026-11-21T10:00:00.000Z';

describe('the end of a chain and of the log that names it', () => {
  it('cut off together are missed: positions of the log have no gap', async () => {
    const own = await auditDatabase('audit_cut_both');
    try {
      const both = { database: own.database, log: own.log, key };
      const written = async () => own.log.transaction(async (tx) => {
        const runId = newId();
        const [audit] = await appendAudit(tx, key, 'una', [{ at, kind: 'run_requested', subject: runId, data: {} }]);
        tx.append({ userId: 'una', stream: `run-${runId}`, expectedVersion: 0, events: [{ id: newId(), type: 'ReconciliationRequested', time: at, data: { userId: 'una', runId, reason: 'requested', accountIds: null, tolerance: {}, audit } }] });
      });
      for (let made = 0; made < 3; made += 1) await written();
      expect(await verifyAudit(both, 'una')).toMatchObject({ valid: true, entries: 3 });
      await own.owner.transaction(async (tx) => {
        for (const table of ['audit_entry', 'log.event']) await tx.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
        await tx.query(`UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit_entry WHERE user_id = 'una' AND sequence = 2) WHERE user_id = 'una'`);
        await tx.query(`DELETE FROM audit_entry WHERE user_id = 'una' AND sequence = 3`);
        await tx.query(`DELETE FROM log.event WHERE userid = 'una' AND (data->'audit'->>'sequence')::int = 3`);
      });
      expect(await verifyAudit(both, 'una')).toMatchObject({ valid: false, firstBroken: { sequence: 3, problem: 'cut_off', detail: expect.stringContaining('1 of the 3 events') } });
    } finally {
      await own.close();
    }
  });
});
