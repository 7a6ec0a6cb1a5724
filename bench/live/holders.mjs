/**
 * Users with one account of twenty positions, one unit each. A tick raises the price of its symbol by exactly one step, so that a user's value
 * less its start is the number of ticks that are in it: each push says by itself which ticks it brings, however many were taken together.
 */
import { randomUUID } from 'node:crypto';

export const SYMBOLS = 200;
export const HELD = 20;
/** What one tick adds, in units of 10^-6. */
export const STEP_DIGITS = 6;
const START = 100;

export const symbolName = (index) => `B${String(index).padStart(4, '0')}`;
export const userName = (index) => `live-bench-${index}`;
/** Symbol 0 is in every portfolio, the others in one of some ten. */
export const symbolsOf = (user) => [0, ...Array.from({ length: HELD - 1 }, (_, at) => 1 + ((user * 7 + at * 10 + (user % 10)) % (SYMBOLS - 1)))];
export const priceAfter = (ticks) => `${START}.${String(ticks).padStart(STEP_DIGITS, '0')}`;
export const startValue = HELD * START;

export async function storeHolders(database, users) {
  const accounts = Array.from({ length: users }, () => randomUUID());
  const names = accounts.map((_, index) => userName(index));
  const captured = new Date(Date.now() - 60_000).toISOString();
  await database.query("INSERT INTO asset_symbol (asset, status, symbol, kind, currency) SELECT 'equity:' || s, 'mapped', s, 'security', 'USD' FROM unnest($1::text[]) s", [Array.from({ length: SYMBOLS }, (_, index) => symbolName(index))]);
  await database.query("INSERT INTO account (account_id, user_id, provider, name, type, trading, changes, currency) SELECT a, u, 'plaid', 'Bench', 'investment', false, '[]', 'USD' FROM unnest($1::uuid[], $2::text[]) AS g(a, u)", [accounts, names]);
  await database.query("INSERT INTO held_snapshot (account_id, user_id, snapshot_id, currency, captured_at, epoch, position) SELECT a, u, gen_random_uuid(), 'USD', $3, 1, 1 FROM unnest($1::uuid[], $2::text[]) AS g(a, u)", [accounts, names, captured]);
  const lines = accounts.flatMap((account, user) => symbolsOf(user).map((symbol, line) => ({ account, line, asset: `equity:${symbolName(symbol)}` })));
  await database.query(
    `INSERT INTO holding (account_id, line, asset, quantity, multiplier, currency, price, price_at, counted_as_cash) SELECT a, l, s, 1, 1, 'USD', ${START}, $4, false FROM unnest($1::uuid[], $2::int[], $3::text[]) AS g(a, l, s)`,
    [lines.map(({ account }) => account), lines.map(({ line }) => line), lines.map(({ asset }) => asset), captured],
  );
}
