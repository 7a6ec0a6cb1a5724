/**
 * Applies the rules of today to transactions that were understood by those of yesterday, some at a time, and says whose meaning
 * changed: their accounts are to be computed again. Nothing is asked of a provider: the record holds what it said.
 */
import type { RecordedTransaction } from '@tidemark/contracts';
import type { Database, SqlClient } from '@tidemark/postgres';
import { normalisedColumns, RULES, understood } from './understood.js';

const BATCH = 1_000;

interface OldRow {
  readonly transactionId: string;
  readonly accountId: string;
  readonly provider: string;
  readonly recorded: RecordedTransaction;
  readonly before: string;
}

/**
 * @param moved told, in the transaction that changes them, the accounts whose transactions mean something else now
 * @returns how many were looked at; 0 once all are of these rules
 */
export async function applyRules(database: Database, moved: (tx: SqlClient, accountIds: readonly string[]) => Promise<void>): Promise<number> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<OldRow>(
      `SELECT transaction_id AS "transactionId", account_id AS "accountId", provider, recorded, normalised::text AS before FROM account_transaction
       WHERE rules < $1 OR rules > $1 LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      [RULES],
    );
    if (rows.length === 0) return 0;
    const normalised = rows.map(understood);
    const texts = normalised.map((one) => JSON.stringify(one));
    await tx.query(
      `UPDATE account_transaction t SET kind = u.kind, day = u.day, at = u.at, asset = u.asset, units = u.units, cash = u.cash, currency = u.currency, external = u.external, pending = u.pending,
         unknown = u.unknown, rules = $12, normalised = u.normalised
       FROM ROWS FROM (unnest($1::uuid[]), unnest($2::text[]), unnest($3::date[]), unnest($4::timestamptz[]), unnest($5::text[]), unnest($6::numeric[]), unnest($7::numeric[]), unnest($8::text[]),
         unnest($9::boolean[]), unnest($10::boolean[]), unnest($11::boolean[]), json_array_elements($13::json)) AS u(transaction_id, kind, day, at, asset, units, cash, currency, external, pending, unknown, normalised)
       WHERE t.transaction_id = u.transaction_id`,
      [rows.map((row) => row.transactionId), ...normalisedColumns(normalised), RULES, `[${texts.join(',')}]`],
    );
    const changed = new Set(rows.filter((row, index) => row.before !== texts[index]).map((row) => row.accountId));
    if (changed.size > 0) await moved(tx, [...changed]);
    return rows.length;
  });
}
