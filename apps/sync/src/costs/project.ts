/** What paid refreshes came to, a row per refresh, folded from sync's own log. A reservation counts until it is known to be unbilled. */
import type { EventEnvelope, RefreshCostReserved, RefreshCostSettled } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';

export const COSTS = 'sync-costs';

type Spent = (RefreshCostReserved | RefreshCostSettled) & { month: string; billed: boolean | null };

export const costs: Projection = {
  name: COSTS,
  logs: ['sync'],
  async apply(tx, events) {
    const rows = new Map<string, Spent>();
    for (const event of events) {
      if (event.type === 'RefreshCostReserved') rows.set((event.data as RefreshCostReserved).syncId, { ...(event.data as RefreshCostReserved), month: event.time.slice(0, 7), billed: null });
      else if (event.type === 'RefreshCostSettled') rows.set((event.data as RefreshCostSettled).syncId, settled(event, rows));
    }
    const all = [...rows.values()];
    if (all.length === 0) return;
    await tx.query(
      `INSERT INTO refresh_cost AS r (sync_id, user_id, connection_id, provider, month, amount, currency, billed)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::text[], $8::boolean[])
       ON CONFLICT (sync_id) DO UPDATE SET amount = excluded.amount, currency = excluded.currency, billed = excluded.billed`,
      [all.map((row) => row.syncId), all.map((row) => row.userId), all.map((row) => row.connectionId), all.map((row) => row.provider), all.map((row) => row.month), all.map((row) => row.cost.amount), all.map((row) => row.cost.currency), all.map((row) => row.billed)],
    );
  },
};

/** The month is the reservation's: that is when the call was made. */
function settled(event: EventEnvelope, rows: ReadonlyMap<string, Spent>): Spent {
  const data = event.data as RefreshCostSettled;
  return { ...data, month: rows.get(data.syncId)?.month ?? event.time.slice(0, 7) };
}
