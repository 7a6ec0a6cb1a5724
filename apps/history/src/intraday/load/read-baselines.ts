/**
 * What the day's change is measured by: the value of every account at the close before, and what crossed its border since. The close is that
 * of account_day; until the end of day has written it, the last live value of that day stands in for it.
 */
import { dayOf } from '@tidemark/market';
import { exact } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import type { DayNumber } from '../../reconstruction/model.js';
import { readAccountDays } from '../../storage/read-days.js';
import type { Baseline, Flows } from '../book/live-user.js';
import type { StoredIntraday } from '../days/intraday-tables.js';

export interface Wanted {
  readonly accountId: string;
  /** The market's day now; the close before is that of the day before it. */
  readonly today: DayNumber;
}

export async function readBaselines(client: SqlClient, wanted: readonly Wanted[], stored: readonly StoredIntraday[]): Promise<Map<string, Baseline>> {
  const found = new Map<string, Baseline>();
  for (const [today, accounts] of Map.groupBy(wanted, (one) => one.today)) {
    const day = today - 1;
    const closed = await readAccountDays(client, accounts.map((one) => one.accountId), day, day);
    for (const { accountId } of accounts) {
      const known = closed.get(accountId)?.[0];
      if (known) found.set(accountId, { day, amounts: known.value.map(({ currency, amount }) => [currency, exact(amount)] as const), complete: known.complete, provisional: false });
      else {
        const live = stored.find((row) => row.series === accountId && row.accountId === accountId && row.day === day);
        if (live) found.set(accountId, { day, amounts: [[live.currency, exact(live.last)]], complete: true, provisional: true });
      }
    }
  }
  return found;
}

interface FlowRow {
  readonly account_id: string;
  readonly cash: string | null;
  readonly units: string | null;
  readonly currency: string | null;
}

/** Pending ones count once they are booked: until then no snapshot has them for sure. Units that moved without cash have no worth that is known today. */
export async function readFlows(client: SqlClient, wanted: readonly Wanted[]): Promise<Map<string, Flows>> {
  const flows = new Map<string, Flows>();
  for (const [today, accounts] of Map.groupBy(wanted, (one) => one.today)) {
    const { rows } = await client.query<FlowRow>(
      'SELECT account_id, cash, units, currency FROM account_transaction WHERE account_id = ANY($1::uuid[]) AND day = $2 AND external AND NOT pending AND NOT withdrawn AND NOT unknown',
      [accounts.map((one) => one.accountId), dayOf(today)],
    );
    for (const [accountId, ofAccount] of Map.groupBy(rows, (row) => row.account_id)) {
      const known = ofAccount.flatMap(({ cash, currency, units }) => (cash !== null && currency !== null && (units === null || exact(units).digits === 0n) ? [[currency, exact(cash)] as const] : []));
      flows.set(accountId, known.length === ofAccount.length ? known : null);
    }
  }
  return flows;
}
