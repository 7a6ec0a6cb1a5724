/** Requests a minute: per user where the token is good, per address otherwise, and per address apart for webhooks. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../config.js';
import { refusal } from '../problem/answer.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    webhook?: boolean;
  }
}

type Limits = Pick<GatewayConfig, 'GATEWAY_RATE_LIMIT_USER' | 'GATEWAY_RATE_LIMIT_IP' | 'GATEWAY_RATE_LIMIT_WEBHOOKS'>;

export async function limitRate(scope: FastifyInstance, limits: Limits): Promise<void> {
  const maxOf = (request: FastifyRequest) => {
    if (request.caller) return limits.GATEWAY_RATE_LIMIT_USER;
    return request.routeOptions.config.webhook ? limits.GATEWAY_RATE_LIMIT_WEBHOOKS : limits.GATEWAY_RATE_LIMIT_IP;
  };
  await scope.register(rateLimit, {
    timeWindow: 60_000,
    cache: 20_000,
    max: maxOf,
    keyGenerator: (request) => (request.caller ? `user:${request.caller.userId}` : `${request.routeOptions.config.webhook ? 'webhook' : 'address'}:${request.ip}`),
    errorResponseBuilder: (_request, { max, ttl }) => refusal('rate_limited', `at most ${max} requests a minute are served; try again in ${Math.ceil(ttl / 1_000)} s`, { extra: { retryAfter: ttl / 1_000 } }),
  });
}
