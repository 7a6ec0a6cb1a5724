/** What a question about a user's history is asked of: the accounts, how far their histories reach, the base currency. One statement. */
import { problem } from '@tidemark/contracts';
import type { Account, historyRpc, Problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber } from '@tidemark/market';
import { isCurrency } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { unknownAccount } from '../projections/accounts/query.js';
import { ACCOUNT_COLUMNS, accountOf } from '../projections/accounts/row.js';
import type { AccountRow, HistoryAccount } from '../projections/accounts/row.js';
import type { DayNumber } from '../reconstruction/model.js';

export interface ScopeAsked {
  readonly userId: string;
  readonly account?: string | undefined;
  /** `house`: accounts that the user keeps by hand; `external`: the others; else all. */
  readonly source?: 'all' | 'external' | 'house' | undefined;
  /** In place of the user's base currency. */
  readonly currency?: string | undefined;
}

/** An account and its history's newest revision; 0 where none is computed yet. */
export interface AccountWithHead {
  readonly account: HistoryAccount;
  readonly revision: number;
  readonly firstDay: DayNumber | null;
  readonly lastDay: DayNumber | null;
  /** How its newest reconstruction stands; null where none was ever asked for. */
  readonly run: historyRpc.Reconstruction['status'] | null;
}

export interface ScopeAccounts {
  readonly base: string;
  /** All of the user's. */
  readonly all: readonly AccountWithHead[];
  readonly inScope: readonly AccountWithHead[];
  /** Null: nothing was ever stored, of anybody. */
  readonly compactedTo: DayNumber | null;
  /** A month's rows are being made blocks: both may be there. */
  readonly compacting: boolean;
}

export const DEFAULT_CURRENCY = 'USD';

interface Row extends AccountRow {
  readonly base_currency: string | null;
  readonly revision: number | null;
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly run: AccountWithHead['run'];
  readonly compacted_to: string | null;
  readonly open_from: string | null;
}

export async function readScopeAccounts(client: SqlClient, asked: ScopeAsked): Promise<Result<ScopeAccounts, Problem>> {
  const { userId, currency, account } = asked;
  if (currency !== undefined && !isCurrency(currency)) {
    const message = `${asked.currency} is no ISO 4217 currency; USD, EUR, JPY, … are accepted`;
    return refuse(problem('validation_failed', `currency: ${message}`, { errors: [{ field: 'currency', message }] }));
  }
  const { rows } = await client.query<Row>(
    `SELECT s.base_currency, o.compacted_to::text, o.open_from::text, h.revision, h.first_day::text, h.last_day::text, r.status AS run, ${ACCOUNT_COLUMNS}
     FROM (SELECT $1::text AS user_id) u LEFT JOIN user_settings s USING (user_id) LEFT JOIN history_open o ON true
     LEFT JOIN account a ON a.user_id = u.user_id LEFT JOIN history_head h ON h.account_id = a.account_id LEFT JOIN reconstruction r ON r.account_id = a.account_id ORDER BY a.account_id`,
    [userId],
  );
  const all = rows.filter((row) => (row.account_id as string | null) !== null).map((row) => ({ account: accountOf(row), revision: row.revision ?? 0, firstDay: numberOf(row.first_day), lastDay: numberOf(row.last_day), run: row.run }));
  const inScope = all.filter((one) => isInScope(one.account, asked));
  if (account !== undefined && inScope.length === 0) return refuse(unknownAccount(account));
  return ok({ base: currency ?? rows[0]?.base_currency ?? DEFAULT_CURRENCY, all, inScope, compactedTo: numberOf(rows[0]?.compacted_to ?? null), compacting: rows[0]?.compacted_to !== rows[0]?.open_from });
}

const numberOf = (day: string | null): DayNumber | null => (day === null ? null : dayNumber(day));

/** As `/portfolio/value` has it. */
export function isInScope(account: Account, { account: accountId, source }: Pick<ScopeAsked, 'account' | 'source'>): boolean {
  if (accountId !== undefined && account.accountId !== accountId) return false;
  if (source === 'house') return account.provider === 'manual';
  return source !== 'external' || account.provider !== 'manual';
}
