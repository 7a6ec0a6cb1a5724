/** Fastify's settings: limits, timeouts, request ids, and problems for what fails before a route is found. */
import { problem } from '@tidemark/contracts';
import { newId } from '@tidemark/service';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { GatewayConfig } from '../config.js';
import { problemOf } from '../problem/error-handler.js';
import { PROBLEM_JSON, problemAnswer } from '../problem/answer.js';

export function gatewayAdapter(config: GatewayConfig): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    skipMiddie: true,
    bodyLimit: config.GATEWAY_BODY_LIMIT,
    trustProxy: config.GATEWAY_TRUST_PROXY.length > 0 ? [...config.GATEWAY_TRUST_PROXY] : false,
    requestIdHeader: false,
    genReqId: (message: IncomingMessage) => requestId(message.headers['x-request-id']),
    // Asset ids are longer than Fastify's 100.
    routerOptions: { maxParamLength: 1_000 },
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    // Idle connections are closed at once when the gateway stops, busy ones when they have been answered.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const { problem: found, headers } = problemOf(error) ?? { problem: problem('validation_failed', 'the request cannot be read') };
      const answer = problemAnswer(found, request.id, headers);
      void reply.status(answer.status).headers(answer.headers).serializer((text: unknown) => text as string).send(JSON.stringify(answer.body));
    },
    clientErrorHandler: refuseGarbage,
  } as never);
}

/** A caller's own id, where it is a sound one, so that its logs and ours meet. */
function requestId(given: unknown): string {
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : newId();
}

/** What is no HTTP at all never becomes a request; it is answered on the socket. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const detail = status === 431 ? 'the headers are too large' : status === 408 ? 'the request took too long to arrive' : 'this is not a well-formed HTTP request';
  const body = JSON.stringify({ ...(problemAnswer(problem('validation_failed', detail), newId()).body as object), status });
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${PROBLEM_JSON}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}
