/**
 * Leases decide which replica works on which partition. A lease is a row with a holder and an end; whoever holds it renews it well
 * before the end. Replicas of a group say that they are there, and each takes its fair share. A lease is only a convenience:
 * what makes two workers harmless is the fenced checkpoint, which lets one of them commit.
 */
import type { SqlClient } from './sql-client.js';

export interface LeaseOptions {
  readonly client: SqlClient;
  /** Schema of the tables `lease` and `lease_member`. */
  readonly schema: 'log' | 'projection';
  /** What is shared out, such as `relay` or `projection/balances`. */
  readonly group: string;
  /** Unique per process and start. */
  readonly holder: string;
  readonly parts: number;
  readonly ttlMs: number;
}

/** Table definitions for a migration. */
export function leaseTables(schema: 'log' | 'projection'): string {
  return `
    CREATE TABLE ${schema}.lease (
      lease_group text NOT NULL, part int NOT NULL, holder text NOT NULL, expires_at timestamptz NOT NULL,
      PRIMARY KEY (lease_group, part));
    CREATE TABLE ${schema}.lease_member (
      lease_group text NOT NULL, holder text NOT NULL, expires_at timestamptz NOT NULL,
      PRIMARY KEY (lease_group, holder));`;
}

/** Renews what is held, gives up what exceeds the fair share, takes what is free. @returns the parts held now */
export async function takeLeases(options: LeaseOptions): Promise<number[]> {
  const { client, schema, group, holder, parts, ttlMs } = options;
  const ttl = `${ttlMs} milliseconds`;
  await client.query(
    `INSERT INTO ${schema}.lease_member VALUES ($1, $2, now() + $3::interval)
     ON CONFLICT (lease_group, holder) DO UPDATE SET expires_at = excluded.expires_at`,
    [group, holder, ttl],
  );
  const { rows: members } = await client.query<{ count: number }>(`SELECT count(*) AS count FROM ${schema}.lease_member WHERE lease_group = $1 AND expires_at > now()`, [group]);
  const share = Math.ceil(parts / Math.max(1, members[0]?.count ?? 1));
  const { rows: held } = await client.query<{ part: number }>(
    `WITH wanted AS (
       SELECT p AS part, (l.holder = $2 AND l.expires_at > now()) AS mine
       FROM generate_series(0, $4 - 1) p LEFT JOIN ${schema}.lease l ON l.lease_group = $1 AND l.part = p
       WHERE l.part IS NULL OR l.holder = $2 OR l.expires_at <= now()
       ORDER BY mine DESC NULLS LAST, p LIMIT $5)
     INSERT INTO ${schema}.lease AS lease (lease_group, part, holder, expires_at)
       SELECT $1, part, $2, now() + $3::interval FROM wanted
     ON CONFLICT (lease_group, part) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
       WHERE lease.holder = excluded.holder OR lease.expires_at <= now()
     RETURNING part`,
    [group, holder, ttl, parts, share],
  );
  const kept = held.map((row) => row.part);
  await client.query(`DELETE FROM ${schema}.lease WHERE lease_group = $1 AND holder = $2 AND NOT part = ANY($3::int[])`, [group, holder, kept]);
  return kept.sort((a, b) => a - b);
}

export async function releaseLeases(options: LeaseOptions): Promise<void> {
  const { client, schema, group, holder } = options;
  await client.query(`DELETE FROM ${schema}.lease WHERE lease_group = $1 AND holder = $2`, [group, holder]);
  await client.query(`DELETE FROM ${schema}.lease_member WHERE lease_group = $1 AND (holder = $2 OR expires_at < now() - interval '1 hour')`, [group, holder]);
}
