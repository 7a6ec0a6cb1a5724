/**
 * One SnapTrade operation: the client's limit counted, its signature and timestamp verified, its user found, then
 * the handler. The timestamp is compared with real time, because the SDK stamps with its machine's clock.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { SnapUser } from '../state/link-state.js';
import { requestSignature, sameSignature } from './signature.js';
import { SnapTradeError } from './snaptrade-error.js';

export type SnapQuery = Record<string, string | undefined>;
export type SnapBody = Record<string, unknown>;

export interface SnapOperation {
  operation: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
}

export interface SnapCall {
  query: SnapQuery;
  params: Record<string, string>;
  body: SnapBody;
  request: FastifyRequest;
  reply: FastifyReply;
}

const FRESH_SECONDS = 300;
const CALLS_A_MINUTE = 250;
export const SNAPTRADE_PREFIX = '/snaptrade';

/** An operation of the client itself. */
export function partnerOperation(app: FastifyInstance, sandbox: Sandbox, name: SnapOperation, handler: (call: SnapCall) => unknown): void {
  app.route({
    method: name.method,
    url: name.path,
    config: { name },
    handler: async (request, reply) => {
      const query = request.query as SnapQuery;
      countCall(sandbox, reply);
      authenticate(sandbox, request, query);
      const body = (typeof request.body === 'object' && request.body !== null ? request.body : {}) as SnapBody;
      const answer = await handler({ query, params: request.params as Record<string, string>, body, request, reply });
      return reply.send(answer);
    },
  });
}

/** An operation on behalf of a user, whom id and secret in the query name. */
export function userOperation(app: FastifyInstance, sandbox: Sandbox, name: SnapOperation, handler: (user: SnapUser, call: SnapCall) => unknown): void {
  partnerOperation(app, sandbox, name, (call) => {
    const user = sandbox.links.users.get(call.query['userId'] ?? '');
    if (user === undefined || !sameSignature(call.query['userSecret'] ?? '', user.userSecret)) throw new SnapTradeError('1083');
    call.request.call.entry.subject = call.params['accountId'] ?? call.params['authorizationId'] ?? user.userId;
    return handler(user, call);
  });
}

function countCall(sandbox: Sandbox, reply: FastifyReply): void {
  const settings = sandbox.world.world.rateLimits;
  if (settings?.enabled === false) return;
  const standing = sandbox.limits.take('snaptrade/client', settings?.overrides?.['snaptrade']?.perClient ?? CALLS_A_MINUTE);
  reply.headers({ 'X-RateLimit-Limit': standing.limit, 'X-RateLimit-Remaining': standing.remaining, 'X-RateLimit-Reset': standing.resetSeconds });
  if (standing.allowed) return;
  throw new SnapTradeError('throttled', `Request was throttled. Expected available in ${standing.resetSeconds} seconds.`);
}

function authenticate(sandbox: Sandbox, request: FastifyRequest, query: SnapQuery): void {
  const { clientId, consumerKey } = sandbox.credentials.snaptrade;
  if (query['clientId'] !== clientId) throw new SnapTradeError('1074');
  const age = Math.abs(Date.now() / 1000 - Number(query['timestamp'] ?? Number.NaN));
  const [path = '', raw = ''] = (request.raw.url ?? '').slice(SNAPTRADE_PREFIX.length).split(/\?(.*)/s);
  const given = request.headers['signature'];
  const right = requestSignature(consumerKey, path, raw, request.body);
  if (!(age <= FRESH_SECONDS) || typeof given !== 'string' || !sameSignature(given, right)) throw new SnapTradeError('1076');
}

/** A string of the body. @throws SnapTradeError where it is absent and needed */
export function bodyText(body: SnapBody, field: string): string {
  const value = body[field];
  if (typeof value !== 'string' || value === '') throw new SnapTradeError('1089', `${field} is required and must be a string`);
  return value;
}

export function optionalBodyText(body: SnapBody, field: string): string | null {
  return body[field] === undefined || body[field] === null || body[field] === '' ? null : bodyText(body, field);
}
