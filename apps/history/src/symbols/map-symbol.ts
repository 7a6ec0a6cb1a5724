/**
 * A person says which symbol an asset is. The source is asked whether there is such a symbol, not whether names and numbers agree: a person
 * may know better. Two mistakes are refused unless the person insists: an asset that nobody holds (a slip of the pen), and a symbol whose
 * closes are far from the prices that institutions carry for the asset (map-check.decide.ts). The histories that used the symbol before, or had none, are computed again (the event tells).
 */
import { problem } from '@tidemark/contracts';
import type { historyRpc, LogPosition, Problem, ResponseOf } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf } from '@tidemark/market';
import { decimal, multiply } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { PriceSource } from '../price-source/price-source.js';
import { majorCurrency } from '../prices/currency-unit.js';
import type { PriceDeps } from '../prices/deps.js';
import { ACCOUNTS_WITH } from './list-unmapped.js';
import { doubtAbout } from './map-check.decide.js';
import { NOTHING_KNOWN, planFor } from './plan.decide.js';
import { saveMapping } from './symbol-store.js';

export interface MapRequest {
  readonly asset: string;
  readonly symbol: string;
  readonly note?: string;
  /** The person insists. */
  readonly force?: boolean;
  /** Who says so. */
  readonly by: string;
}

type Mapped = ResponseOf<typeof historyRpc.mapSymbol>;

export async function mapSymbol(deps: PriceDeps, request: MapRequest): Promise<Result<{ value: Mapped; positions: readonly LogPosition[] }, Problem>> {
  const { asset, symbol, by, note, force = false } = request;
  const plan = planFor(asset, NOTHING_KNOWN);
  if (!plan) return refused('asset', 'cash, options and what is no asset id have no symbol; one such as equity:AAPL, crypto:BTC or provider:plaid:… is accepted');
  if (!deps.source) return refuse(problem('unavailable', 'There is no price source (PRICE_SOURCE), so no symbol can be checked.'));
  if (!force && !(await isKnown(deps.database, asset))) return refused('asset', `nobody holds ${asset} and it does not wait for a symbol; force: true maps it all the same`);
  const profile = await deps.source.profile(symbol, plan.kind);
  if (!profile.ok) return refuse(problem('unavailable', `The price source could not be asked: ${profile.error.detail}`));
  if (profile.value === null) return refused('symbol', `the price source ${deps.source.id} has no symbol ${symbol}`);
  const currency = majorCurrency(profile.value.currency ?? '')?.currency;
  if (currency === undefined) return refused('symbol', `the price source ${deps.source.id} does not say which currency ${symbol} is quoted in`);
  const { name } = profile.value;
  const doubt = force ? null : await doubtOf(deps, deps.source, { asset, symbol, kind: plan.kind, currency });
  if (doubt !== null) return refused('symbol', `${doubt}; force: true maps it all the same`);
  const done = await deps.log.transaction(async (tx) => {
    const { rows } = await tx.query<{ symbol: string | null }>('SELECT symbol FROM asset_symbol WHERE asset = $1 FOR UPDATE', [asset]);
    const previous = rows[0]?.symbol ?? null;
    const data = await saveMapping(deps, tx, asset, { symbol, kind: plan.kind, currency, name, sector: profile.value?.sector ?? null, method: 'person', confidence: '1', previous, by, note: note ?? null });
    await tx.query('DELETE FROM symbol_want WHERE asset = $1', [asset]);
    const counted = await tx.query<{ accounts: number }>(`SELECT ${ACCOUNTS_WITH} AS accounts FROM (SELECT $1::text AS asset) a`, [asset]);
    return { data, previous, accounts: counted.rows[0]?.accounts ?? 0 };
  });
  if (!done.ok) return refuse(problem('conflict', 'The mapping was changed by somebody else at the same moment; try again.'));
  const { data, previous, accounts } = done.value.value;
  const { method, confidence, verifiedAt } = data;
  return ok({ value: { mapped: { asset, symbol, currency, method, confidence, verifiedAt, name }, previous, accountsToRevise: previous === symbol ? 0 : accounts }, positions: done.value.positions });
}

async function isKnown(client: SqlClient, asset: AssetId): Promise<boolean> {
  const { rows } = await client.query<{ known: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM asset_symbol WHERE asset = $1) OR EXISTS (SELECT 1 FROM holding WHERE asset = $1) OR EXISTS (SELECT 1 FROM account_transaction WHERE asset = $1 AND NOT withdrawn) AS known', [asset],
  );
  return rows[0]?.known ?? false;
}

/** A week's holidays and weekends apart, there is a close. */
const DAYS_BEFORE = 10;

/** Compares with the newest price that an institution carried; what a person typed in is no such price. Null: no doubt, or nothing to compare with. */
async function doubtOf({ database }: PriceDeps, source: PriceSource, { asset, symbol, kind, currency }: { asset: AssetId; symbol: string; kind: 'security' | 'crypto'; currency: string }): Promise<string | null> {
  const { rows } = await database.query<{ price: string; currency: string; at: string }>(
    'SELECT h.price, h.currency, h.price_at AS at FROM holding h JOIN held_snapshot s USING (account_id) WHERE h.asset = $1 AND h.price IS NOT NULL AND s.connection_id IS NOT NULL ORDER BY h.price_at DESC LIMIT 1', [asset],
  );
  const carried = rows[0];
  if (!carried) return null;
  const day = carried.at.slice(0, 10);
  const answer = await source.closes(symbol, kind, dayOf(dayNumber(day) - DAYS_BEFORE), day);
  // What the source does not answer now is compared with nothing: the symbol itself was confirmed.
  const newest = answer.ok ? [...answer.value.closes].sort((a, b) => (a.day < b.day ? -1 : 1)).at(-1) : undefined;
  const factor = majorCurrency((answer.ok ? answer.value.currency : null) ?? currency)?.factor ?? '1';
  return doubtAbout({ asset, symbol, carried: { price: decimal(carried.price), currency: carried.currency, day }, close: newest ? { price: multiply(newest.close, factor), currency, day: newest.day } : null });
}

function refused(field: string, message: string) {
  return refuse(problem('validation_failed', `${field}: ${message}`, { errors: [{ field, message }] }));
}
