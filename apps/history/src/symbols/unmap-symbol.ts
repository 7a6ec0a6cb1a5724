/**
 * A person takes a mapping back. The asset waits for a person from then on: looked for by itself, the same wrong symbol would be found again.
 * The histories that used it are computed again (the event tells).
 */
import { problem } from '@tidemark/contracts';
import type { historyRpc, LogPosition, Problem, ResponseOf, SymbolUnmapped } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { PriceDeps } from '../prices/deps.js';
import { ACCOUNTS_WITH } from './list-unmapped.js';
import { RETELLINGS } from './symbol-store.js';

export interface UnmapRequest {
  readonly asset: string;
  readonly note?: string;
  /** Who says so. */
  readonly by: string;
}

type Unmapped = ResponseOf<typeof historyRpc.unmapSymbol>;

export async function unmapSymbol({ log, clock, newId }: Pick<PriceDeps, 'log' | 'clock' | 'newId'>, { asset, note, by }: UnmapRequest): Promise<Result<{ value: Unmapped; positions: readonly LogPosition[] }, Problem>> {
  const reason = `its symbol was taken back by a person${note === undefined ? '' : `: ${note}`}`;
  const done = await log.transaction(async (tx): Promise<Unmapped | null> => {
    const { rows } = await tx.query<{ symbol: string; name: string | null; known: string | null }>(`SELECT symbol, name, known ->> 'name' AS known FROM asset_symbol WHERE asset = $1 AND status = 'mapped' FOR UPDATE`, [asset]);
    const [mapped] = rows;
    if (!mapped) return null;
    const candidates = [{ symbol: mapped.symbol, name: mapped.name ?? mapped.symbol, confidence: '0' }];
    await tx.query(
      `UPDATE asset_symbol SET status = 'unmapped', symbol = NULL, kind = NULL, currency = NULL, name = $5, method = NULL, confidence = NULL, verified_at = NULL, source = NULL, sector = NULL, reason = $2, tried = '{person}', candidates = $3::jsonb,
         locked_by = NULL, locked_until = NULL, attempts = 0, retold = $4, next_attempt_at = 'infinity', since = now() WHERE asset = $1`,
      [asset, reason, JSON.stringify(candidates), RETELLINGS, mapped.known],
    );
    const counted = await tx.query<{ accounts: number }>(`SELECT ${ACCOUNTS_WITH} AS accounts FROM (SELECT $1::text AS asset) a`, [asset]);
    const data: SymbolUnmapped = { asset, name: mapped.known, reason, tried: ['person'], candidates, previous: mapped.symbol, by };
    tx.append({ userId: `~asset:${asset}`.slice(0, 200), stream: `symbol-${asset}`, expectedVersion: 'any', events: [{ id: newId(), type: 'SymbolUnmapped', time: new Date(clock.now()).toISOString(), data }] });
    return { asset, previous: mapped.symbol, accountsToRevise: counted.rows[0]?.accounts ?? 0 };
  });
  if (!done.ok) return refuse(problem('conflict', 'The mapping was changed by somebody else at the same moment; try again.'));
  if (done.value.value === null) return refuse(problem('not_found', `${asset} has no symbol that could be taken back.`));
  return ok({ value: done.value.value, positions: done.value.positions });
}
