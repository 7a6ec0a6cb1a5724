/** Users: registered, listed, given a new secret, deleted with all their connections; and the way to the portal. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { Portal, SnapUser } from '../state/link-state.js';
import { authorizationOf, dropAuthorization } from './authorizations.js';
import { SnapTradeError } from './snaptrade-error.js';
import { bodyText, optionalBodyText, partnerOperation, userOperation, type SnapBody } from './snaptrade-operation.js';
import { announceSnapTrade } from './webhook-sender.js';

const FIVE_MINUTES_MS = 5 * 60_000;
const CONNECTION_TYPES = ['read', 'trade', 'trade-if-available'] as const;

export function userRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { users } = sandbox.links;
  partnerOperation(app, sandbox, { operation: 'listSnapTradeUsers', method: 'GET', path: '/snapTrade/listUsers' }, () => [...users.keys()]);
  partnerOperation(app, sandbox, { operation: 'registerSnapTradeUser', method: 'POST', path: '/snapTrade/registerUser' }, ({ body }) => {
    const userId = bodyText(body, 'userId');
    if (users.has(userId)) throw new SnapTradeError('1010');
    const user: SnapUser = { userId, userSecret: sandbox.newId(), createdAt: sandbox.clock.now().toISOString() };
    users.set(userId, user);
    announceSnapTrade(sandbox, 'USER_REGISTERED', { userId });
    return { userId, userSecret: user.userSecret };
  });
  partnerOperation(app, sandbox, { operation: 'resetSnapTradeUserSecret', method: 'POST', path: '/snapTrade/resetUserSecret' }, ({ body }) => {
    const user = users.get(bodyText(body, 'userId'));
    if (user === undefined || user.userSecret !== bodyText(body, 'userSecret')) throw new SnapTradeError('1083');
    user.userSecret = sandbox.newId();
    return { userId: user.userId, userSecret: user.userSecret };
  });
  partnerOperation(app, sandbox, { operation: 'deleteSnapTradeUser', method: 'DELETE', path: '/snapTrade/deleteUser' }, ({ query }) => {
    const userId = query['userId'] ?? '';
    if (!users.delete(userId)) throw new SnapTradeError('1011');
    for (const authorization of sandbox.links.authorizationsOf(userId)) dropAuthorization(sandbox, authorization);
    announceSnapTrade(sandbox, 'USER_DELETED', { userId });
    return { status: 'deleted', detail: `User with userId ${userId} is queued for deletion`, userId };
  });
  userOperation(app, sandbox, { operation: 'loginSnapTradeUser', method: 'POST', path: '/snapTrade/login' }, (user, { body }) => {
    const portal = openPortal(sandbox, user, body);
    return { redirectURI: portalUrl(sandbox, portal), sessionId: portal.sessionId };
  });
}

function openPortal(sandbox: Sandbox, user: SnapUser, body: SnapBody): Portal {
  const broker = optionalBodyText(body, 'broker');
  const connectionType = (optionalBodyText(body, 'connectionType') ?? 'read') as Portal['connectionType'];
  if (!CONNECTION_TYPES.includes(connectionType)) throw new SnapTradeError('1089', `connectionType must be one of ${CONNECTION_TYPES.join(', ')}`);
  const brokerage = broker === null ? undefined : sandbox.world.institutionBySlug(broker);
  if (broker !== null && brokerage?.snaptrade === undefined) throw new SnapTradeError('1011', `Brokerage ${broker} does not exist`);
  if (brokerage?.snaptrade?.enabled === false) throw new SnapTradeError('1141', `Brokerage ${broker} is not enabled`);
  const reconnect = optionalBodyText(body, 'reconnect');
  if (reconnect !== null) authorizationOf(sandbox, user, reconnect);
  const portal: Portal = {
    sessionId: sandbox.newId(),
    userId: user.userId,
    broker,
    connectionType,
    reconnect,
    customRedirect: optionalBodyText(body, 'customRedirect'),
    expiresAt: sandbox.clock.in(FIVE_MINUTES_MS),
    used: false,
  };
  sandbox.links.portals.set(portal.sessionId, portal);
  return portal;
}

function portalUrl(sandbox: Sandbox, portal: Portal): string {
  const url = new URL(`${sandbox.url()}/snaptrade/snapTrade/redeemToken`);
  url.searchParams.set('token', portal.sessionId);
  url.searchParams.set('clientId', sandbox.credentials.snaptrade.clientId);
  url.searchParams.set('connectionType', portal.connectionType);
  if (portal.broker !== null) url.searchParams.set('broker', portal.broker);
  if (portal.reconnect !== null) url.searchParams.set('reconnect', portal.reconnect);
  return url.href;
}
