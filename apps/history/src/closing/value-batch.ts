/**
 * Values the accounts of a batch at a close in SQL: units × newest price, by currency, with quality and reasons, written as account days.
 * The same answer as the engine's forward carry (reconstruction/), to the last digit, for accounts on which nothing but prices has
 * happened since their newest snapshot; closing.int.spec.ts compares the two over random holdings. Every other account (a transaction on or
 * after the snapshot's day, a split, a cost or a price lacking that did not lack the day before) is left out and goes to the engine.
 *
 *   raw      lines of the newest snapshot, with the market day of the price that each carries
 *   book     one row an asset: several lines of an asset are one position
 *   line     the newest price at or before the close, the market's or the account's own; on one day the market's
 *   valued   amount, score and reasons of the line, as reconstruction/quality.ts has them
 *   total    the account: number of lines, quality, completeness
 *   odd      accounts that are not for this statement
 *   rows     the day by currency
 *
 * How it is planned must not depend on statistics: these tables fill while a day is closed, and a guess of one row where there are
 * thousands made a batch take ten seconds. So what is looked up by account is a subquery that cannot become a join (one value, or
 * OFFSET 0), which is an index lookup whatever the guess, and the joins are hashed (`withHashedJoins`).
 */
import type { SqlClient } from '@tidemark/postgres';
import { SCORE } from '../reconstruction/quality.js';

/** `$1` ids, `$2` revisions, `$3` currencies, `$4` days of the snapshots, `$5` day, `$6` market, `$7` closes in ms, `$8` day of the first of them, `$9` id of the reason `carried`, `$10` calendar days and `$11` instants of the snapshots. */
const DAY_DATE = `(date '1970-01-01' + $5::int)`;

const LINES = `
  acc AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $10::int[], $11::bigint[]) AS a(account_id, revision, currency, snap, taken, captured)),
  raw AS (
    SELECT h.*, a.snap, a.taken, CASE WHEN h.price IS NOT NULL THEN least(a.snap, $8::int + width_bucket(quoted - 1, $7::bigint[])) END AS own_day
    FROM acc a CROSS JOIN LATERAL (SELECT *, least((extract(epoch FROM price_at) * 1000)::bigint, a.captured) AS quoted FROM holding o WHERE o.account_id = a.account_id AND NOT o.counted_as_cash OFFSET 0) h),
  book AS (
    SELECT account_id, asset, snap, taken, starts_with(asset, 'currency:') AS cash, sum(quantity) AS units, (array_agg(multiplier ORDER BY line DESC))[1] AS multiplier, min(currency) AS currency, min(currency) <> max(currency) AS mixed,
      (array_agg(price ORDER BY own_day DESC, quoted DESC, line DESC) FILTER (WHERE price IS NOT NULL))[1] AS own, max(own_day) AS own_day,
      CASE WHEN count(*) = count(cost_basis) THEN sum(CASE WHEN quantity < 0 AND cost_basis > 0 THEN -cost_basis ELSE cost_basis END) END AS basis
    FROM raw GROUP BY account_id, asset, snap, taken),
  line AS (
    SELECT b.*, p.asset IS NOT NULL AS known, p.currency AS market_currency, p.close, p.close_day, p.split_day, p.late, p.reason_stale, p.reason_supplied, p.reason_missing, p.reason_basis, p.reason_late,
      p.close IS NOT NULL AND (b.own IS NULL OR p.close_day >= b.own_day) AS market
    FROM book b LEFT JOIN closing_asset p ON p.market = $6 AND p.day = ${DAY_DATE} AND p.asset = b.asset WHERE b.units <> 0),
  valued AS (
    SELECT account_id, cash, basis, currency AS basis_currency,
      CASE WHEN cash THEN substr(asset, 10) WHEN market THEN market_currency ELSE currency END AS currency,
      CASE WHEN cash THEN units WHEN market THEN units * multiplier * close ELSE units * multiplier * own END AS amount,
      CASE WHEN cash THEN 100 WHEN NOT market AND own IS NULL THEN ${SCORE.unknown}
        ELSE least(CASE WHEN $5 - aged > 7 OR (market AND late) THEN ${SCORE.stale} ELSE 100 END, CASE WHEN basis IS NULL THEN ${SCORE.basis} ELSE 100 END) END AS score,
      CASE WHEN NOT cash AND basis IS NULL THEN reason_basis END AS r_basis, CASE WHEN NOT cash AND NOT market THEN CASE WHEN own IS NULL THEN reason_missing ELSE reason_supplied END END AS r_own,
      CASE WHEN NOT cash AND $5 - aged > 7 THEN reason_stale END AS r_stale, CASE WHEN market AND late THEN reason_late END AS r_late,
      -- Another currency may be another listing: the engine knows which currency the position states.
      NOT cash AND (NOT known OR mixed OR (market AND market_currency <> currency AND NOT starts_with(asset, 'crypto:')) OR coalesce(split_day >= least(taken, close_day, own_day), false)) AS odd
    FROM (SELECT *, CASE WHEN market THEN close_day ELSE own_day END AS aged FROM line) l)`;

