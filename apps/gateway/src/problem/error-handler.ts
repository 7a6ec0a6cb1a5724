/** Whatever is thrown on the way of a request becomes problem+json: our own refusals, the framework's errors, and bugs. */
import { HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import { problem } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import type { Logger } from '@tidemark/service';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { problemAnswer, Refusal, send } from './answer.js';

/** @returns null for what is no fault of the client's */
export function problemOf(error: unknown): { problem: Problem; headers?: Readonly<Record<string, string>> } | null {
  if (error instanceof Refusal) return { problem: error.problem, headers: error.headers };
  const { code, statusCode } = error as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { problem: problem('payload_too_large', 'the body is larger than is accepted here') };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { problem: problem('unsupported_media_type', 'send the body as application/json') };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { problem: problem('validation_failed', 'the body is not as long as Content-Length says') };
    case 'FST_ERR_BAD_URL':
      return { problem: problem('validation_failed', 'the address is not a valid one: percent signs stand before two hex digits') };
    case 'FST_ERR_NOT_FOUND':
      return { problem: problem('not_found', 'there is nothing at this address') };
    case undefined:
    default:
      return problemOfStatus(error instanceof HttpException ? error.getStatus() : statusCode);
  }
}

function problemOfStatus(status: number | undefined): { problem: Problem } | null {
  if (status === 404) return { problem: problem('not_found', 'there is nothing at this address') };
  if (status === 413) return { problem: problem('payload_too_large', 'the body is larger than is accepted here') };
  if (typeof status === 'number' && status >= 400 && status < 500) return { problem: problem('validation_failed', 'the request cannot be read: the body must be JSON') };
  if (status === 503) return { problem: problem('unavailable', 'the gateway is stopping; try again in a moment') };
  return null;
}

export function errorHandler(log: Logger) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const known = problemOf(error);
    if (!known) log.error({ err: error, requestId: request.id, route: request.routeOptions?.url }, 'a request failed unexpectedly');
    const answer = problemAnswer(known?.problem ?? problem('internal', `something went wrong on our side; tell us the request id ${request.id}`), request.id, known?.headers);
    if (answer.status === 413) await drain(request.raw);
    return send(reply, answer);
  };
}

/** A client reads an answer only after it has sent its body: let it, within limits, before the connection is closed. */
function drain(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let room = 64 * 1_024 * 1_024;
    const timer = setTimeout(resolve, 5_000);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    if (message.readableEnded || message.destroyed) return done();
    message.on('data', (chunk: Buffer) => (room -= chunk.byteLength) < 0 && done());
    message.once('end', done).once('close', done).once('error', done);
    message.resume();
  });
}

/** For what Nest itself answers: unknown addresses, health. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly handle: ReturnType<typeof errorHandler>;

  constructor(log: Logger) {
    this.handle = errorHandler(log);
  }

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await this.handle(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
