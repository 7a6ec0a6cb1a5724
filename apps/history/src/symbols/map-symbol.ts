/**
 * A person says which symbol an asset is. The source is asked whether there is such a symbol, nothing more: a person may know better than names
 * and numbers. The histories that used the symbol before, or had none, are computed again (the event tells).
 */
import { problem } from '@tidemark/contracts';
import type { historyRpc, LogPosition, Problem, ResponseOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { majorCurrency } from '../prices/currency-unit.js';
import type { PriceDeps } from '../prices/deps.js';
import { ACCOUNTS_WITH } from './list-unmapped.js';
import { NOTHING_KNOWN, planFor } from './plan.decide.js';
import { saveMapping } from './symbol-store.js';

export interface MapRequest {
  readonly asset: string;
  readonly symbol: string;
  readonly note?: string;
  /** Who says so. */
  readonly by: string;
}

type Mapped = ResponseOf<typeof historyRpc.mapSymbol>;

export async function mapSymbol(deps: PriceDeps, request: MapRequest): Promise<Result<{ value: Mapped; positions: readonly LogPosition[] }, Problem>> {
  const { asset, symbol, by, note } = request;
  const plan = planFor(asset, NOTHING_KNOWN);
  if (!plan) return refused('asset', 'cash, options and what is no asset id have no symbol; one such as equity:AAPL, crypto:BTC or provider:plaid:… is accepted');
  if (!deps.source) return refuse(problem('unavailable', 'There is no price source (PRICE_SOURCE), so no symbol can be checked.'));
  const profile = await deps.source.profile(symbol, plan.kind);
  if (!profile.ok) return refuse(problem('unavailable', `The price source could not be asked: ${profile.error.detail}`));
  if (profile.value === null) return refused('symbol', `the price source ${deps.source.id} has no symbol ${symbol}`);
  const currency = majorCurrency(profile.value.currency ?? '')?.currency;
  if (currency === undefined) return refused('symbol', `the price source ${deps.source.id} does not say which currency ${symbol} is quoted in`);
  const { name } = profile.value;
  const done = await deps.log.transaction(async (tx) => {
    const { rows } = await tx.query<{ symbol: string | null }>('SELECT symbol FROM asset_symbol WHERE asset = $1 FOR UPDATE', [asset]);
    const previous = rows[0]?.symbol ?? null;
    const data = await saveMapping(deps, tx, asset, { symbol, kind: plan.kind, currency, name, method: 'person', confidence: '1', previous, by, note: note ?? null });
    await tx.query('DELETE FROM symbol_want WHERE asset = $1', [asset]);
    const counted = await tx.query<{ accounts: number }>(`SELECT ${ACCOUNTS_WITH} AS accounts FROM (SELECT $1::text AS asset) a`, [asset]);
    return { data, previous, accounts: counted.rows[0]?.accounts ?? 0 };
  });
  if (!done.ok) return refuse(problem('conflict', 'The mapping was changed by somebody else at the same moment; try again.'));
  const { data, previous, accounts } = done.value.value;
  const { method, confidence, verifiedAt } = data;
  return ok({ value: { mapped: { asset, symbol, currency, method, confidence, verifiedAt, name }, previous, accountsToRevise: previous === symbol ? 0 : accounts }, positions: done.value.positions });
}

function refused(field: string, message: string) {
  return refuse(problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] }));
}
