/**
 * Taking a link back at its provider. That it is to be done is written in the transaction that says so in the log; then it is tried,
 * now and later and again, until the provider agrees. Only then is the credential destroyed: without it nothing could be revoked.
 */
import type { SqlClient } from '@tidemark/postgres';
import { userRef } from '@tidemark/credentials';
import { giveUpClaim, takeClaim } from '../claim.js';
import type { Parts } from '../parts.js';
import { userClaim } from './user-credential.js';

export interface ToRevoke {
  readonly credentialRef: string;
  readonly connectionId: string;
  readonly userId: string;
  readonly provider: string;
  readonly providerConnectionId: string;
  readonly institution: string | null;
  /** Erasure: with the last connection the provider's user goes too. */
  readonly deleteUser: boolean;
}

interface Row {
  readonly credential_ref: string;
  readonly connection_id: string;
  readonly user_id: string;
  readonly provider: string;
  readonly provider_connection_id: string;
  readonly institution: string | null;
  readonly delete_user: boolean;
  readonly attempts: number;
}

const CLAIM = `'2 minutes'::interval`;
const DUE_AT_ONCE = 20;

export async function noteRevocation(client: SqlClient, { credentialRef, connectionId, userId, provider, providerConnectionId, institution, deleteUser }: ToRevoke): Promise<void> {
  await client.query(
    `INSERT INTO revocation (credential_ref, connection_id, user_id, provider, provider_connection_id, institution, delete_user) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (credential_ref) DO UPDATE SET delete_user = revocation.delete_user OR excluded.delete_user, next_attempt_at = now()`,
    [credentialRef, connectionId, userId, provider, providerConnectionId, institution, deleteUser],
  );
}

/** @returns whether it is done; false where it failed, or another process is at it */
export async function revokeNow(parts: Parts, credentialRef: string): Promise<boolean> {
  const { rows } = await parts.database.query<Row>(`UPDATE revocation SET next_attempt_at = now() + ${CLAIM} WHERE credential_ref = $1 AND next_attempt_at <= now() RETURNING *`, [credentialRef]);
  return rows[0] ? attempt(parts, rows[0]) : false;
}

/** Everything that is due, a few at a time. @returns how many were looked at */
export async function revokeDue(parts: Parts): Promise<number> {
  const { rows } = await parts.database.query<Row>(
    `UPDATE revocation SET next_attempt_at = now() + ${CLAIM}
     WHERE credential_ref IN (SELECT credential_ref FROM revocation WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT ${DUE_AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING *`,
  );
  for (const row of rows) await attempt(parts, row);
  return rows.length;
}

async function attempt(parts: Parts, row: Row): Promise<boolean> {
  const failed = await revoke(parts, row).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (failed === null) return true;
  const { rows } = await parts.database.query<{ next_attempt_at: string }>(
    `UPDATE revocation SET attempts = attempts + 1, last_error = $2, next_attempt_at = now() + least(21600, 30 * 2 ^ least(attempts, 10)) * interval '1 second'
     WHERE credential_ref = $1 RETURNING next_attempt_at`,
    [row.credential_ref, failed.slice(0, 1_000)],
  );
  const where = { provider: row.provider, connectionId: row.connection_id, attempts: row.attempts + 1, nextAttemptAt: rows[0]?.next_attempt_at, reason: failed };
  parts.logger.warn(where, 'a connection could not be revoked at its provider yet; it will be tried again');
  return false;
}

/** @returns why it is not done, or null where it is */
async function revoke(parts: Parts, row: Row): Promise<string | null> {
  const provider = parts.providers.get(row.provider);
  if (!provider) return `${row.provider} is switched off here`;
  const credential = await parts.credentials.get(row.credential_ref);
  if (credential) {
    const call = { userId: row.user_id, connectionId: row.connection_id, institution: row.institution };
    const revoked = await provider.port.revoke({ call, credential, providerConnectionId: row.provider_connection_id });
    if (!revoked.ok) return `${revoked.error.code}: ${revoked.error.detail}`;
    await parts.credentials.destroy(row.credential_ref);
  }
  if (!row.delete_user) {
    await parts.database.query('DELETE FROM revocation WHERE credential_ref = $1', [row.credential_ref]);
    return null;
  }
  return finishErasure(parts, row);
}

/** One at a time per user, so that of two last connections the later one sees that it is the last. */
async function finishErasure(parts: Parts, row: Row): Promise<string | null> {
  const name = userClaim(row.provider, row.user_id);
  const holder = parts.newId();
  if (!(await takeClaim(parts.database, name, holder, 120_000))) return 'the user is being registered or removed by another request';
  try {
    const failed = (await hasOtherConnections(parts, row)) ? null : await deleteProviderUser(parts, row);
    if (failed === null) await parts.database.query('DELETE FROM revocation WHERE credential_ref = $1', [row.credential_ref]);
    return failed;
  } finally {
    await giveUpClaim(parts.database, name, holder);
  }
}

async function hasOtherConnections({ database }: Parts, row: Row): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT 1 FROM connection_list WHERE user_id = $1 AND provider = $2 AND status <> 'disconnected' AND connection_id <> $3
     UNION ALL SELECT 1 FROM revocation WHERE user_id = $1 AND provider = $2 AND credential_ref <> $4 LIMIT 1`,
    [row.user_id, row.provider, row.connection_id, row.credential_ref],
  );
  return rowCount > 0;
}

async function deleteProviderUser(parts: Parts, row: Row): Promise<string | null> {
  const ref = userRef(row.provider, row.user_id);
  const secret = await parts.credentials.get(ref);
  if (!secret) return null;
  const deleted = await parts.providers.get(row.provider)?.port.deleteUser(row.user_id, secret);
  if (deleted && !deleted.ok) return `${deleted.error.code}: ${deleted.error.detail}`;
  await parts.credentials.destroy(ref);
  return null;
}
