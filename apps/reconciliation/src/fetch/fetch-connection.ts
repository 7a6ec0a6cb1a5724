/**
 * Asks a connection's provider what its accounts hold now, and what happened lately: one fetch for all of its accounts. Timeouts, retries
 * and the breaker of a single call are those of libs/providers; here is the time that everything together may take.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ERROR_CODES } from '@tidemark/contracts';
import { BrokenInvariant, instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { isTransient } from '@tidemark/postgres';
import type { FetchedAccount, FetchedTransaction, FetchedTransactions, FetchRequest, ProviderError, ProviderPort } from '@tidemark/providers';
import type { ReconciliationDeps } from '../deps.js';
import { findConnection } from '../projections/connections/query.js';

export interface FetchFailure {
  readonly code: (typeof ERROR_CODES)[number];
  /** Trying again by itself may help. */
  readonly retryable: boolean;
  /** For people; no secret. */
  readonly detail: string;
  readonly retryAfterMs: number | null;
}

/** What the provider said of one account's transactions. */
export interface FetchedMoves {
  readonly transactions: readonly FetchedTransaction[];
  /** Identities that the provider says are gone. */
  readonly withdrawn: readonly string[];
  /** It is every transaction from `from` to `to`: one that is not there was withdrawn. */
  readonly whole: boolean;
  readonly from: string;
  readonly to: string;
}

export interface FetchedConnection {
  /** Before the first call: what was captured until then was captured before what is fetched here. */
  readonly beganAt: string;
  readonly fetchedAt: string;
  /** By the provider's id of the account. */
  readonly accounts: ReadonlyMap<string, FetchedAccount>;
  readonly moves: ReadonlyMap<string, FetchedMoves>;
}

export type Fetched =
  | { readonly kind: 'fetched'; readonly value: FetchedConnection }
  | { readonly kind: 'failed'; readonly failure: FetchFailure }
  /** No provider can be asked about it. */
  | { readonly kind: 'unasked'; readonly why: string }
  | { readonly kind: 'disconnected' };

export interface FetchAsked {
  readonly userId: string;
  readonly provider: string;
  readonly connectionId: string;
  /** The first day whose transactions are wanted; null where none are. */
  readonly from: string | null;
}

export async function fetchConnection(deps: ReconciliationDeps, asked: FetchAsked): Promise<Fetched> {
  if (asked.provider === 'manual') return { kind: 'unasked', why: 'it is kept by hand' };
  const port = await deps.providers.get(asked.provider);
  if (!port) return { kind: 'unasked', why: `this installation cannot ask the provider ${asked.provider}` };
  const connection = await findConnection(deps.database, asked.userId, asked.connectionId);
  if (connection?.status === 'disconnected') return { kind: 'disconnected' };
  const { credentialRef, providerConnectionId, institutionName } = connection ?? {};
  if (!credentialRef || !providerConnectionId) return failed({ code: 'provider_error', retryable: true, detail: 'the link of the connection is not known here yet', retryAfterMs: null });
  const credential = await deps.credentials.get(credentialRef);
  if (!credential) return failed({ code: 'provider_auth', retryable: false, detail: 'the credential of this connection is not there any more: link the institution again', retryAfterMs: null });
  const call = { userId: asked.userId, connectionId: asked.connectionId, institution: institutionName ?? null };
  const fetched = await inTime(deps, asked.provider, () => fetchAll(deps, port, { call, credential, providerConnectionId }, asked.from));
  return fetched.ok ? { kind: 'fetched', value: fetched.value } : failed(fetched.error);
}

const failed = (failure: FetchFailure): Fetched => ({ kind: 'failed', failure });

/** What takes longer goes on by itself until its own timeouts end it, and nobody listens any more. */
async function inTime(deps: ReconciliationDeps, provider: string, work: () => Promise<Result<FetchedConnection, FetchFailure>>): Promise<Result<FetchedConnection, FetchFailure>> {
  const { timeoutMs } = deps.settings;
  const given = new AbortController();
  const late = sleep(timeoutMs, null, { signal: given.signal, ref: false }).then(() => refuse<FetchFailure>({ code: 'provider_unreachable', retryable: true, detail: `${provider} did not answer everything within ${timeoutMs} ms`, retryAfterMs: null }));
  // Ends with the signal where the work was in time: nobody waits for it then.
  late.catch(() => undefined);
  try {
    return await Promise.race([guarded(deps, work), late]);
  } finally {
    given.abort();
  }
}

/** An answer that cannot be read must not stop the queue. */
async function guarded(deps: ReconciliationDeps, work: () => Promise<Result<FetchedConnection, FetchFailure>>): Promise<Result<FetchedConnection, FetchFailure>> {
  try {
    return await work();
  } catch (error) {
    if (isTransient(error)) throw error;
    deps.logger.error({ err: error }, 'an answer of a provider could not be taken');
    const malformed = error instanceof BrokenInvariant;
    return refuse({ code: malformed ? 'provider_malformed' : 'provider_error', retryable: !malformed, detail: malformed ? `what the provider sent cannot be compared: ${error.message}`.slice(0, 2_000) : 'something went wrong on our side', retryAfterMs: null });
  }
}

async function fetchAll({ clock }: ReconciliationDeps, port: ProviderPort, request: FetchRequest, from: string | null): Promise<Result<FetchedConnection, FetchFailure>> {
  const beganAt = instant(clock.now());
  const held = await port.fetchAccounts(request);
  if (!held.ok) return refuse(failureOf(held.error));
  const to = instant(clock.now()).slice(0, 10);
  const moved = from === null ? null : await port.fetchTransactions({ ...request, from, to: to < from ? from : to, cursor: null });
  if (moved && !moved.ok) return refuse(failureOf(moved.error));
  const accounts = new Map(held.value.accounts.map((one) => [one.account.providerAccountId, one]));
  return ok({ beganAt, fetchedAt: instant(clock.now()), accounts, moves: moved ? movesOf(moved.value, { from: from ?? to, to }) : new Map<string, FetchedMoves>() });
}

function movesOf({ pages, wholeRange }: FetchedTransactions, range: { from: string; to: string }): Map<string, FetchedMoves> {
  // The provider withdrew some and did not say whose: whoever knows them takes them.
  const anybodys = pages.filter((page) => page.providerAccountId === '').flatMap((page) => page.withdrawn);
  const named = Map.groupBy(pages.filter((page) => page.providerAccountId !== ''), (page) => page.providerAccountId);
  return new Map([...named].map(([id, own]) => [id, {
    ...range,
    // Some providers tell more than was asked for: what is older is what sync recorded long ago, and no news.
    transactions: own.flatMap((page) => page.transactions).filter(({ date }) => date >= range.from),
    withdrawn: [...own.flatMap((page) => page.withdrawn), ...anybodys],
    whole: own.every((page) => page.wholeRange ?? wholeRange),
  }]));
}

function failureOf(error: ProviderError): FetchFailure {
  const code = error.providerCode === null || error.detail.includes(error.providerCode) ? '' : ` (${error.providerCode})`;
  return { code: error.code, retryable: error.class === 'retry', detail: `${error.detail}${code}`.slice(0, 2_000), retryAfterMs: error.retryAfterMs };
}
