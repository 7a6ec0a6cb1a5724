/**
 * Authorizations (SnapTrade's connections): made when a person approves, looked up by their user alone, disabled
 * and repaired. A disabled one goes on answering with what it last knew, as SnapTrade does.
 */
import type { Sandbox, Shown } from '../server/sandbox.js';
import type { SnapAuthorization, SnapUser } from '../state/link-state.js';
import { uuidFor } from '../wire/ids.js';
import type { Account, Institution, Transaction } from '../world/world.js';
import type { WorldStore } from '../world/world-store.js';
import { SnapTradeError } from './snaptrade-error.js';
import { announceSnapTrade } from './webhook-sender.js';

/** @throws SnapTradeError where this user has no such authorization */
export function authorizationOf(sandbox: Sandbox, user: SnapUser, id: string): SnapAuthorization {
  const authorization = sandbox.links.authorizations.get(id);
  if (authorization === undefined) throw new SnapTradeError('1011');
  if (authorization.userId !== user.userId) throw new SnapTradeError('1066');
  return authorization;
}

export type Brokerage = Institution & { snaptrade: NonNullable<Institution['snaptrade']> };

export function brokerageOf(sandbox: Shown, authorization: SnapAuthorization): Brokerage {
  const institution = sandbox.world.institution(authorization.institution);
  if (institution?.snaptrade === undefined) throw new SnapTradeError('1011');
  return institution as Brokerage;
}

/** The accounts behind an authorization: the world's, or what it last knew while disabled. */
export function accountsBehind(sandbox: Shown, authorization: SnapAuthorization): Account[] {
  return authorization.cached?.accounts ?? accountsInWorld(sandbox.world, authorization);
}

export function transactionsBehind(sandbox: Shown, authorization: SnapAuthorization, accountId: string): readonly Transaction[] {
  return authorization.cached?.transactions.filter(({ account }) => account === accountId) ?? sandbox.world.transactionsOf(accountId);
}

export function accountsInWorld(world: WorldStore, authorization: SnapAuthorization): Account[] {
  return world
    .accountsOf(authorization.person, authorization.institution, 'snaptrade')
    .filter(({ id }) => authorization.accounts === null || authorization.accounts.includes(id));
}

/** SnapTrade's id of an account: another connection to the same account has another id. */
export function snapAccountId(authorization: SnapAuthorization, accountId: string): string {
  return uuidFor('account', authorization.id, accountId);
}

export interface FoundAccount {
  authorization: SnapAuthorization;
  account: Account;
}

/** @throws SnapTradeError where no account of this user has that id */
export function findAccount(sandbox: Sandbox, user: SnapUser, id: string): FoundAccount {
  for (const authorization of sandbox.links.authorizationsOf(user.userId)) {
    const account = accountsBehind(sandbox, authorization).find((candidate) => snapAccountId(authorization, candidate.id) === id);
    if (account !== undefined) return { authorization, account };
  }
  throw new SnapTradeError('1011');
}

export function disable(sandbox: Sandbox, authorization: SnapAuthorization, by: 'world' | 'request', lastKnown: WorldStore = sandbox.world): void {
  const accounts = accountsInWorld(lastKnown, authorization);
  authorization.cached = structuredClone({ accounts, transactions: accounts.flatMap(({ id }) => [...lastKnown.transactionsOf(id)]) });
  authorization.disabledAt = sandbox.clock.now().toISOString();
  authorization.disabledBy = by;
  announceSnapTrade(sandbox, 'CONNECTION_BROKEN', subjectOf(sandbox, authorization));
}

export function enable(sandbox: Sandbox, authorization: SnapAuthorization): void {
  authorization.cached = null;
  authorization.disabledAt = null;
  authorization.disabledBy = null;
  authorization.updatedAt = sandbox.clock.now().toISOString();
  announceSnapTrade(sandbox, 'CONNECTION_FIXED', subjectOf(sandbox, authorization));
}

export function dropAuthorization(sandbox: Sandbox, authorization: SnapAuthorization): void {
  sandbox.links.authorizations.delete(authorization.id);
  announceSnapTrade(sandbox, 'CONNECTION_DELETED', subjectOf(sandbox, authorization));
}

/** The fields by which a webhook names a connection. */
export function subjectOf(sandbox: Sandbox, authorization: SnapAuthorization): Record<string, string> {
  const brokerage = sandbox.world.institution(authorization.institution)?.snaptrade?.id;
  return { userId: authorization.userId, brokerageAuthorizationId: authorization.id, ...(brokerage === undefined ? {} : { brokerageId: brokerage }) };
}