const ACCOUNTS = `
  total AS (
    SELECT a.account_id, a.revision, a.currency, a.snap, a.taken, count(v.account_id) AS lines, count(*) FILTER (WHERE NOT v.cash) AS securities, count(*) FILTER (WHERE v.cash) AS cash_lines,
      count(v.amount) AS priced, coalesce(bool_and(v.amount IS NOT NULL) FILTER (WHERE v.account_id IS NOT NULL), true) AS complete, coalesce(bool_and(v.basis IS NOT NULL) FILTER (WHERE NOT v.cash), true) AS cost_known,
      coalesce(bool_or(v.odd), false) AS odd, array_agg(v.r_basis) FILTER (WHERE v.r_basis IS NOT NULL) || array_agg(v.r_own) FILTER (WHERE v.amount IS NULL) AS lacking,
      -- An asset is one line, so none comes twice.
      CASE WHEN a.snap < $5 OR a.taken < a.snap THEN ARRAY[$9::int] END || ${['r_basis', 'r_own', 'r_stale', 'r_late'].map((column) => `array_agg(v.${column}) FILTER (WHERE v.${column} IS NOT NULL)`).join(' || ')} AS reasons,
      CASE WHEN count(v.account_id) = 0 THEN max(s.score) ELSE sum(least(v.score, s.score)) / count(v.account_id) END AS quality
    FROM acc a CROSS JOIN LATERAL (SELECT CASE WHEN a.snap < $5 THEN ${SCORE.carried} WHEN a.taken < a.snap THEN ${SCORE.unverified} ELSE 100 END AS score) s LEFT JOIN valued v USING (account_id)
    GROUP BY a.account_id, a.revision, a.currency, a.snap, a.taken),
  plain AS (
    SELECT * FROM total t WHERE NOT odd
      -- Without transactions, what a new snapshot states otherwise came in or went out: the engine says how much.
      AND (t.snap <> $5 OR (SELECT c.transactions FROM account c WHERE c.account_id = t.account_id))
      -- One of the day on which it was captured may have followed it: the engine tries that.
      AND (SELECT true FROM account_transaction x WHERE x.account_id = t.account_id AND NOT x.withdrawn AND x.day >= date '1970-01-01' + t.taken LIMIT 1) IS NULL
      -- A cost or a price that the snapshot does not say, and that was not missing the day before, the engine may still know.
      AND (t.lacking IS NULL OR coalesce((SELECT t.lacking <@ coalesce(p.reasons, '{}') FROM account_day p WHERE p.account_id = t.account_id AND p.day = ${DAY_DATE} - 1 ORDER BY p.revision DESC LIMIT 1), true))),
  amount AS (
    SELECT account_id, currency, sum(value) AS value, sum(cash) AS cash, sum(cost) AS cost FROM (
      SELECT account_id, currency, amount AS value, CASE WHEN cash THEN amount END AS cash, NULL::numeric AS cost FROM valued WHERE amount IS NOT NULL
      UNION ALL SELECT account_id, basis_currency, NULL, NULL, basis FROM valued WHERE NOT cash AND basis <> 0
      UNION ALL SELECT account_id, currency, CASE WHEN priced = 0 AND complete THEN 0 END, CASE WHEN cash_lines = 0 THEN 0 END, NULL FROM total WHERE cash_lines = 0) u
    GROUP BY account_id, currency),
  rows AS (
    SELECT t.account_id, ${DAY_DATE} AS day, t.revision, t.securities::int, floor(t.quality)::smallint AS quality, CASE WHEN t.snap = $5 THEN 1 ELSE 2 END::smallint AS origin, t.complete, t.cost_known,
      m.currency, trim_scale(m.value) AS value, trim_scale(m.cash) AS cash, CASE WHEN t.cost_known THEN trim_scale(m.cost) END AS cost_basis,
      CASE WHEN cardinality(t.reasons) > 1 THEN ARRAY(SELECT unnest(t.reasons) ORDER BY 1) ELSE t.reasons END AS reasons
    FROM plain t JOIN amount m ON m.account_id = t.account_id AND (t.cost_known OR m.value IS NOT NULL OR m.cash IS NOT NULL))`;

