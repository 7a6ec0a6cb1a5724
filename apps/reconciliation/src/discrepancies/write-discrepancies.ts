/** Rows of discrepancies: what a run sees of them, and how they end. Endings are written first: of one asset one is open at a time. */
import type { SqlClient } from '@tidemark/postgres';
import type { DiscrepancyDecision, Ending, KnownDiscrepancy } from '../discrepancy/discrepancy.decide.js';

export interface Seen {
  readonly userId: string;
  readonly runId: string;
  readonly at: string;
}

type Status = 'open' | 'explained' | 'persisting';

/** Below this a proposal is a guess from the figures alone: worth showing, and nothing to stop looking for. */
const SURE = 75;

/** Explained, where proposals that rest on a record cover all of it; else as new or as old as it is. */
export function statusOf(explanations: KnownDiscrepancy['explanations'], isNew: boolean): Status {
  if (explanations.at(-1)?.complete === true && explanations.every(({ quantity, confidence }) => quantity === '0' || confidence >= SURE)) return 'explained';
  return isNew ? 'open' : 'persisting';
}

/** Begun and gone on alike: one that ended and is there again over the same period is the same. */
export async function seeRows(tx: SqlClient, found: readonly { readonly accountId: string; readonly decision: DiscrepancyDecision }[], { userId, runId, at }: Seen): Promise<void> {
  const all = found.flatMap(({ accountId, decision: { open, explain, persist } }) => [
    ...open.map((one) => ({ accountId, one, status: statusOf(one.explanations, true) })),
    ...[...explain, ...persist].map((one) => ({ accountId, one, status: statusOf(one.explanations, false) })),
  ]);
  if (all.length === 0) return;
  const of = <T>(pick: (one: KnownDiscrepancy) => T) => all.map(({ one }) => pick(one));
  const json = (pick: (one: KnownDiscrepancy) => unknown) => JSON.stringify(of(pick));
  await tx.query(
    `INSERT INTO discrepancy AS d (discrepancy_id, user_id, account_id, asset, kind, status, basis, expected, actual, difference, divergence, explanations, opened_at, opened_by, last_seen_at, last_seen_by)
     SELECT s.id, $1, s.account_id, s.asset, s.kind, s.status, s.basis, s.expected, s.actual, s.difference, nullif(s.divergence::text, 'null')::json, s.explanations, $2, $3, $2, $3
     FROM ROWS FROM (unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), json_array_elements($9::json), unnest($10::text[]), unnest($11::text[]), unnest($12::text[]), json_array_elements($13::json), json_array_elements($14::json))
       AS s(id, account_id, asset, kind, status, basis, expected, actual, difference, divergence, explanations)
     ON CONFLICT (discrepancy_id) DO UPDATE SET status = excluded.status, expected = excluded.expected, actual = excluded.actual, difference = excluded.difference, divergence = excluded.divergence,
       explanations = excluded.explanations, last_seen_at = excluded.last_seen_at, last_seen_by = excluded.last_seen_by, times_seen = d.times_seen + 1, resolved_at = NULL, resolution = NULL, resolved_by = NULL, note = NULL`,
    [userId, at, runId, of(({ id }) => id), all.map(({ accountId }) => accountId), of(({ asset }) => asset), of(({ kind }) => kind), all.map(({ status }) => status), json(({ basis }) => basis), of(({ expected }) => expected), of(({ actual }) => actual), of(({ difference }) => difference), json(({ divergence }) => divergence), json(({ explanations }) => explanations)],
  );
}

export async function resolveRows(tx: SqlClient, endings: readonly Ending[], { runId, at, note }: Pick<Seen, 'at'> & { readonly runId: string | null; readonly note: string | null }): Promise<void> {
  if (endings.length === 0) return;
  await tx.query(
    `UPDATE discrepancy d SET status = 'resolved', resolved_at = $3, resolution = u.resolution, resolved_by = $4, note = $5 FROM unnest($1::uuid[], $2::text[]) AS u(id, resolution) WHERE d.discrepancy_id = u.id AND d.status <> 'resolved'`,
    [endings.map(({ discrepancy }) => discrepancy.id), endings.map(({ resolution }) => resolution), at, runId, note],
  );
}
