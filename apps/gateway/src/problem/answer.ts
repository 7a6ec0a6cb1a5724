/** An HTTP answer as a value: what is sent, remembered under an Idempotency-Key, and compared in tests. */
import { problem } from '@tidemark/contracts';
import type { Problem, ProblemCode } from '@tidemark/contracts';
import type { FastifyReply } from 'fastify';
import { STATUS } from './status.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for 204. */
  readonly body?: unknown;
  /** In place of `body`: sent as it is. */
  readonly text?: string | Uint8Array;
}

export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** Thrown at the edge to answer a problem. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail);
    this.name = 'Refusal';
  }
}

export function refusal(code: ProblemCode, detail: string, more: Parameters<typeof problem>[2] & { headers?: Record<string, string> } = {}): Refusal {
  const { headers, ...members } = more;
  return new Refusal(problem(code, detail, members), headers);
}

/** RFC 9457. The members of `extra` stand beside the standard ones and never replace them. */
export function problemAnswer(given: Problem, requestId: string, headers: Readonly<Record<string, string>> = {}): Answer {
  // A code that a newer service knows and this gateway does not is still an answer.
  const known = STATUS[given.code] ?? STATUS.internal;
  const body = {
    ...given.extra,
    type: `urn:tidemark:problem:${given.code}`,
    title: known.title,
    status: known.status,
    detail: given.detail,
    code: given.code,
    requestId,
    ...(given.errors ? { errors: given.errors } : {}),
  };
  return { status: known.status, headers: { 'content-type': PROBLEM_JSON, 'cache-control': 'no-store', ...retryAfter(given), ...headers }, body };
}

/** RFC 9110, section 10.2.3: seconds, or the date of the next free refresh. */
function retryAfter({ extra }: Problem): Record<string, string> {
  const seconds = extra?.['retryAfter'];
  if (typeof seconds === 'number') return { 'retry-after': String(Math.ceil(seconds)) };
  const next = extra?.['nextFreeRefreshAt'];
  return typeof next === 'string' ? { 'retry-after': new Date(next).toUTCString() } : {};
}

export async function send(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  reply.status(answer.status).headers(answer.headers);
  // Text, so that no serializer of the framework touches what was decided.
  const text = answer.text ?? (answer.body === undefined ? undefined : JSON.stringify(answer.body));
  if (text === undefined) await reply.send();
  else if (typeof text === 'string') await reply.serializer((sent: unknown) => sent as string).send(text);
  else await reply.send(text);
  return reply;
}
