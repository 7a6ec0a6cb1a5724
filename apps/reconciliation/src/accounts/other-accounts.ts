/** The user's accounts, as far as a difference of one may be explained by the others. Read only where something differs. */
import { accountName, duplicateOf } from '@tidemark/contracts';
import { dayNumber, dayOf } from '@tidemark/market';
import type { AssetId, Decimal } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { normalise } from '@tidemark/transactions';
import type { AccountMove } from '../expectation/account-move.js';
import { quantitiesOf, sweepsOf } from '../expectation/stated.js';
import type { OwnAccount } from '../explanation/explanation-input.js';
import { accountsOfUser } from '../projections/accounts/query.js';
import { newestSnapshots } from '../projections/snapshots/query.js';
import { transactionsOfAccounts } from '../projections/transactions/query.js';

/** More accounts than a person has; a business's further ones are not searched. */
const MOST = 200;

export interface OthersAsked {
  readonly userId: string;
  readonly runId: string;
  /** The oldest basis of those that differ. */
  readonly since: string;
  readonly overlapDays: number;
}

/** Every one of them: whoever explains one leaves that one out. */
export async function otherAccounts(client: SqlClient, { userId, runId, since, overlapDays }: OthersAsked): Promise<OwnAccount[]> {
  const others = (await accountsOfUser(client, userId)).slice(0, MOST);
  const ids = others.map(({ account }) => account.accountId);
  const held = new Map((await newestSnapshots(client, ids)).map((snapshot) => [snapshot.accountId, snapshot]));
  const differences = await differencesOf(client, runId, ids);
  const from = dayOf(dayNumber(since.slice(0, 10)) - overlapDays);
  const stored = Map.groupBy(await transactionsOfAccounts(client, ids, from), (one) => one.accountId);
  return others.map(({ account }): OwnAccount => {
    const snapshot = held.get(account.accountId);
    const flows = (stored.get(account.accountId) ?? []).map((one): AccountMove => ({ ...normalise(one.provider, one.recorded), recordedAt: one.recordedAt, withdrawnAt: one.withdrawnAt })).filter((move) => move.external);
    return {
      accountId: account.accountId,
      name: accountName(account),
      duplicateOf: duplicateOf(account),
      quantities: snapshot ? quantitiesOf(snapshot, sweepsOf(snapshot)) : new Map<AssetId, Decimal>(),
      differences: differences.get(account.accountId) ?? new Map<AssetId, Decimal>(),
      flows,
    };
  });
}

/** Of this run where the account was compared in it already, else of what is open. */
async function differencesOf(client: SqlClient, runId: string, accountIds: readonly string[]): Promise<Map<string, Map<AssetId, Decimal>>> {
  const { rows } = await client.query<{ accountId: string; asset: AssetId; difference: Decimal }>(
    `SELECT r.account_id AS "accountId", l.line ->> 'asset' AS asset, l.line ->> 'difference' AS difference FROM account_report r CROSS JOIN LATERAL json_array_elements(r.lines) AS l(line)
     WHERE r.run_id = $1 AND r.account_id = ANY($2::uuid[]) AND l.line ->> 'outcome' IN ('missing_local', 'missing_remote', 'mismatch')
     UNION ALL
     SELECT d.account_id, d.asset, d.difference FROM discrepancy d WHERE d.account_id = ANY($2::uuid[]) AND d.status <> 'resolved'
       AND NOT EXISTS (SELECT 1 FROM account_report r WHERE r.run_id = $1 AND r.account_id = d.account_id AND r.result NOT IN ('failed', 'skipped'))`,
    [runId, accountIds],
  );
  return new Map([...Map.groupBy(rows, (row) => row.accountId)].map(([id, all]) => [id, new Map(all.map((row) => [row.asset, row.difference]))]));
}
