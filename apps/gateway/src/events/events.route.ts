/**
 * `GET /events`: a user's own events as server-sent events (WHATWG HTML, section 9.2), each one CloudEvents JSON. It reads the logs,
 * so it is complete whatever the bus has lost. It pulls: a slow reader holds back its own stream, at most one event is in memory
 * for it, and a reader that takes nothing for a while is let go; it resumes with the last id it saw.
 */
import { CATALOGUE } from '@tidemark/contracts';
import { LogUnavailable, userFeed } from '@tidemark/event-log';
import type { FeedPosition } from '@tidemark/event-log';
import type { Logger } from '@tidemark/service';
import type { NatsConnection } from '@nats-io/nats-core';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from '../auth/authenticate.js';
import { refusal } from '../problem/answer.js';
import { decodeCursor, encodeCursor } from './cursor.js';

export const EVENT_LOGS: readonly string[] = [...new Set(Object.values(CATALOGUE).map((entry) => entry.log))];

export interface EventsOptions {
  readonly nats: NatsConnection;
  readonly log: Logger;
  readonly perUser: number;
  /** Aborted when the gateway stops. */
  readonly stopping: AbortSignal;
  /** Default 15 s. */
  readonly heartbeatMs?: number;
  /** How long a reader may take nothing; default 30 s. */
  readonly stallMs?: number;
}

export async function eventsRoute(scope: FastifyInstance, options: EventsOptions): Promise<void> {
  const open = new Map<string, number>();
  scope.get('/events', { exposeHeadRoute: false }, async (request, reply) => {
    const { userId, expiresAt } = callerOf(request);
    const wanted = wantedOf(request);
    const streams = open.get(userId) ?? 0;
    if (streams >= options.perUser) throw refusal('rate_limited', `at most ${options.perUser} event streams at a time are open for one user; close one`, { extra: { retryAfter: 5 } });
    open.set(userId, streams + 1);
    reply.hijack();
    const response = reply.raw;
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    const untilExpiry = Math.min(Math.max(expiresAt * 1_000 - Date.now(), 0), 2_147_483_647);
    const signal = AbortSignal.any([ended.signal, options.stopping, AbortSignal.timeout(untilExpiry)]);
    try {
      response.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      response.write('retry: 2000\n\n');
      await stream(response, { ...options, ...wanted, userId, signal });
    } catch (error) {
      // Aborted: the reader left, took nothing for too long, or its token ended. It resumes with the last id it saw.
      if (!signal.aborted && !(error instanceof Error && error.name === 'AbortError')) options.log.error({ err: error, requestId: request.id }, 'an event stream failed');
    } finally {
      const left = (open.get(userId) ?? 1) - 1;
      if (left > 0) open.set(userId, left);
      else open.delete(userId);
      response.end();
    }
    return reply;
  });
}

interface StreamOptions extends EventsOptions, Wanted {
  readonly userId: string;
  readonly signal: AbortSignal;
}

async function stream(response: ServerResponse, options: StreamOptions): Promise<void> {
  const { signal, stallMs = 30_000, heartbeatMs = 15_000 } = options;
  const heartbeat = setInterval(() => response.writableNeedDrain || response.write(': still here\n\n'), heartbeatMs);
  let after = options.after;
  try {
    while (!signal.aborted) {
      try {
        for await (const { event, at } of userFeed({ nats: options.nats, logs: EVENT_LOGS, userId: options.userId, after, signal })) {
          after = at;
          if (options.types && !options.types.has(event.type)) continue;
          const fits = response.write(`id: ${encodeCursor(at)}\ndata: ${JSON.stringify(event)}\n\n`);
          if (!fits) await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(stallMs)]) });
        }
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error;
        // Nothing is lost: the reader stays, and goes on where it was once the log answers again.
        await sleep(1_000, undefined, { signal });
      }
    }
  } finally {
    clearInterval(heartbeat);
  }
}

interface Wanted {
  readonly types: ReadonlySet<string> | null;
  readonly after: FeedPosition;
}

function wantedOf(request: FastifyRequest): Wanted {
  const query = request.query as Record<string, unknown>;
  const errors = [];
  const unknown = Object.keys(query).filter((name) => name !== 'types' && name !== 'after');
  for (const field of unknown) errors.push({ field, message: 'is not known here; known are types, after' });
  const types = typeof query['types'] === 'string' && query['types'] ? query['types'].split(',') : query['types'] === undefined || query['types'] === '' ? null : ['?'];
  if (types?.some((type) => !Object.hasOwn(CATALOGUE, type))) errors.push({ field: 'types', message: `must be a comma separated list of ${Object.keys(CATALOGUE).join(', ')}` });
  // A reader that reconnects sends the header beside the address it began with.
  const resumed = request.headers['last-event-id'];
  const cursor = typeof resumed === 'string' && resumed ? resumed : query['after'];
  const after = cursor === undefined || cursor === '' ? {} : typeof cursor === 'string' ? decodeCursor(cursor, EVENT_LOGS) : null;
  if (!after) errors.push({ field: resumed ? 'Last-Event-ID' : 'after', message: 'must be the id of an event of this stream, unchanged' });
  if (errors.length > 0 || !after) throw refusal('validation_failed', 'the stream cannot be opened so', { errors });
  return { types: types ? new Set(types) : null, after };
}