const WRITE = `INSERT INTO account_day (account_id, day, revision, securities, quality, origin, complete, cost_known, inflow_known, outflow_known, currency, value, cash, cost_basis, reasons)`;
const VALUES = (revision: string) => `account_id, day, ${revision}, securities, quality, origin, complete, cost_known, true, true, currency, value, cash, cost_basis, reasons`;

/** Runs these statements without nested loops; what else the transaction does is planned as ever. */
export async function withHashedJoins<T>(tx: SqlClient, work: () => Promise<T>): Promise<T> {
  const nested = (on: boolean) => tx.query(`SELECT set_config('enable_nestloop', $1, true)`, [String(on)]);
  await nested(false);
  const done = await work();
  await nested(true);
  return done;
}

/** Appends the day under the revision in force. @returns the accounts that have it now, and whether wholly priced */
export const CLOSE_BATCH = `
  WITH ${LINES}, ${ACCOUNTS},
  written AS (${WRITE} SELECT ${VALUES('revision')} FROM rows RETURNING account_id, complete)
  SELECT account_id AS "accountId", bool_and(complete) AS complete FROM written GROUP BY account_id`;

/** Compares with what is stored and writes what differs under the next revision. @returns the accounts that were looked at, with the values of those that differ by currency ('' where nothing of it is priced), and the ids of the others once */
export const CLOSE_AGAIN = `
  WITH ${LINES}, ${ACCOUNTS},
  stored AS (
    SELECT d.* FROM acc a CROSS JOIN LATERAL (
      SELECT * FROM account_day x WHERE x.account_id = a.account_id AND x.day = ${DAY_DATE} AND x.revision = (SELECT max(revision) FROM account_day y WHERE y.account_id = a.account_id AND y.day = ${DAY_DATE}) OFFSET 0) d),
  pairs AS (
    SELECT coalesce(r.account_id, s.account_id) AS account_id, coalesce(r.currency, s.currency) AS currency, s.value AS before, r.value AS after,
      (r.securities, r.quality, r.origin, r.complete, r.cost_known, r.value, r.cash, r.cost_basis, r.reasons) IS DISTINCT FROM (s.securities, s.quality, s.origin, s.complete, s.cost_known, s.value, s.cash, s.cost_basis, s.reasons) AS differs
    FROM rows r FULL JOIN stored s ON s.account_id = r.account_id AND s.currency = r.currency WHERE EXISTS (SELECT 1 FROM plain p WHERE p.account_id = coalesce(r.account_id, s.account_id))),
  changed AS (SELECT account_id FROM pairs GROUP BY account_id HAVING bool_or(differs)),
  written AS (${WRITE} SELECT ${VALUES('revision + 1')} FROM rows JOIN changed USING (account_id) RETURNING account_id)
  SELECT p.account_id AS "accountId", p.currency, trim_scale(p.before)::text AS before, trim_scale(p.after)::text AS after, true AS changed FROM pairs p JOIN changed USING (account_id)
  UNION ALL SELECT account_id, NULL, NULL, NULL, false FROM plain WHERE account_id NOT IN (SELECT account_id FROM changed)`;
