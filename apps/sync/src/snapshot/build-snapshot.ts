/**
 * Makes the whole-account snapshot of what was fetched, or says why it cannot be made. The account is taken as one: every line at one
 * instant, or nothing. The id is derived from (sync, account), so a sync that is run again after a crash makes the same snapshot.
 */
import { eventProblems } from '@tidemark/contracts';
import type { BalanceSnapshotCaptured, SnapshotSource } from '@tidemark/contracts';
import { NAMESPACE, ok, refuse, uuidV5 } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { parseAssetId } from '@tidemark/money';
import type { FetchedAccount } from '@tidemark/providers';
import { accountCurrency } from './account-currency.js';
import { stripNumbers } from './strip-numbers.js';

/** Why a sync ran, as its events name it. */
export type SyncReason = 'initial' | 'scheduled' | 'on_demand' | 'webhook' | 'reconnect';

/** `holdings_sync` is kept for a sync of holdings alone, which no reason makes today. */
const SOURCES: Readonly<Record<SyncReason, SnapshotSource>> = {
  initial: 'initial_connection',
  scheduled: 'scheduled_sync',
  on_demand: 'manual_sync',
  webhook: 'webhook',
  reconnect: 'account_sync',
};

export function sourceOf(reason: SyncReason): SnapshotSource {
  return SOURCES[reason];
}

export interface SnapshotContext {
  readonly userId: string;
  readonly connectionId: string;
  readonly accountId: string;
  readonly provider: string;
  readonly syncId: string;
  readonly reason: SyncReason;
  /** When our fetch of the account's data was complete. */
  readonly capturedAt: string;
}

/** Why one account gives no snapshot, for people; names the account as the provider does, never by number. */
export interface UnusableAccount {
  readonly kind: 'no_currency' | 'malformed' | 'incomplete';
  readonly detail: string;
}

export function snapshotIdOf(syncId: string, accountId: string): string {
  return uuidV5(NAMESPACE.reaction, `snapshot/${syncId}/${accountId}`);
}

export function buildSnapshot(fetched: FetchedAccount, context: SnapshotContext): Result<BalanceSnapshotCaptured, UnusableAccount> {
  const { reason, ...of } = context;
  const name = fetched.account.name.slice(0, 100);
  if (fetched.incomplete !== undefined) return refuse({ kind: 'incomplete', detail: `"${name}" was left out: ${fetched.incomplete}` });
  const currency = accountCurrency([fetched.currency, fetched.account.currency], fetched.balances);
  if (currency === null) {
    return refuse({ kind: 'no_currency', detail: `"${name}" was left out: the provider states no ISO 4217 currency for it and its lines share none` });
  }
  const foreign = fetched.balances.find((line) => parseAssetId(line.asset) === null);
  if (foreign) return refuse({ kind: 'malformed', detail: `"${name}" was left out: "${foreign.asset.slice(0, 80)}" is no asset id` });
  const { balance, available, holdingsValue, cashValue } = fetched.totals;
  const data: BalanceSnapshotCaptured = {
    ...of,
    snapshotId: snapshotIdOf(context.syncId, context.accountId),
    providerAsOf: fetched.providerAsOf,
    source: sourceOf(reason),
    currency,
    totals: { balance, available, holdingsValue, cashValue },
    balances: [...fetched.balances],
    providerMetadata: stripNumbers(fetched.providerMetadata),
  };
  const wrong = eventProblems('BalanceSnapshotCaptured', data);
  return wrong === null ? ok(data) : refuse({ kind: 'malformed', detail: `"${name}" was left out: what the provider sent cannot be recorded (${wrong.slice(0, 300)})` });
}
