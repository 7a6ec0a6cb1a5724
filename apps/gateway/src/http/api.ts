/** Everything below `/api/v1`: who asks, how often, what they ask, and what happens where nothing is asked that we know. */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Logger, RpcClient } from '@tidemark/service';
import type { Registry } from 'prom-client';
import { enforce, identify } from '../auth/authenticate.js';
import { devTokenRoute } from '../auth/dev-token.js';
import type { VerifyToken } from '../auth/verify-token.js';
import type { GatewayConfig } from '../config.js';
import { eventsRoute } from '../events/events.route.js';
import { liveRoute } from '../live/live.route.js';
import type { Idempotency } from '../idempotency/idempotency.js';
import { errorHandler } from '../problem/error-handler.js';
import { refusal } from '../problem/answer.js';
import { ROUTES } from '../routes/routes.js';
import { webhookRoutes } from '../webhooks/webhook.routes.js';
import { limitRate } from './limit-rate.js';
import { serveRoute } from './serve-route.js';

export const PREFIX = '/api/v1';
const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export interface ApiParts {
  readonly config: GatewayConfig;
  readonly nats: NatsConnection;
  readonly rpc: RpcClient;
  readonly idempotency: Idempotency;
  readonly verify: VerifyToken;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly stopping: AbortSignal;
}

export function api({ config, nats, rpc, idempotency, verify, log, metrics, stopping }: ApiParts) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.setErrorHandler(errorHandler(log));
    jsonOnly(scope);
    identify(scope, verify);
    await limitRate(scope, config);
    enforce(scope);
    scope.setNotFoundHandler({ preHandler: scope.rateLimit() }, async () => {
      throw refusal('not_found', 'there is nothing at this address; see /docs for what there is');
    });
    const services = { rpc, idempotency, timeoutMs: config.GATEWAY_TIMEOUT, slowTimeoutMs: config.GATEWAY_PROVIDER_TIMEOUT };
    for (const route of ROUTES) scope.route({ method: route.method, url: route.path, config: route.scope ? { scope: route.scope } : {}, handler: serveRoute(route, services) });
    await eventsRoute(scope, { nats, log, perUser: config.GATEWAY_EVENTS_PER_USER, stopping });
    await liveRoute(scope, { config, nats, rpc, verify, log, metrics, stopping });
    if (!config.production) devTokenRoute(scope, config.jwt);
    await scope.register((inner) => webhookRoutes(inner, services));
    refuseOtherMethods(scope);
  };
}

/** JSON bodies alone; an empty one is none, since clients send the header by habit. */
function jsonOnly(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}

/** A known address with a method it does not have is 405 with what it has, not 404. */
function refuseOtherMethods(scope: FastifyInstance): void {
  const paths = new Set([...ROUTES.map((route) => route.path), '/events', '/live', '/webhooks/plaid', '/webhooks/snaptrade', ...(scope.hasRoute({ method: 'POST', url: '/dev/token' }) ? ['/dev/token'] : [])]);
  for (const path of paths) {
    const known = METHODS.filter((method) => scope.hasRoute({ method: method, url: `${path}` }) || scope.hasRoute({ method: method, url: `${PREFIX}${path}` }));
    const others = METHODS.filter((method) => !known.includes(method));
    scope.route({
      method: [...others],
      url: path,
      config: { open: true },
      // Before the body is read: whatever it is, it is not wanted.
      onRequest: async () => {
        throw refusal('method_not_allowed', `this address has ${known.join(', ')}`, { headers: { allow: known.join(', ') } });
      },
      handler: async () => undefined,
    });
  }
}
