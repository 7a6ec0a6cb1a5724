/**
 * Authentication in two steps around the rate limit: first find out who it is (so that a known user has a limit of their own,
 * and everybody else shares that of their address), then, after the limit, refuse who may not go on.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal, refusal } from '../problem/answer.js';
import type { Caller } from './caller.js';
import type { VerifyToken } from './verify-token.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
    /** Why there is no caller. */
    refusedBecause: Refusal | null;
  }
  interface FastifyContextConfig {
    /** Served without a token. */
    open?: boolean;
    /** A scope that the token must have. */
    scope?: string;
  }
}

export function identify(scope: FastifyInstance, verify: VerifyToken): void {
  scope.decorateRequest('caller', null);
  scope.decorateRequest('refusedBecause', null);
  scope.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.open) return;
    const token = bearer(request);
    if (token === null) {
      request.refusedBecause = refusal('unauthenticated', 'send the header "Authorization: Bearer <token>"', { headers: { 'www-authenticate': 'Bearer realm="tidemark"' } });
      return;
    }
    try {
      request.caller = await verify(token);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      request.refusedBecause = error;
    }
  });
}

export function enforce(scope: FastifyInstance): void {
  // Not `onRequest`: the limit is a hook of each route, and those run after the scope's own of the same kind.
  scope.addHook('preParsing', async (request) => {
    if (request.is404) return;
    if (request.refusedBecause) throw request.refusedBecause;
    const needed = request.routeOptions.config.scope;
    if (needed && !request.caller?.scopes.includes(needed)) throw refusal('forbidden', `the token needs the scope "${needed}"`);
  });
}

function bearer(request: FastifyRequest): string | null {
  const match = /^bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

/** @throws where a route that needs a caller was reached without one: a bug */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('a route was served without authentication');
  return request.caller;
}
