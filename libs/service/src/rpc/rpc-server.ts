/**
 * Nest's NATS transport, with four things added at its one point of entry: it uses the service's own connection, it checks
 * requests against their contract, it answers unexpected errors without details (and logs them once, with the request's id),
 * and it answers a problem where a reply would not fit into a message, which otherwise would never be answered at all.
 */
import { ServerNats } from '@nestjs/microservices';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { problem } from '@tidemark/contracts';
import type { RpcContext, RpcContract, RpcReply, RpcRequest } from '@tidemark/contracts';
import type { Histogram } from 'prom-client';
import { lastValueFrom } from 'rxjs';
import type { Logger } from '../logger.js';
import { inRequest } from '../request-context.js';
import { fieldErrors } from './field-errors.js';
import { refused } from './reply.js';
import { packedReply } from './raw-value.js';
import { roomFor, unpacked } from './wire.js';
import type { Packed } from './wire.js';

export interface RpcServerOptions {
  readonly connection: NatsConnection;
  /** The queue group: replicas of a service share the requests. */
  readonly queue: string;
  readonly log: Logger;
  readonly durations: Histogram<'subject' | 'outcome'>;
  /** Checks our own answers against their contract; on in tests. */
  readonly checkReplies: boolean;
}

interface Packet {
  readonly id?: string;
  readonly data?: Partial<RpcRequest<unknown>>;
}

export class RpcServer extends ServerNats {
  private running = 0;
  private readonly taken: { unsubscribe(): void }[] = [];

  constructor(private readonly settings: RpcServerOptions) {
    super({ queue: settings.queue });
  }

  override async listen(callback: (error?: unknown) => void): Promise<void> {
    for (const subject of this.messageHandlers.keys()) {
      this.taken.push(this.settings.connection.subscribe(subject, { queue: this.settings.queue, callback: (error, message) => void this.serve(subject, error, message) }));
    }
    // Requests that come right after the start must find us: the server has the subscriptions once it has answered a ping.
    await this.settings.connection.flush();
    callback();
  }

  /** Takes no new requests and waits, for a while, until those being served are answered. The connection is its owner's to close. */
  override async close(): Promise<void> {
    for (const subscription of this.taken.splice(0)) subscription.unsubscribe();
    const end = performance.now() + 10_000;
    while (this.running > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    if (!this.settings.connection.isClosed()) await Promise.race([this.settings.connection.flush(), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  private async serve(subject: string, error: Error | null, message: Msg): Promise<void> {
    const { log, durations } = this.settings;
    if (error) return log.error({ err: error, subject }, 'subscription failed');
    const began = performance.now();
    this.running += 1;
    try {
      const packet = await parsePacket(message);
      const reply = await this.answer(subject, packet.data);
      durations.observe({ subject, outcome: reply.ok ? 'ok' : reply.error.code }, (performance.now() - began) / 1_000);
      if (!message.reply) return;
      const { data, headers } = await this.encode(packet.id, reply, subject);
      message.respond(data, headers ? { headers } : {});
    } catch (failure) {
      log.error({ err: failure, subject }, 'a request could not be answered');
    } finally {
      this.running -= 1;
    }
  }

  private async answer(subject: string, request: Packet['data']): Promise<RpcReply<unknown>> {
    const handler = this.messageHandlers.get(subject);
    const contract = (handler?.extras as { contract?: RpcContract } | undefined)?.contract;
    if (!handler || !contract) return refused(problem('internal', `nothing serves ${subject}`));
    const context = request?.context;
    if (!isContext(context)) return refused(problem('validation_failed', 'the request has no context with a userId and a requestId'));
    const errors = fieldErrors(contract.request, request?.payload);
    if (errors) return refused(problem('validation_failed', 'the request does not have the expected shape', { errors }));
    return inRequest(context, async () => {
      try {
        const reply = (await lastValueFrom(this.transformToObservable(await handler(request?.payload as never, context as never)))) as RpcReply<unknown>;
        this.check(contract, reply);
        return reply;
      } catch (failure) {
        this.settings.log.error({ err: failure, subject }, 'a request failed unexpectedly');
        return refused(problem('internal', `something went wrong on our side; tell us the request id ${context.requestId}`));
      }
    });
  }

  private check(contract: RpcContract, reply: RpcReply<unknown>): void {
    if (typeof reply?.ok !== 'boolean') throw new TypeError(`${contract.subject} did not answer with answered() or refused()`);
    if (!this.settings.checkReplies || !reply.ok) return;
    const errors = fieldErrors(contract.response, JSON.parse(JSON.stringify(reply.value)));
    if (errors) throw new TypeError(`${contract.subject} answers other than its contract says: ${errors.map((one) => `${one.field} ${one.message}`).join('; ')}`);
  }

  private async encode(id: string | undefined, reply: RpcReply<unknown>, subject: string): Promise<Packed> {
    const fits = await packedReply(id, reply, roomFor(this.settings.connection));
    if (fits) return fits;
    this.settings.log.warn({ subject }, 'an answer was too large to be sent');
    const instead = refused(problem('answer_too_large', 'the answer is too large to be sent: ask for less, with a smaller limit or for one account or connection'));
    return { data: Buffer.from(JSON.stringify({ id, isDisposed: true, response: instead })) };
  }
}

async function parsePacket(message: Msg): Promise<Packet> {
  try {
    const packet = await unpacked(message);
    return packet !== null && typeof packet === 'object' ? (packet) : {};
  } catch {
    // Not JSON: answered as a request without a context.
    return {};
  }
}

function isContext(value: unknown): value is RpcContext {
  const context = value as Partial<RpcContext> | null | undefined;
  return typeof context?.userId === 'string' && context.userId.length > 0 && typeof context.requestId === 'string';
}
