/**
 * The one way in which entries go: with their user, who is erased. What stays is a mark that says up to where the chain was erased and
 * goes on from which hash, sealed with the key of the chain; without such a mark, missing entries are found as removed.
 */
import { canonicalJson, instant } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { sealOf } from './seal.js';
import type { AuditKey, Seal } from './seal.js';

export interface ErasureMark {
  readonly through: number;
  readonly hash: string;
  readonly at: string;
  readonly proof: string;
}

/** In the transaction that erases the user's other rows. @param at RFC 3339 UTC @returns how many entries are gone */
export async function eraseAudit(tx: SqlClient, key: AuditKey, userId: string, at: string): Promise<number> {
  const { rows: [head] } = await tx.query<{ sequence: number; hash: string }>('SELECT sequence, hash FROM audit_head WHERE user_id = $1 FOR UPDATE', [userId]);
  if (!head) return 0;
  const mark = { through: head.sequence, hash: head.hash, at: instant(Date.parse(at)) };
  await tx.query(
    `INSERT INTO audit_erasure (user_id, through, hash, at, proof) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (user_id) DO UPDATE SET through = excluded.through, hash = excluded.hash, at = excluded.at, proof = excluded.proof`,
    [userId, mark.through, mark.hash, mark.at, proofOf(mark, sealOf(key, userId))],
  );
  const { rows: [gone] } = await tx.query<{ erased: number }>('SELECT erase_audit($1) AS erased', [userId]);
  return gone?.erased ?? 0;
}

/** The mark of a user who was erased, where the service made it; null otherwise. */
export async function findErasure(client: SqlClient, key: AuditKey, userId: string): Promise<ErasureMark | null> {
  const { rows: [mark] } = await client.query<ErasureMark>('SELECT through, hash, at, proof FROM audit_erasure WHERE user_id = $1', [userId]);
  return mark && mark.proof === proofOf(mark, sealOf(key, userId)) ? mark : null;
}

function proofOf({ through, hash, at }: Omit<ErasureMark, 'proof'>, seal: Seal): string {
  return seal(`erased ${canonicalJson({ through, hash, at })}`);
}
