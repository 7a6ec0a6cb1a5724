/**
 * Which asset is which symbol, for all users. An asset that is met for the first time becomes a row that waits for its symbol; what was found
 * is an event and stands until a person says otherwise, what was not found waits for a person and is looked for again after a month at the
 * earliest.
 */
import type { BalanceLine, SymbolMapped, SymbolUnmapped } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import type { AssetId } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { PriceDeps } from '../prices/deps.js';
import { LeaseLost } from '../prices/deps.js';
import { knownOf, planFor } from './plan.decide.js';
import type { KnownOfAsset } from './plan.decide.js';
import type { Resolved } from './resolve-asset.js';

export interface AssetSeen {
  readonly asset: AssetId;
  /** Null where only a transaction names it. */
  readonly line: BalanceLine | null;
  /** Runs that wait for its symbol. */
  readonly runIds?: readonly string[];
}

export interface WantedAsset {
  readonly asset: AssetId;
  readonly known: KnownOfAsset;
  readonly status: 'wanted' | 'unmapped';
  readonly reason: string | null;
  readonly attempts: number;
  readonly fence: number;
}

/** After so many failed attempts nobody waits for the source any more. */
const PATIENT_ATTEMPTS = 2;

/** The symbols of assets that are decided: a symbol, or null where none can be trusted. What is absent is being looked for. */
export async function symbolsOf({ source, database }: Pick<PriceDeps, 'source' | 'database'>, seen: readonly AssetSeen[]): Promise<Map<AssetId, string | null>> {
  const decided = new Map<AssetId, string | null>();
  const open = new Map<AssetId, AssetSeen>();
  for (const one of seen) {
    if (planFor(one.asset, knownOf(one.line)) === null) decided.set(one.asset, null);
    else open.set(one.asset, one);
  }
  if (open.size === 0) return decided;
  const { rows } = await database.query<SymbolRow>('SELECT asset, status, symbol, attempts, known, retold FROM asset_symbol WHERE asset = ANY($1::text[])', [[...open.keys()]]);
  const known = new Map(rows.map((row) => [row.asset, row]));
  const fresh: AssetSeen[] = [];
  for (const [asset, one] of open) {
    const row = known.get(asset);
    if (source !== null && row && tellsMore(row, one)) fresh.push(one);
    else if (row && row.status !== 'wanted') decided.set(asset, row.symbol);
    else if (source === null || (row && row.attempts >= PATIENT_ATTEMPTS)) decided.set(asset, null);
    else fresh.push(one);
  }
  if (fresh.length > 0) await want(database, fresh);
  return decided;
}

interface SymbolRow {
  readonly asset: string;
  readonly status: string;
  readonly symbol: string | null;
  readonly attempts: number;
  readonly known: Partial<KnownOfAsset>;
  readonly retold: number;
}

/** So often an asset is looked for again because another account knows something else of it. */
export const RETELLINGS = 4;

/** What one account says wrong of an asset must not leave it without a symbol for all others: other knowledge is another question. */
function tellsMore({ status, known, retold }: SymbolRow, { line }: AssetSeen): boolean {
  if (status !== 'unmapped' || line === null || retold >= RETELLINGS) return false;
  return Object.entries(knownOf(line)).some(([field, value]) => value !== null && value !== (known[field as keyof KnownOfAsset] ?? null));
}

async function want(client: SqlClient, seen: readonly AssetSeen[]): Promise<void> {
  const sorted = [...seen].sort((a, b) => (a.asset < b.asset ? -1 : 1));
  await client.query(`INSERT INTO asset_symbol (asset, known) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT (asset) DO UPDATE SET status = 'wanted', known = excluded.known, retold = asset_symbol.retold + 1, attempts = 0, next_attempt_at = now() WHERE asset_symbol.status = 'unmapped' AND asset_symbol.known <> excluded.known AND asset_symbol.retold < $3`, [sorted.map(({ asset }) => asset), sorted.map(({ line }) => JSON.stringify(knownOf(line))), RETELLINGS]);
  const waits = sorted.flatMap(({ asset, runIds = [] }) => runIds.map((runId) => ({ asset, runId })));
  if (waits.length > 0) await client.query('INSERT INTO symbol_want (asset, run_id) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING', [waits.map(({ asset }) => asset), waits.map(({ runId }) => runId)]);
}

/** Reads alone: null for whatever has no symbol, decided or not. */
export async function symbolsFor(client: SqlClient, assets: readonly AssetId[]): Promise<Map<AssetId, string | null>> {
  const found = new Map<AssetId, string | null>(assets.map((asset) => [asset, null]));
  const { rows } = await client.query<{ asset: string; symbol: string }>(`SELECT asset, symbol FROM asset_symbol WHERE status = 'mapped' AND asset = ANY($1::text[])`, [[...new Set(assets)]]);
  for (const { asset, symbol } of rows) found.set(asset, symbol);
  return found;
}

export async function claimAssets(client: SqlClient, worker: string, limit: number, lockMs: number): Promise<WantedAsset[]> {
  const { rows } = await client.query<WantedAsset>(
    `UPDATE asset_symbol a SET locked_by = $1, locked_until = now() + $3::interval, attempts = attempts + 1, fence = fence + 1
     WHERE a.asset IN (SELECT asset FROM asset_symbol WHERE status <> 'mapped' AND next_attempt_at <= now() AND (locked_until IS NULL OR locked_until <= now()) ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING asset, known, status, reason, attempts, fence`,
    [worker, limit, `${lockMs} milliseconds`],
  );
  return rows;
}

