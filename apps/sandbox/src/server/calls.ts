/**
 * What every provider call goes through before its own handler: it is noted, and it may have a fault coming.
 * A provider registers this once in its own Fastify scope; its routes say who they are in `config`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { applyFault, cutShort, type Fault, type UsualError } from './faults.js';
import { cleanBody, cleanPath, type ReceivedRequest } from './request-log.js';
import type { Sandbox } from './sandbox.js';

/** Who a route is, as the SDK and the documentation call it. */
export interface OperationName {
  operation: string;
  path: string;
}

export interface Call {
  requestId: string;
  entry: ReceivedRequest;
  fault: Fault | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    name?: OperationName;
  }
  interface FastifyRequest {
    call: Call;
  }
}

const startedAt = new WeakMap<FastifyRequest, number>();

export function watchCalls(app: FastifyInstance, sandbox: Sandbox, provider: string, usual: UsualError): void {
  app.decorateRequest('call');
  app.addHook('preValidation', async (request: FastifyRequest, reply: FastifyReply) => {
    const name = request.routeOptions.config.name ?? { operation: 'unknown', path: request.url };
    const text = (): string => `${request.url} ${JSON.stringify(request.body ?? null)}`;
    const fault = sandbox.faults.take(provider, [name.operation, name.path, name.path.slice(1)], text);
    const requestId = sandbox.newId().replaceAll('-', '').slice(0, 15);
    startedAt.set(request, performance.now());
    request.call = {
      requestId,
      fault,
      entry: sandbox.requests.add({
        provider,
        operation: name.operation,
        method: request.method,
        path: cleanPath(request.url),
        at: sandbox.clock.now().toISOString(),
        status: null,
        durationMs: null,
        requestId,
        subject: null,
        fault: fault?.kind ?? null,
        body: cleanBody(request.body ?? null),
      }),
    };
    if (fault !== undefined) await applyFault(fault, request, reply, usual);
  });
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    if (request.call?.fault?.kind !== 'partial' || typeof payload !== 'string') return payload;
    reply.removeHeader('content-length');
    return cutShort(payload);
  });
  app.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    const entry = request.call?.entry;
    if (entry === undefined) return;
    entry.status = reply.statusCode;
    entry.durationMs = Math.round(performance.now() - (startedAt.get(request) ?? performance.now()));
    if (request.method !== 'GET') sandbox.changed();
  });
}
