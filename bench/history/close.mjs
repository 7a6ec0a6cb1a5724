/**
 * How long the end of day takes for all accounts of a market: 10 positions and cash each, every position priced, what was paid for one of
 * them unknown in every fourth account, and ten transactions in the month before; and how it grows.
 */
import { Closer } from '../../apps/history/dist/closing/closer.js';
import { CLOSING_DEFAULTS } from '../../apps/history/dist/closing/deps.js';
import { EventLog } from '@tidemark/event-log';
import { dayNumber } from '@tidemark/market';
import { ACCOUNT_ID, addAccounts, layGround } from './ground.mjs';

const FULL = { sizes: [10_000, 30_000, 100_000] };
const QUICK = { sizes: [500, 1_000, 2_000] };
const ASSETS = 2_000;
const LINES = 10;
/** A Thursday; each size closes the next trading day. */
const FIRST_DAY = '2026-11-12';
const AIMED_ACCOUNTS = 1_000_000;

export async function endOfDay({ progress, quick }) {
  const { sizes } = quick ? QUICK : FULL;
  const ground = await layGround();
  try {
    const { database, owner } = ground;
    await fillPrices(database);
    const clock = { now: () => 0 };
    const deps = { database, log: new EventLog({ name: 'history', database }), clock, logger: silent, supply: { want: async () => new Set() }, settings: { ...CLOSING_DEFAULTS, delayMs: 0 }, wake: () => undefined };
    const closer = new Closer(deps, 'bench');
    const results = [];
    let stored = 0;
    for (const [at, accounts] of sizes.entries()) {
      progress(`history: storing ${accounts} accounts of ${LINES} positions`);
      await addHoldings(database, stored, accounts);
      stored = accounts;
      await owner.query('VACUUM ANALYZE');
      const day = dayNumber(FIRST_DAY) + at;
      await database.query('UPDATE history_head SET last_day = $1', [dayText(day - 1)]);
      await database.query('DELETE FROM market_close');
      clock.now = () => (day + 1) * 86_400_000;
      progress(`history: closing a day of ${accounts} accounts`);
      const began = performance.now();
      const [closed] = await closer.tick();
      const seconds = (performance.now() - began) / 1_000;
      if (closed?.accounts !== accounts || closed.incomplete !== 0) throw new Error(`closed ${JSON.stringify(closed)} of ${accounts} accounts`);
      results.push({ accounts, seconds: round(seconds), perSecond: Math.round(accounts / seconds) });
    }
    const { rows } = await owner.query(`SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'account_day'::regclass) AS bytes, (SELECT count(*) FROM account_day) AS days`);
    const last = results.at(-1);
    return { results, minutesForAMillion: round(AIMED_ACCOUNTS / last.perSecond / 60), bytesPerOpenDay: Math.round(Number(rows[0].bytes) / rows[0].days) };
  } finally {
    await ground.close();
  }
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const round = (value) => Math.round(value * 100) / 100;
const dayText = (day) => new Date(day * 86_400_000).toISOString().slice(0, 10);

async function fillPrices(database) {
  await database.query(`INSERT INTO price_series (symbol, kind, currency, covered) SELECT 'SYM' || n, 'security', 'USD', '{[0,100000]}' FROM generate_series(1, ${ASSETS}) n`);
  await database.query(`INSERT INTO asset_symbol (asset, status, symbol, kind, currency) SELECT 'equity:SYM' || n, 'mapped', 'SYM' || n, 'security', 'USD' FROM generate_series(1, ${ASSETS}) n`);
  await database.query(`INSERT INTO price_month (symbol, month, closes) SELECT 'SYM' || n, m, ARRAY(SELECT round((20 + n % 300 + random())::numeric, 4) FROM generate_series(1, 31)) FROM generate_series(1, ${ASSETS}) n, generate_series(2026 * 12 + 8, 2026 * 12 + 10) m`);
}

/** Captured some days ago; a third of the lines carries a price of its own, as providers send them. */
async function addHoldings(database, from, to) {
  await addAccounts(database, from, to);
  await database.query(
    `INSERT INTO held_snapshot (account_id, user_id, snapshot_id, currency, captured_at, epoch, position) SELECT ${ACCOUNT_ID}, 'bench', gen_random_uuid(), 'USD', '2026-11-11T15:00:00Z', 1, n FROM generate_series($1::int, $2::int) n`,
    [from, to - 1],
  );
  await database.query(`INSERT INTO history_head (account_id, user_id, revision, first_day) SELECT ${ACCOUNT_ID}, 'bench', 1, '2024-11-11' FROM generate_series($1::int, $2::int) n`, [from, to - 1]);
  await database.query(
    `INSERT INTO holding (account_id, line, asset, quantity, multiplier, currency, price, price_at, cost_basis, counted_as_cash)
     SELECT ${ACCOUNT_ID}, l, 'equity:SYM' || (n * 7 + l * 131) % ${ASSETS} + 1, round((1 + (n * l) % 400 + random())::numeric, 3), 1, 'USD', CASE WHEN l % 3 = 0 THEN 100.25 END, CASE WHEN l % 3 = 0 THEN '2026-11-10T21:00:00Z'::timestamptz END, CASE WHEN n % 4 > 0 OR l > 0 THEN 1000 + l END, false
     FROM generate_series($1::int, $2::int) n, generate_series(0, ${LINES - 1}) l
     UNION ALL SELECT ${ACCOUNT_ID}, ${LINES}, 'currency:USD', 1234.56, 1, 'USD', NULL, NULL, NULL, false FROM generate_series($1::int, $2::int) n`,
    [from, to - 1],
  );
  await database.query(
    `INSERT INTO account_transaction (transaction_id, account_id, user_id, connection_id, provider, kind, day, external, pending, unknown, rules, normalised, recorded)
     SELECT gen_random_uuid(), ${ACCOUNT_ID}, 'bench', '00000000-0000-4000-8000-000000000000', 'plaid', 'dividend', date '2026-10-10' + 3 * t, false, false, false, '', '{}', '{}'
     FROM generate_series($1::int, $2::int) n, generate_series(0, 9) t`,
    [from, to - 1],
  );
}
