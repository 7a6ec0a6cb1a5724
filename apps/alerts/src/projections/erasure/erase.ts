/** Who and what is to be erased, and the marks that keep it from coming back through the other log. */
import type { ConnectionRemoved, EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface Erasure {
  readonly userId: string;
  readonly kind: 'account' | 'connection' | 'user';
  readonly id: string;
}

export function erasuresOf(event: EventEnvelope): Erasure[] {
  const userId = event.userid;
  if (event.type === 'UserErased') return [{ userId, kind: 'user', id: userId }];
  if (event.type !== 'ConnectionRemoved') return [];
  const { erased, connectionId, accountIds } = event.data as ConnectionRemoved;
  return erased ? [{ userId, kind: 'connection', id: connectionId }, ...accountIds.map((id) => ({ userId, kind: 'account' as const, id }))] : [];
}

export async function markErased(tx: SqlClient, erasures: readonly Erasure[]): Promise<void> {
  await tx.query('INSERT INTO erasure (user_id, kind, id) SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING', [
    erasures.map((one) => one.userId), erasures.map((one) => one.kind), erasures.map((one) => one.id),
  ]);
}
