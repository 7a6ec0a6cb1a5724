/**
 * What every held asset is worth at a close, made once for all accounts: the newest close of its symbol on or before the day, how old that
 * is, the last split, and whether the close of a day on which its market traded has not come. And the reasons that a day may have to
 * give, by id, so that a batch writes numbers only.
 */
import { closeMs, dayOf, isTradingDayNumber, XNYS } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../reconstruction/model.js';
import { SAID } from '../reconstruction/said.js';
import { SHARED } from '../storage/reasons.js';

const LATE = { code: 'price_stale', detail: 'The close of $asset has not come yet: the one before is carried.' };
/** In the order of the columns. */
const REASONS = [SAID.stale, SAID.supplied, SAID.missing, SAID.basis, LATE];

/** Held assets that have a symbol, with it. */
export async function heldSymbols(client: SqlClient): Promise<string[]> {
  const { rows } = await client.query<{ symbol: string }>(
    `SELECT DISTINCT s.symbol FROM asset_symbol s WHERE s.status = 'mapped' AND EXISTS (SELECT 1 FROM holding h WHERE h.asset = s.asset) ORDER BY 1`,
  );
  return rows.map((row) => row.symbol);
}

/** From asset to asset: as many look-ups as there are assets, however many accounts hold them. */
const HELD = `
  WITH RECURSIVE held AS (
    (SELECT asset FROM holding ORDER BY asset LIMIT 1)
    UNION ALL SELECT (SELECT h.asset FROM holding h WHERE h.asset > held.asset ORDER BY h.asset LIMIT 1) FROM held WHERE held.asset IS NOT NULL)
  SELECT asset FROM held WHERE asset IS NOT NULL AND NOT starts_with(asset, 'currency:')`;

const FIRST_OF_MONTH = `(make_date(m.month / 12, m.month % 12 + 1, 1) - date '1970-01-01')`;

const PRICES = `
  SELECT h.asset, p.currency, n.close, n.close_day, sp.split_day,
    coalesce(CASE s.kind WHEN 'security' THEN $4::boolean WHEN 'crypto' THEN true END AND NOT p.covered @> $3::int AND n.close_day IS DISTINCT FROM $3::int, false) AS late
  FROM unnest($8::text[]) AS h(asset)
  LEFT JOIN asset_symbol s ON s.asset = h.asset AND s.status = 'mapped'
  LEFT JOIN price_series p ON p.symbol = s.symbol
  LEFT JOIN LATERAL (
    SELECT u.close, ${FIRST_OF_MONTH} + u.place::int - 1 AS close_day FROM price_month m, unnest(m.closes) WITH ORDINALITY u(close, place)
    WHERE m.symbol = s.symbol AND m.month <= $5 AND u.close IS NOT NULL AND ${FIRST_OF_MONTH} + u.place - 1 <= $3 ORDER BY m.month DESC, u.place DESC LIMIT 1) n ON true
  LEFT JOIN LATERAL (SELECT max(day) AS split_day FROM price_split x WHERE x.symbol = s.symbol AND x.day <= $3) sp ON true`;

/** @returns how many held assets lack the close of a day on which their market traded */
export async function prepareClosingAssets(client: SqlClient, market: Market, day: DayNumber): Promise<number> {
  // Read once: what becomes held between two statements would have a price and no reasons.
  const { rows: all } = await client.query<{ asset: string }>(HELD);
  const held = all.map(({ asset }) => asset);
  await client.query(
    `INSERT INTO history_reason (account_id, code, asset, detail)
     SELECT '${SHARED}'::uuid, k.code, h.asset, replace(k.detail, '$asset', h.asset) FROM unnest($3::text[]) AS h(asset), unnest($1::text[], $2::text[]) AS k(code, detail)
     WHERE NOT EXISTS (SELECT 1 FROM history_reason r WHERE r.account_id = '${SHARED}' AND r.code = k.code AND r.asset = h.asset AND md5(r.detail) = md5(replace(k.detail, '$asset', h.asset)))
     -- In the order of storeReasons, so that neither waits for the other for ever.
     ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`,
    [REASONS.map(({ code }) => code), REASONS.map(({ detail }) => detail), held],
  );
  await client.query('DELETE FROM closing_asset WHERE market = $1', [market.id]);
  const reason = (at: number) => `(SELECT id FROM history_reason r WHERE r.account_id = '${SHARED}' AND r.code = ($6::text[])[${at}] AND r.asset = a.asset AND md5(r.detail) = md5(replace(($7::text[])[${at}], '$asset', a.asset)))`;
  const { rows } = await client.query<{ late: number }>(
    `WITH made AS (
       INSERT INTO closing_asset (market, day, asset, currency, close, close_day, split_day, late, reason_stale, reason_supplied, reason_missing, reason_basis, reason_late)
       SELECT $1, $2, a.asset, a.currency, a.close, a.close_day, a.split_day, a.late, ${[1, 2, 3, 4, 5].map(reason).join(', ')} FROM (${PRICES}) a RETURNING late)
     SELECT count(*) FILTER (WHERE late) AS late FROM made`,
    [market.id, dayOf(day), day, tradedBy(day, market), monthIndex(day), REASONS.map(({ code }) => code), REASONS.map(({ detail }) => detail), held],
  );
  return rows[0]?.late ?? 0;
}

/** Securities traded that day, and their close was not after this market's. */
function tradedBy(day: DayNumber, market: Market): boolean {
  return isTradingDayNumber(day, XNYS) && closeMs(day, XNYS) <= closeMs(day, market);
}

/** Years × 12 + month from 0, as in price_month. */
function monthIndex(day: DayNumber): number {
  const [year, month] = dayOf(day).split('-').map(Number) as [number, number];
  return year * 12 + month - 1;
}
