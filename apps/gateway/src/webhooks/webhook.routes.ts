/**
 * Providers' webhooks. The gateway knows nothing about signatures: it hands over the very bytes that came, with the headers that
 * a signature can stand in, and sync decides. A 5xx makes the provider send it again, which is what we want when nothing was stored.
 */
import { syncRpc } from '@tidemark/contracts';
import type { RpcClient } from '@tidemark/service';
import type { FastifyInstance } from 'fastify';
import { refusal, send } from '../problem/answer.js';
import { answerOf } from '../http/serve-route.js';

export const WEBHOOK_PROVIDERS = ['plaid', 'snaptrade'] as const;
export const WEBHOOK_LIMIT = 256 * 1_024;
const HEADERS = ['content-type', 'user-agent', 'plaid-verification', 'signature'];
const LONGEST_HEADER = 8_000;

export async function webhookRoutes(scope: FastifyInstance, services: { rpc: RpcClient; timeoutMs: number }): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: WEBHOOK_LIMIT }, (_request, body, done) => done(null, body));
  for (const provider of WEBHOOK_PROVIDERS) {
    scope.post(`/webhooks/${provider}`, { bodyLimit: WEBHOOK_LIMIT, config: { open: true, webhook: true } }, async (request, reply) => {
      const headers = Object.fromEntries(HEADERS.flatMap((name) => (typeof request.headers[name] === 'string' ? [[name, request.headers[name]]] : []))) as Record<string, string>;
      const long = Object.keys(headers).find((name) => (headers[name] ?? '').length > LONGEST_HEADER);
      if (long) throw refusal('validation_failed', 'a header is too long', { errors: [{ field: long, message: `must have at most ${LONGEST_HEADER} characters` }] });
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (body.byteLength === 0) throw refusal('validation_failed', 'a webhook has a body');
      const context = { userId: `webhook:${provider}`, requestId: request.id, traceparent: request.traceparent };
      return send(reply, answerOf({}, await services.rpc.call(syncRpc.receiveWebhook, { provider, headers, bodyBase64: body.toString('base64') }, context, services), request.id));
    });
  }
}
