/** Reads everything a sync comes for. Each step is all or nothing, and nothing is written until all of them are done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionsRpc } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { FetchedAccount, FetchedTransactions } from '@tidemark/providers';
import { failure, ofProvider } from './failure.js';
import type { Stop } from './failure.js';
import { fetchRequest } from './context.js';
import type { Attempt, Linked } from './context.js';
import { isWholeDue } from '../job/schedule.js';
import { firstDay } from './range.js';

export interface FetchedAccounts {
  readonly accounts: readonly FetchedAccount[];
  /** When the fetch was complete: the instant that every snapshot of it states. */
  readonly capturedAt: string;
}

export interface TransactionsOfRange {
  readonly fetched: FetchedTransactions;
  readonly from: string;
  readonly to: string;
  /** Everything that the provider has was asked for, not the newest part alone. */
  readonly whole: boolean;
}

export async function fetchAccounts({ deps, notes }: Attempt, linked: Linked): Promise<Result<FetchedAccounts, Stop>> {
  const fetched = await linked.port.fetchAccounts(fetchRequest(linked));
  if (!fetched.ok) return refuse(ofProvider(fetched.error));
  notes.push(...fetched.value.notes.map((one) => one.slice(0, 500)));
  return ok({ accounts: fetched.value.accounts, capturedAt: instant(deps.clock.now()) });
}

/** @returns our account id of each provider's account id; without those that are no longer to be read */
export async function observeAccounts({ deps, job }: Attempt, fetched: FetchedAccounts): Promise<Result<Map<string, string>, Stop>> {
  const payload = { connectionId: job.connectionId, syncId: job.syncId, observedAt: fetched.capturedAt, accounts: fetched.accounts.map((one) => one.account), complete: true };
  const ask = () => deps.rpc.call(connectionsRpc.observeAccounts, payload, { userId: job.userId, requestId: job.syncId }, { timeoutMs: 15_000 });
  let reply = await ask();
  // What was fetched is worth a little patience: another attempt would ask the provider for everything again.
  for (const waitMs of deps.settings.patienceMs) {
    if (reply.ok || (reply.error.code !== 'unavailable' && reply.error.code !== 'timeout')) break;
    await sleep(waitMs);
    reply = await ask();
  }
  if (reply.ok) {
    const seen = new Set(payload.accounts.map((one) => one.providerAccountId));
    return ok(new Map(reply.value.accounts.filter((one) => seen.has(one.providerAccountId) && one.status !== 'disconnected').map((one) => [one.providerAccountId, one.accountId])));
  }
  const { code, detail } = reply.error;
  if (code === 'not_found' || code === 'connection_not_active') return refuse({ kind: 'dropped', detail });
  return refuse(failure('provider_error', 'retry', `the accounts could not be registered: ${detail}`));
}

/**
 * The whole range where an account is new, where somebody asked for it (the provider has older ones now, a user wants to be sure) and once
 * in a while by itself, since providers add and change rows of any age; else what an overlap with the last answer takes.
 */
export async function fetchTransactions({ deps, notes }: Attempt, linked: Linked, accountIds: Iterable<string>): Promise<Result<TransactionsOfRange, Stop>> {
  const { connectionId, knownThrough, knownAccounts, wholeWanted, wholeReadAt, cursor } = linked.connection;
  const known = new Set(knownAccounts);
  const now = deps.clock.now();
  const whole = wholeWanted || knownThrough === null || isWholeDue(connectionId, wholeReadAt, deps.settings.fullIntervalMs, now) || [...accountIds].some((id) => !known.has(id));
  const to = instant(now).slice(0, 10);
  const from = firstDay(to, whole ? null : knownThrough, deps.settings.overlapDays);
  const fetched = await linked.port.fetchTransactions({ ...fetchRequest(linked), from, to, cursor });
  if (!fetched.ok) return refuse(ofProvider(fetched.error));
  notes.push(...(fetched.value.notes ?? []).map((one) => one.slice(0, 500)));
  return ok({ fetched: fetched.value, from, to, whole });
}
