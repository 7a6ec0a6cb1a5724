/** Alerts in their table, as their owner sees them. */
import type { alertsRpc } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { deliveriesOf } from '../deliveries/list-deliveries.js';

type Row = Omit<alertsRpc.Alert, 'status' | 'deliveries'>;

const COLUMNS = `a.alert_id AS id, a.rule_id AS "ruleId", a.name, a.kind, a.account_id AS "accountId", a.connection_id AS "connectionId", a.raised_at AS "raisedAt", a.cause, a.message, a.figures, a.acknowledged_at AS "acknowledgedAt", a.note`;

/** Another user's alert is as unknown as one that never was. */
export async function alertOfUser(client: SqlClient, userId: string, alertId: string): Promise<alertsRpc.Alert | null> {
  const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM alert a WHERE a.alert_id = $1 AND a.user_id = $2`, [alertId, userId]);
  return (await withDeliveries(client, rows))[0] ?? null;
}

export interface AlertPage {
  readonly status: alertsRpc.Alert['status'] | undefined;
  readonly ruleId: string | undefined;
  readonly after: { readonly at: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function pageOfAlerts(client: SqlClient, userId: string, { status, ruleId, after, limit }: AlertPage): Promise<{ items: alertsRpc.Alert[]; more: boolean }> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM alert a WHERE a.user_id = $1 AND ($2::uuid IS NULL OR a.rule_id = $2) AND ($3::text IS NULL OR ($3 = 'acknowledged') = (a.acknowledged_at IS NOT NULL))
       AND ($4::timestamptz IS NULL OR (a.raised_at, a.alert_id) < ($4, $5::uuid))
     ORDER BY a.raised_at DESC, a.alert_id DESC LIMIT $6`,
    [userId, ruleId ?? null, status ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return { items: await withDeliveries(client, rows.slice(0, limit)), more: rows.length > limit };
}

/** The first acknowledgement stands, with its time; a note that comes later is added. @returns whether the alert is the user's, and whether it is news */
export async function acknowledge(tx: SqlClient, userId: string, alertId: string, note: string | null, at: string): Promise<'unknown' | 'again' | 'now'> {
  const { rows } = await tx.query<{ acknowledged_at: string | null; note: string | null }>('SELECT acknowledged_at, note FROM alert WHERE alert_id = $1 AND user_id = $2 FOR UPDATE', [alertId, userId]);
  const [row] = rows;
  if (!row) return 'unknown';
  if (row.acknowledged_at !== null && (note === null || note === row.note)) return 'again';
  await tx.query('UPDATE alert SET acknowledged_at = coalesce(acknowledged_at, $2), note = coalesce($3, note) WHERE alert_id = $1', [alertId, at, note]);
  return 'now';
}

async function withDeliveries(client: SqlClient, rows: readonly Row[]): Promise<alertsRpc.Alert[]> {
  if (rows.length === 0) return [];
  const deliveries = await deliveriesOf(client, rows.map(({ id }) => id));
  return rows.map((row) => ({ ...row, status: row.acknowledgedAt === null ? 'open' : 'acknowledged', deliveries: deliveries.get(row.id) ?? [] }));
}
