/**
 * A claim makes something run once at a time over all replicas without holding a database connection while a provider answers.
 * It ends by itself, so that a crash costs waiting and nothing else.
 */
import type { SqlClient } from '@tidemark/postgres';

/** @returns false where somebody else holds it */
export async function takeClaim(client: SqlClient, name: string, holder: string, ttlMs: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO claim (name, holder, expires_at) VALUES ($1, $2, now() + $3::interval)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at WHERE claim.expires_at <= now() OR claim.holder = excluded.holder`,
    [name, holder, `${ttlMs} milliseconds`],
  );
  return rowCount > 0;
}

export async function giveUpClaim(client: SqlClient, name: string, holder: string): Promise<void> {
  await client.query('DELETE FROM claim WHERE name = $1 AND holder = $2', [name, holder]);
}
