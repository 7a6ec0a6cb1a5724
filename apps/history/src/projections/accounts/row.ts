/** The columns of `account` and the account that they make; named so that they can stand beside other tables' in one row. */
import type { Account, CountingChange } from '@tidemark/contracts';

export interface HistoryAccount extends Account {
  /** Null: New York, as `marketOf` of libs/market has it. */
  readonly timeZone: string | null;
  /** False: its provider tells no transactions, and nothing before its first snapshot can be known. */
  readonly transactions: boolean;
}

export interface AccountRow {
  readonly account_id: string;
  readonly user_id: string;
  readonly account_connection: string | null;
  readonly institution_id: string | null;
  readonly institution_name: string | null;
  readonly account_provider: string;
  readonly name: string;
  readonly display_name: string | null;
  readonly type: string;
  readonly subtype: string | null;
  readonly mask: string | null;
  readonly account_currency: string | null;
  readonly trading: boolean;
  readonly account_time_zone: string | null;
  readonly account_transactions: boolean;
  readonly changes: CountingChange[];
}

export const ACCOUNT_COLUMNS = 'a.account_id, a.user_id, a.connection_id AS account_connection, a.institution_id, a.institution_name, a.provider AS account_provider, a.name, a.display_name, a.type, a.subtype, a.mask, a.currency AS account_currency, a.trading, a.time_zone AS account_time_zone, a.transactions AS account_transactions, a.changes';

export function accountOf(row: AccountRow): HistoryAccount {
  return {
    accountId: row.account_id,
    userId: row.user_id,
    connectionId: row.account_connection,
    institutionId: row.institution_id,
    institutionName: row.institution_name,
    provider: row.account_provider,
    name: row.name,
    displayName: row.display_name,
    type: row.type,
    subtype: row.subtype,
    mask: row.mask,
    currency: row.account_currency,
    trading: row.trading,
    timeZone: row.account_time_zone,
    transactions: row.account_transactions,
    changes: row.changes,
  };
}
