/** Loads what accounts held at the close of an earlier day: their newest snapshots until then, and how far their histories reach; beside the market of that close. */
import { accountName } from '@tidemark/contracts';
import type { BalanceLine, historyRpc } from '@tidemark/contracts';
import { closeMs, closeOf, dayNumber, dayOf, marketDayOf, marketOf } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import type { SqlClient } from '@tidemark/postgres';
import type { HeldAccount, MarketNow } from '../allocation/held-lines.js';
import { marketNow } from '../allocation/load-held.js';
import type { HistoryAccount } from '../projections/accounts/row.js';
import type { HistoryReads } from '../reads/read-context.js';
import { readHeads } from '../storage/history-head.js';
import type { HistoryHead } from '../storage/history-head.js';
import type { Books } from './books.js';
import { heldOn } from './held-on.js';
import type { HeldThen } from './held-on.js';
import type { LoadedGains } from './load-gains.js';
import { timeline } from './timeline.js';

type Reason = historyRpc.HistoryReason;

export interface Held {
  readonly held: readonly HeldAccount[];
  readonly market: MarketNow;
  /** What cannot be told. */
  readonly unheld: readonly Reason[];
}

/** @param accounts whose holdings are asked for @param books after the steps until `on` */
export async function loadHeldOn(reads: HistoryReads, accounts: readonly HistoryAccount[], { loaded, books, base }: { loaded: LoadedGains; books: Books; base: string }, on: Day): Promise<Held> {
  const [snapshots, heads] = await Promise.all([snapshotsAt(reads.database, accounts, on), readHeads(reads.database, accounts.map(({ accountId }) => accountId))]);
  const steps = timeline(loaded.records, loaded.splitsOf);
  const told = accounts.flatMap((account) => {
    const [record, now] = [loaded.records.find(({ accountId }) => accountId === account.accountId), loaded.held.find(({ accountId }) => accountId === account.accountId)];
    const snapshot = snapshots.get(account.accountId) ?? null;
    return record && now ? [heldOn({ record, now, snapshot, beyond: beyond(account, heads.get(account.accountId), on) } satisfies HeldThen, books, steps, on)] : [];
  });
  const held = told.map((one) => one.held);
  return { held, market: await marketNow(reads, held, base, closeOf(on)), unheld: told.flatMap(({ unknown }) => unknown) };
}

function beyond(account: HistoryAccount, head: HistoryHead | undefined, on: Day): HeldThen['beyond'] {
  const name = accountName(account);
  if (!account.transactions) return { code: 'no_history', detail: `What ${name} held on ${on} is not known: its first snapshot is later, and nobody tells its transactions.` };
  if (!head || head.firstDay === null) return { code: 'reconstruction_pending', detail: `What ${name} held on ${on} is not known: its history is not computed yet.` };
  return dayNumber(on) < head.firstDay ? { code: 'no_history', detail: `What ${name} held on ${on} is not known: its history begins on ${dayOf(head.firstDay)}.` } : null;
}

async function snapshotsAt(client: SqlClient, accounts: readonly HistoryAccount[], on: Day): Promise<Map<string, NonNullable<HeldThen['snapshot']>>> {
  const market = new Map(accounts.map(({ accountId, timeZone }) => [accountId, timeZone === null ? undefined : marketOf(timeZone)]));
  const { rows } = await client.query<{ accountId: string; capturedAt: string; currency: string; lines: BalanceLine[] }>(
    `SELECT s.* FROM unnest($1::uuid[], $2::timestamptz[]) AS a(account_id, close) CROSS JOIN LATERAL (
       SELECT account_id AS "accountId", captured_at AS "capturedAt", currency, lines FROM captured_snapshot c WHERE c.account_id = a.account_id AND c.captured_at <= a.close ORDER BY captured_at DESC, epoch DESC, position DESC LIMIT 1) s`,
    [accounts.map(({ accountId }) => accountId), accounts.map(({ accountId }) => new Date(closeMs(dayNumber(on), market.get(accountId))).toISOString())],
  );
  return new Map(rows.map(({ accountId, ...row }) => [accountId, { ...row, day: marketDayOf(row.capturedAt, market.get(accountId)) }]));
}
