/**
 * The secret that signs a rule's webhooks, sealed under ALERTS_KEY in a table of its own: it stands in no event, no log and no error, and
 * is shown once, where we made it. Bound to its rule and user, so that a row copied to another rule does not open.
 */
import { randomBytes } from 'node:crypto';
import { CredentialError, openSealed, seal } from '@tidemark/credentials';
import type { Keyring, SealOwner } from '@tidemark/credentials';
import type { SqlClient } from '@tidemark/postgres';

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

const ownerOf = (ruleId: string, userId: string): SealOwner => ({ ref: `alert-rule/${ruleId}`, userId });

export async function writeRuleSecret(client: SqlClient, keyring: Keyring, { ruleId, userId, secret }: { readonly ruleId: string; readonly userId: string; readonly secret: string }): Promise<void> {
  const sealed = seal(keyring, ownerOf(ruleId, userId), Buffer.from(secret, 'utf8'));
  await client.query(
    `INSERT INTO rule_secret (rule_id, user_id, key_id, wrapped_key, payload) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (rule_id) DO UPDATE SET key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, payload = excluded.payload`,
    [ruleId, userId, sealed.keyId, sealed.wrappedKey, sealed.payload],
  );
}

export async function removeRuleSecret(client: SqlClient, ruleId: string): Promise<void> {
  await client.query('DELETE FROM rule_secret WHERE rule_id = $1', [ruleId]);
}

interface Row {
  readonly rule_id: string;
  readonly user_id: string;
  readonly key_id: string;
  readonly wrapped_key: Buffer;
  readonly payload: Buffer;
}

/** By rule: null where the secret cannot be opened (another key), absent where the rule has none or is gone. @param failed says why, without a byte of it */
export async function openRuleSecrets(client: SqlClient, keyring: Keyring, ruleIds: readonly string[], failed: (error: CredentialError) => void): Promise<Map<string, string | null>> {
  const { rows } = await client.query<Row>('SELECT rule_id, user_id, key_id, wrapped_key, payload FROM rule_secret WHERE rule_id = ANY($1::uuid[])', [ruleIds]);
  return new Map(rows.map((row) => [row.rule_id, opened(keyring, row, failed)]));
}

function opened(keyring: Keyring, row: Row, failed: (error: CredentialError) => void): string | null {
  try {
    return openSealed(keyring, ownerOf(row.rule_id, row.user_id), { keyId: row.key_id, wrappedKey: row.wrapped_key, payload: row.payload }).toString('utf8');
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    failed(error);
    return null;
  }
}
