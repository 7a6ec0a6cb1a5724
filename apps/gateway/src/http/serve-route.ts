/** Carries one route: HTTP in, a request to a service, HTTP out. */
import { decodePositions, encodePositions } from '@tidemark/contracts';
import type { LogPosition, RpcContext, RpcReply } from '@tidemark/contracts';
import { rawValue } from '@tidemark/service';
import type { RpcClient } from '@tidemark/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../auth/authenticate.js';
import { idempotencyKey } from '../idempotency/key.js';
import type { Idempotency } from '../idempotency/idempotency.js';
import { problemAnswer, refusal, send } from '../problem/answer.js';
import type { Answer } from '../problem/answer.js';
import { shapeOf } from '../routes/route.js';
import type { Route } from '../routes/route.js';
import { readInput } from './read-input.js';

export interface RouteServices {
  readonly rpc: RpcClient;
  readonly idempotency: Idempotency;
  readonly timeoutMs: number;
  /** For routes that wait for a provider. */
  readonly slowTimeoutMs: number;
}

export function serveRoute(route: Route, services: RouteServices) {
  const shape = shapeOf(route);
  const timeoutMs = route.slow ? services.slowTimeoutMs : services.timeoutMs;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = callerOf(request);
    const input = readInput(shape, route.params ?? {}, request);
    const context: RpcContext = { userId: caller.userId, requestId: request.id, scopes: caller.scopes, traceparent: request.traceparent, ...positionOf(request) };
    const key = route.method === 'POST' ? idempotencyKey(request) : null;
    const run = async () => answerOf(route, await services.rpc.call(route.contract, input, context, { timeoutMs }), request.id, { unread: key === null });
    return send(reply, key === null ? await run() : await services.idempotency.once({ userId: caller.userId, key, route: `${route.method} ${route.path}`, input, requestId: request.id }, run));
  };
}

function positionOf(request: FastifyRequest): { after?: readonly LogPosition[] } {
  const header = request.headers['tidemark-position'];
  if (header === undefined) return {};
  const after = typeof header === 'string' ? decodePositions(header) : null;
  if (!after) throw refusal('validation_failed', 'the header Tidemark-Position is not one of ours', { errors: [{ field: 'Tidemark-Position', message: 'must be the value that a write answered, unchanged' }] });
  return { after };
}

/** @param unread the body is sent on as the service wrote it; else it is there to be looked at */
export function answerOf(route: Pick<Route, 'status' | 'answersFile'>, reply: RpcReply<unknown>, requestId: string, { unread = false }: { readonly unread?: boolean } = {}): Answer {
  if (!reply.ok) return problemAnswer(reply.error, requestId);
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  if (reply.positions?.length) headers['tidemark-position'] = encodePositions(reply.positions);
  if (reply.stale) headers['tidemark-stale'] = 'true';
  const status = route.status ?? 200;
  if (route.answersFile) return fileAnswer(status, headers, reply.value as FileAnswer);
  const raw = unread ? rawValue(reply) : null;
  if (status !== 204) return raw === null ? { status, headers, body: reply.value } : { status, headers, text: raw };
  delete headers['content-type'];
  return { status, headers };
}

interface FileAnswer {
  readonly filename: string;
  readonly contentType: string;
  readonly body: string;
}

/** RFC 6266. The name is made by the service from a day and a word; quotes and controls are left out all the same. */
function fileAnswer(status: number, headers: Readonly<Record<string, string>>, file: FileAnswer): Answer {
  const name = file.filename.replace(/[^A-Za-z0-9._-]/g, '_');
  return { status, headers: { ...headers, 'content-type': file.contentType, 'content-disposition': `attachment; filename="${name}"` }, text: file.body };
}
