/** What a person does in SnapTrade's connection portal: sign in at the brokerage and agree; or repair a connection. */
import type { Sandbox } from '../server/sandbox.js';
import type { Portal, SnapAuthorization } from '../state/link-state.js';
import { accountsInWorld, enable, snapAccountId, subjectOf } from '../snaptrade/authorizations.js';
import { announceSnapTrade } from '../snaptrade/webhook-sender.js';
import type { Institution } from '../world/world.js';
import { repairLogins, theAccounts, thePerson, type As } from './approval.js';
import { Refusal } from './refusal.js';

export function approveSnapTrade(sandbox: Sandbox, url: string, as: As): { authorizationId: string } {
  const sessionId = URL.canParse(url) ? new URL(url).searchParams.get('token') : null;
  const portal = sandbox.links.portals.get(sessionId ?? '');
  if (portal === undefined) throw new Refusal(404, 'link.url is no portal of this sandbox');
  if (portal.used) throw new Refusal(410, 'this portal has been used already: ask for a new login URL');
  if (Date.parse(portal.expiresAt) <= sandbox.clock.now().getTime()) throw new Refusal(410, `the portal closed at ${portal.expiresAt}`);
  if (!sandbox.links.users.has(portal.userId)) throw new Refusal(410, 'the user of this portal has been deleted');
  const authorization = portal.reconnect === null ? newAuthorization(sandbox, portal, as) : reconnected(sandbox, portal.reconnect);
  portal.used = true;
  return { authorizationId: authorization.id };
}

function newAuthorization(sandbox: Sandbox, portal: Portal, as: As): SnapAuthorization {
  const institution = theBrokerage(sandbox, portal, as);
  const { allowsTrading } = institution.snaptrade!;
  if (portal.connectionType === 'trade' && !allowsTrading) {
    throw new Refusal(422, `${institution.name} does not allow trading, which the portal requires (use trade-if-available)`);
  }
  const person = thePerson(sandbox, 'snaptrade', institution.id, as);
  const shared = theAccounts(sandbox, 'snaptrade', institution.id, person, as);
  const now = sandbox.clock.now().toISOString();
  const authorization: SnapAuthorization = {
    id: sandbox.newId(),
    userId: portal.userId,
    institution: institution.id,
    person,
    type: portal.connectionType !== 'read' && allowsTrading ? 'trade' : 'read',
    createdAt: now,
    updatedAt: now,
    disabledAt: null,
    disabledBy: null,
    accounts: as.accounts === undefined ? null : shared,
    cached: null,
  };
  repairLogins(sandbox, shared);
  sandbox.links.authorizations.set(authorization.id, authorization);
  const subject = subjectOf(sandbox, authorization);
  announceSnapTrade(sandbox, 'CONNECTION_ADDED', subject);
  for (const { id } of accountsInWorld(sandbox.world, authorization)) {
    announceSnapTrade(sandbox, 'ACCOUNT_HOLDINGS_UPDATED', { ...subject, accountId: snapAccountId(authorization, id) });
  }
  return authorization;
}

function reconnected(sandbox: Sandbox, id: string): SnapAuthorization {
  const authorization = sandbox.links.authorizations.get(id);
  if (authorization === undefined) throw new Refusal(410, 'the connection to repair has been removed');
  repairLogins(sandbox, accountsInWorld(sandbox.world, authorization).map((account) => account.id));
  if (authorization.disabledAt !== null) enable(sandbox, authorization);
  return authorization;
}

function theBrokerage(sandbox: Sandbox, portal: Portal, as: As): Institution {
  const named = as.institution === undefined ? undefined : sandbox.world.institution(as.institution);
  if (as.institution !== undefined && named?.snaptrade === undefined) throw new Refusal(400, `as.institution "${as.institution}" is no institution that SnapTrade reaches`);
  if (named !== undefined && portal.broker !== null && named.snaptrade?.slug !== portal.broker) {
    throw new Refusal(400, `as.institution "${named.id}" is not the broker that the portal names`);
  }
  const institution = named ?? (portal.broker === null ? undefined : sandbox.world.institutionBySlug(portal.broker));
  if (institution === undefined) throw new Refusal(400, 'the portal names no broker: say which with as.institution');
  return institution;
}