export async function renewAssets(client: SqlClient, worker: string, assets: readonly string[], lockMs: number): Promise<void> {
  await client.query('UPDATE asset_symbol SET locked_until = now() + $3::interval WHERE locked_by = $1 AND asset = ANY($2::text[])', [worker, assets, `${lockMs} milliseconds`]);
}

export async function putBackAsset(client: SqlClient, worker: string, { asset, fence }: WantedAsset, waitMs: number): Promise<void> {
  await client.query('UPDATE asset_symbol SET locked_by = NULL, locked_until = NULL, next_attempt_at = now() + $4::interval WHERE asset = $2 AND locked_by = $1 AND fence = $3', [worker, asset, fence, `${Math.round(waitMs)} milliseconds`]);
}

/** Writes what was found with its event. @returns runs that waited for this asset @throws LeaseLost */
export async function saveResolved(deps: Pick<PriceDeps, 'log' | 'clock' | 'newId' | 'source' | 'settings'>, worker: string, wanted: WantedAsset, resolved: Resolved): Promise<string[]> {
  const { asset, fence } = wanted;
  const done = await deps.log.transaction(async (tx) => {
    const held = await tx.query(`SELECT 1 FROM asset_symbol WHERE asset = $1 AND locked_by = $2 AND fence = $3 AND status <> 'mapped' FOR UPDATE`, [asset, worker, fence]);
    if (held.rowCount === 0) throw new LeaseLost(asset);
    if (resolved.status === 'mapped') await saveMapping(deps, tx, asset, { ...resolved, previous: null, by: null, note: null });
    else await saveUnmapped(deps, tx, wanted, resolved);
    const { rows } = await tx.query<{ runId: string }>('DELETE FROM symbol_want WHERE asset = $1 RETURNING run_id AS "runId"', [asset]);
    return rows.map(({ runId }) => runId);
  });
  if (!done.ok) throw new Error(`a symbol could not be appended: ${JSON.stringify(done.error)}`);
  return done.value.value;
}

type Mapping = Omit<SymbolMapped, 'asset' | 'source' | 'verifiedAt'>;

/** The row must be locked, or be new. */
export async function saveMapping({ clock, newId, source }: Pick<PriceDeps, 'clock' | 'newId' | 'source'>, tx: LogTransaction, asset: AssetId, mapping: Mapping): Promise<SymbolMapped> {
  const time = new Date(clock.now()).toISOString();
  const data: SymbolMapped = { asset, symbol: mapping.symbol, kind: mapping.kind, currency: mapping.currency, name: mapping.name, source: source?.id ?? '', method: mapping.method, confidence: mapping.confidence, verifiedAt: time, previous: mapping.previous, by: mapping.by, note: mapping.note, sector: mapping.sector?.slice(0, 100) ?? null };
  await tx.query(
    `INSERT INTO asset_symbol (asset, status, symbol, kind, currency, name, method, confidence, verified_at, source, sector) VALUES ($1, 'mapped', $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (asset) DO UPDATE SET status = 'mapped', symbol = $2, kind = $3, currency = $4, name = $5, method = $6, confidence = $7, verified_at = $8, source = $9, sector = $10, reason = NULL, candidates = '[]', locked_by = NULL, locked_until = NULL, since = now()`,
    [asset, data.symbol, data.kind, data.currency, data.name, data.method, data.confidence, time, data.source, data.sector],
  );
  // Somebody may have compared with the symbol before it was there, or was known to be a coin.
  await tx.query(`UPDATE price_series SET absent_until = NULL, kind = $2, next_attempt_at = now(), attempts = 0, failure = NULL WHERE symbol = $1 AND covered = '{}' AND (absent_until IS NOT NULL OR kind <> $2)`, [data.symbol, data.kind]);
  tx.append({ userId: `~asset:${asset}`.slice(0, 200), stream: `symbol-${asset}`, expectedVersion: 'any', events: [{ id: newId(), type: 'SymbolMapped', time, data }] });
  return data;
}

async function saveUnmapped({ clock, newId, settings }: Pick<PriceDeps, 'clock' | 'newId' | 'settings'>, tx: LogTransaction, { asset, known, status, reason: before }: WantedAsset, { reason, tried, candidates }: Extract<Resolved, { status: 'unmapped' }>): Promise<void> {
  await tx.query(
    `UPDATE asset_symbol SET status = 'unmapped', name = $2, reason = $3, tried = $4::text[], candidates = $5::jsonb, locked_by = NULL, locked_until = NULL, attempts = 0, next_attempt_at = now() + $6::interval,
       since = CASE WHEN status = 'unmapped' THEN since ELSE now() END WHERE asset = $1`,
    [asset, known.name, reason, tried, JSON.stringify(candidates), `${settings.symbolRetryMs} milliseconds`],
  );
  // Looked for again, and nothing else was found: there is nothing new to tell.
  if (status === 'unmapped' && before === reason) return;
  const data: SymbolUnmapped = { asset, name: known.name, reason, tried: [...tried], candidates: [...candidates] };
  tx.append({ userId: `~asset:${asset}`.slice(0, 200), stream: `symbol-${asset}`, expectedVersion: 'any', events: [{ id: newId(), type: 'SymbolUnmapped', time: new Date(clock.now()).toISOString(), data }] });
}

/** Which of these runs wait for no symbol any more. */
export async function runsWithSymbols(client: SqlClient, runIds: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('SELECT r.id FROM unnest($1::uuid[]) AS r(id) WHERE NOT EXISTS (SELECT 1 FROM symbol_want w WHERE w.run_id = r.id)', [[...new Set(runIds)]]);
  return rows.map(({ id }) => id);
}
