/**
 * Faults that a test orders: the next `times` calls of an operation go wrong in the way it names. What goes wrong
 * on the wire is done here once for every provider.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const FAULT_KINDS = ['timeout', 'status', 'malformed', 'partial', 'slow', 'reset', 'wrong'] as const;

export interface Fault {
  provider: string;
  /** An operation's name or path, or `*`. */
  operation: string;
  kind: (typeof FAULT_KINDS)[number];
  times: number;
  status?: number;
  /** For `status`: an error code of the provider whose usual body is answered. For `wrong`: what is wrong with the data (see `fmp/wrong-data.ts`). */
  code?: string;
  body?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
  /** Of those calls so many in a hundred, evenly spread; all where absent. `times` counts what is hit. */
  share?: number;
  /** Only calls whose path or body contain this text, such as an account's id. */
  match?: string;
  /** For `wrong`: the day it concerns. */
  day?: string;
}

/** The provider's usual words for a status or error code. */
export type UsualError = (status: number | undefined, code: string | undefined) => { status: number; body: unknown };

export class Faults {
  readonly #queue: Fault[] = [];
  readonly #seen = new Map<Fault, number>();

  add(fault: Fault): void {
    this.#queue.push(fault);
  }

  list(): readonly Fault[] {
    return this.#queue;
  }

  clear(): void {
    this.#queue.length = 0;
    this.#seen.clear();
  }

  /** Whether the count of hits that are due by now has grown with this call. */
  #hits(fault: Fault): boolean {
    if (fault.share === undefined) return true;
    const seen = this.#seen.get(fault) ?? 0;
    this.#seen.set(fault, seen + 1);
    return Math.floor(((seen + 1) * fault.share) / 100) > Math.floor((seen * fault.share) / 100);
  }

  /** The fault that this call is to have, used up by one. */
  take(provider: string, names: readonly string[], text: () => string): Fault | undefined {
    const fault = this.#queue.find(
      (candidate) =>
        candidate.provider === provider &&
        (candidate.operation === '*' || names.includes(candidate.operation)) &&
        (candidate.match === undefined || text().includes(candidate.match)),
    );
    if (fault === undefined || !this.#hits(fault)) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) this.#queue.splice(this.#queue.indexOf(fault), 1);
    return fault;
  }
}

const CUT_SHORT = '{"accounts": [{"account_id": "blgvvBlXw3cq5GMPwqB6s6q4dLKB9WcVqGDGo", "balances": {"available": 100.';

/** Does what the fault says before the operation runs. Answers nothing itself for `slow`, `partial` and `wrong`. */
export async function applyFault(fault: Fault, request: FastifyRequest, reply: FastifyReply, usual: UsualError): Promise<void> {
  switch (fault.kind) {
    case 'timeout':
      reply.hijack();
      return;
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return;
    case 'status': {
      const answer = usual(fault.status, fault.code);
      reply.code(fault.status ?? answer.status).headers(fault.headers ?? {});
      await reply.send(fault.body === undefined ? answer.body : fault.body);
      return;
    }
    case 'malformed':
      reply.code(fault.status ?? 200).headers({ 'content-type': 'application/json', ...fault.headers });
      await reply.serializer(String).send(typeof fault.body === 'string' ? fault.body : fault.body === undefined ? CUT_SHORT : JSON.stringify(fault.body));
      return;
    case 'slow':
      await delay(fault.delayMs ?? 1000, undefined, { ref: false });
      return;
    case 'wrong':
      return;
    case 'partial':
      reply.headers(fault.headers ?? {});
  }
}

/** For `partial`: the true answer, cut in the middle. */
export function cutShort(payload: string): string {
  return payload.slice(0, Math.floor(payload.length / 2));
}
