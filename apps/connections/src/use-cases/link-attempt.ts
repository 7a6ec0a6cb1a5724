/**
 * A link under way. It is claimed while a provider is asked to complete it, so that two requests do not spend one public token, and it
 * outlives a crash: what was claimed and never finished is looked at again (`background/abandoned-links.ts`).
 */
import type { SqlClient } from '@tidemark/postgres';

const CLAIM_MS = 90_000;

export interface AttemptOf {
  readonly connectionId: string;
  readonly userId: string;
}

/** The person was given a link to make a connection work again: completing it is expected now. */
export async function expectReconnect(client: SqlClient, { connectionId, userId }: AttemptOf): Promise<void> {
  await client.query(
    `INSERT INTO link_attempt (connection_id, user_id, kind, state) VALUES ($1, $2, 'reconnect', 'started')
     ON CONFLICT (connection_id) DO UPDATE SET kind = 'reconnect', updated_at = now()`,
    [connectionId, userId],
  );
}

export async function isReconnectExpected(client: SqlClient, connectionId: string): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT 1 FROM link_attempt WHERE connection_id = $1 AND kind = 'reconnect'`, [connectionId]);
  return rowCount > 0;
}

/** @returns false where another request is completing it right now */
export async function claimAttempt(client: SqlClient, { connectionId, userId }: AttemptOf): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO link_attempt (connection_id, user_id, kind, state, claimed_until) VALUES ($1, $2, 'link', 'completing', now() + $3::interval)
     ON CONFLICT (connection_id) DO UPDATE SET state = 'completing', claimed_until = excluded.claimed_until, updated_at = now()
     WHERE link_attempt.claimed_until IS NULL OR link_attempt.claimed_until < now()`,
    [connectionId, userId, `${CLAIM_MS} milliseconds`],
  );
  return rowCount > 0;
}

/** The provider refused and nothing was stored: it may be tried again at once. */
export async function releaseAttempt(client: SqlClient, connectionId: string): Promise<void> {
  await client.query(`UPDATE link_attempt SET state = 'started', claimed_until = NULL, updated_at = now() WHERE connection_id = $1`, [connectionId]);
}

export async function finishAttempt(client: SqlClient, connectionId: string): Promise<void> {
  await client.query('DELETE FROM link_attempt WHERE connection_id = $1', [connectionId]);
}

/** The connection is gone; an attempt that is being completed stays, so that what it stores is found and revoked. */
export async function forgetUnlessClaimed(client: SqlClient, connectionId: string): Promise<void> {
  await client.query(`DELETE FROM link_attempt WHERE connection_id = $1 AND state = 'started'`, [connectionId]);
}

/** Claimed and left by a process that is no more. */
export async function abandonedAttempts(client: SqlClient, limit: number): Promise<AttemptOf[]> {
  const { rows } = await client.query<{ connection_id: string; user_id: string }>(
    `SELECT connection_id, user_id FROM link_attempt WHERE state = 'completing' AND claimed_until < now() ORDER BY claimed_until LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({ connectionId: row.connection_id, userId: row.user_id }));
}
