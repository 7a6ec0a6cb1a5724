/** What every request leaves behind: its id in the answer, a measurement, a line in the log, and the trace it belongs to. */
import { continueTrace } from '@tidemark/service';
import type { Logger } from '@tidemark/service';
import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

declare module 'fastify' {
  interface FastifyRequest {
    traceparent: string;
  }
}

export function observe(server: FastifyInstance, log: Logger, metrics: Registry, stopping: AbortSignal): void {
  const durations = new Histogram({
    name: 'tidemark_http_duration_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [metrics],
  });
  server.decorateRequest('traceparent', '');
  server.addHook('onRequest', async (request, reply) => {
    const given = request.headers['traceparent'];
    request.traceparent = continueTrace(typeof given === 'string' ? given : undefined);
    reply.header('x-request-id', request.id);
  });
  // A connection that was busy when the gateway began to stop would otherwise be kept open for the next request.
  server.addHook('onSend', async (_request, reply) => {
    if (stopping.aborted) reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions?.url ?? 'unknown';
    durations.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    const line = { requestId: request.id, userId: request.caller?.userId, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime), traceparent: request.traceparent };
    if (reply.statusCode >= 500) log.warn(line, 'answered');
    else if (request.method !== 'GET') log.info(line, 'answered');
    else log.debug(line, 'answered');
  });
}
