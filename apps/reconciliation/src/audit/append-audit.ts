/**
 * Writes entries to the end of a user's chain, in the transaction of what they tell of. The user's head row is locked until that
 * transaction ends, so two of them write one after the other and the chain has neither a gap nor a fork. The events of the same
 * transaction carry the anchors that come back: the event log is what shows later that the chain was cut off or made anew.
 */
import type { AuditAnchor, reconciliationRpc } from '@tidemark/contracts';
import { assert, canonicalJson, instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { GENESIS, hashOf } from './chain-entry.js';
import type { ChainEntry } from './chain-entry.js';
import { sealOf } from './seal.js';
import type { AuditKey } from './seal.js';

export interface NewAuditEntry {
  /** When it happened, RFC 3339 UTC; kept to the millisecond. */
  readonly at: string;
  readonly kind: reconciliationRpc.AuditKind;
  /** Of what it tells: the id of the run, account, discrepancy, book or statement. */
  readonly subject: string;
  readonly data: object;
}

/** @returns an anchor for each entry, in their order */
export async function appendAudit(tx: SqlClient, key: AuditKey, userId: string, entries: readonly NewAuditEntry[]): Promise<AuditAnchor[]> {
  if (entries.length === 0) return [];
  const seal = sealOf(key, userId);
  let last = await lockedHead(tx, userId);
  const written = entries.map(({ at, kind, subject, data }): ChainEntry => {
    const unsealed = { sequence: last.sequence + 1, at: instant(Date.parse(at)), kind, subject, data: canonicalJson(data), previousHash: last.hash };
    const entry = { ...unsealed, hash: hashOf(unsealed, seal) };
    last = entry;
    return entry;
  });
  await tx.query(
    `INSERT INTO audit_entry (user_id, sequence, at, kind, subject, data, previous_hash, hash)
     SELECT $1, * FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::json[], $7::text[], $8::text[])`,
    [userId, written.map((one) => one.sequence), written.map((one) => one.at), written.map((one) => one.kind), written.map((one) => one.subject), written.map((one) => one.data), written.map((one) => one.previousHash), written.map((one) => one.hash)],
  );
  await tx.query('UPDATE audit_head SET sequence = $2, hash = $3 WHERE user_id = $1', [userId, last.sequence, last.hash]);
  return written.map(({ sequence, hash }) => ({ sequence, hash }));
}

/**
 * The head row is the lock, and remembers the end of the chain. Where somebody set it back or wrote another hash into it, the entries
 * themselves know better; where it names entries that are not there, it remembers what was cut off, and verification says so.
 */
async function lockedHead(tx: SqlClient, userId: string): Promise<{ sequence: number; hash: string }> {
  await tx.query('INSERT INTO audit_head (user_id, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (user_id) DO NOTHING', [userId, GENESIS]);
  const { rows: [head] } = await tx.query<{ sequence: number; hash: string }>('SELECT sequence, hash FROM audit_head WHERE user_id = $1 FOR UPDATE', [userId]);
  assert(head !== undefined, `the head of the audit chain of ${userId} is gone`);
  const { rows: [last] } = await tx.query<{ sequence: number; hash: string }>('SELECT sequence, hash FROM audit_entry WHERE user_id = $1 ORDER BY sequence DESC LIMIT 1', [userId]);
  return last !== undefined && last.sequence >= head.sequence ? last : head;
}
