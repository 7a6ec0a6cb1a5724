/**
 * What came into or went out of an account today that tells no transactions (one kept by hand): what its newest snapshot states above or below
 * the one before the last close, as history has it. Each unit is worth what was known of its price when it was stated, without quotes: they
 * are not kept, and a flow that is read anew must stay what it was.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { closeMs, marketDayNumber, marketOf } from '@tidemark/market';
import { add, isZero, negate } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { LiveAccount } from '../book/live-account.js';
import type { HeldLine } from '../book/live-account.js';
import type { Flows } from '../book/live-user.js';
import type { SymbolPrices } from '../book/symbol-prices.js';
import type { HistoryAccount } from '../../projections/accounts/row.js';

/** What is stated of an account, in a snapshot of it. */
export interface Statement {
  readonly capturedAt: number;
  readonly currency: string;
  readonly lines: readonly BalanceLine[];
}

/** The newest snapshot of an account, of today, and the newest of before. */
export interface Stated {
  readonly account: HistoryAccount;
  readonly before: Statement;
  readonly after: Statement;
}

const STATEMENTS = `
  SELECT a.account_id AS "accountId", n.captured_at AS "afterAt", n.currency AS "afterCurrency", n.lines AS "afterLines", b.captured_at AS "beforeAt", b.currency AS "beforeCurrency", b.lines AS "beforeLines"
  FROM unnest($1::uuid[], $2::timestamptz[]) AS a(account_id, close)
  CROSS JOIN LATERAL (SELECT captured_at, currency, lines FROM captured_snapshot s WHERE s.account_id = a.account_id ORDER BY captured_at DESC, epoch DESC, position DESC LIMIT 1) n
  CROSS JOIN LATERAL (SELECT captured_at, currency, lines FROM captured_snapshot s WHERE s.account_id = a.account_id AND captured_at <= a.close ORDER BY captured_at DESC, epoch DESC, position DESC LIMIT 1) b
  WHERE n.captured_at > a.close`;

interface Row {
  readonly accountId: string;
  readonly afterAt: string;
  readonly afterCurrency: string;
  readonly afterLines: readonly BalanceLine[];
  readonly beforeAt: string;
  readonly beforeCurrency: string;
  readonly beforeLines: readonly BalanceLine[];
}

/** @returns those that a snapshot of today states anew */
export async function readStated(client: SqlClient, accounts: readonly HistoryAccount[], now: number): Promise<Stated[]> {
  const byHand = new Map(accounts.filter((account) => !account.transactions).map((account) => [account.accountId, account]));
  if (byHand.size === 0) return [];
  const closes = [...byHand.values()].map(({ timeZone }) => {
    const market = timeZone === null ? undefined : marketOf(timeZone);
    return new Date(closeMs(marketDayNumber(now, market) - 1, market)).toISOString();
  });
  const { rows } = await client.query<Row>(STATEMENTS, [[...byHand.keys()], closes]);
  return rows.flatMap((row) => {
    const account = byHand.get(row.accountId);
    return account ? [{ account, before: { capturedAt: Date.parse(row.beforeAt), currency: row.beforeCurrency, lines: row.beforeLines }, after: { capturedAt: Date.parse(row.afterAt), currency: row.afterCurrency, lines: row.afterLines } }] : [];
  });
}

/** @param symbolOf the listing that these lines are of */
export function statedFlows({ account, before, after }: Stated, symbolOf: (lines: readonly HeldLine[], asset: AssetId) => SymbolPrices | null): Flows {
  const market = account.timeZone === null ? undefined : marketOf(account.timeZone);
  const [from, to] = [marketDayNumber(before.capturedAt, market), marketDayNumber(after.capturedAt, market)];
  const lines = difference(before, after);
  const moved = new LiveAccount(account.accountId, after.capturedAt, to, lines, (asset) => withoutQuote(symbolOf(lines, asset)), after.capturedAt);
  // How many units of now those of before are is history's to say.
  const split = moved.positions.some(({ symbol }) => symbol?.splits.some(({ day }) => from < day && day <= to));
  return split || moved.unpriced.length > 0 ? null : [...moved.totals];
}

const withoutQuote = (symbol: SymbolPrices | null): SymbolPrices | null => symbol && { ...symbol, quote: null };

/** Lines of what is stated now less what was stated before, each at the newer of their prices. */
function difference(before: Statement, after: Statement): HeldLine[] {
  const lines = new Map<string, HeldLine>();
  const take = ({ capturedAt, currency: own, lines: stated }: Statement, sign: (quantity: string) => string) => {
    for (const line of stated) {
      const { asset, multiplier = '1', currency = own } = line;
      const key = `${asset} ${currency} ${multiplier}`;
      const known = lines.get(key);
      const price = line.price ?? known?.price ?? null;
      const priceAt = line.price == null ? (known?.priceAt ?? null) : Date.parse(line.priceAsOf ?? new Date(capturedAt).toISOString());
      lines.set(key, { asset, multiplier, currency: currency ?? own, stated: line.currency ?? null, quantity: add(known?.quantity ?? '0', sign(line.quantity)), price, priceAt, countedAsCash: line.countedAsCash === true });
    }
  };
  take(before, negate);
  take(after, (quantity) => quantity);
  return [...lines.values()].filter(({ quantity }) => !isZero(quantity));
}
