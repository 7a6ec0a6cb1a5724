/**
 * Asks another service over Nest's NATS transport. What goes wrong on the way is an answer too: `unavailable` where nobody
 * listens or the bus is away, `timeout` where the answer did not come, `payload_too_large` where the request does not fit.
 */
import { ClientNats } from '@nestjs/microservices';
import type { NatsConnection } from '@nats-io/nats-core';
import { problem } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcContract, RpcReply } from '@tidemark/contracts';
import { firstValueFrom, timeout, TimeoutError } from 'rxjs';
import { refused } from './reply.js';
import { roomFor } from './wire.js';

/** Nest's client on the service's own connection, which it neither opens nor closes. */
class SharedClientNats extends ClientNats {
  constructor(private readonly connection: NatsConnection) {
    super({});
  }

  override async connect(): Promise<NatsConnection> {
    (this as unknown as { natsClient: NatsConnection }).natsClient = this.connection;
    return this.connection;
  }
}

export interface CallOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

export class RpcClient {
  private readonly connection: NatsConnection;
  private readonly client: SharedClientNats;

  constructor(options: { nats: NatsConnection }) {
    this.connection = options.nats;
    this.client = new SharedClientNats(options.nats);
  }

  async call<C extends RpcContract>(contract: C, payload: RequestOf<C>, context: RpcContext, { timeoutMs = 10_000 }: CallOptions = {}): Promise<RpcReply<ResponseOf<C>>> {
    const service = contract.subject.split('.')[0] ?? contract.subject;
    const request = { context, payload };
    const bytes = Buffer.byteLength(JSON.stringify(request));
    if (bytes > roomFor(this.connection)) return refused(problem('payload_too_large', `the request is too large (${bytes} bytes; at most ${roomFor(this.connection)} are accepted)`));
    try {
      return await firstValueFrom(this.client.send<RpcReply<ResponseOf<C>>>(contract.subject, request).pipe(timeout(timeoutMs)));
    } catch (error) {
      if (error instanceof TimeoutError) return refused(problem('timeout', `the ${service} service did not answer within ${timeoutMs} ms; it may still do what was asked`));
      return refused(problem('unavailable', `the ${service} service cannot be reached now; try again in a moment`));
    }
  }
}
