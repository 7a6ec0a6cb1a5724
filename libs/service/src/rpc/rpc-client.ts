/**
 * Asks another service over Nest's NATS transport. What goes wrong on the way is an answer too: `unavailable` where nobody
 * listens or the bus is away, `timeout` where the answer did not come, `payload_too_large` where the request does not fit.
 */
import { ClientNats, NatsRecordBuilder } from '@nestjs/microservices';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { problem } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcContract, RpcReply } from '@tidemark/contracts';
import { firstValueFrom, timeout, TimeoutError } from 'rxjs';
import { refused } from './reply.js';
import { unpackedReply } from './raw-value.js';
import { packed, roomFor } from './wire.js';
import type { Packed } from './wire.js';

/** Nest's client on the service's own connection, which it neither opens nor closes. The packet has been written beforehand. */
class SharedClientNats extends ClientNats {
  constructor(private readonly connection: NatsConnection) {
    super({ serializer: { serialize: (packet: { data: { data: Packed } }) => packet.data.data }, deserializer: { deserialize: answerOf } });
  }

  override async connect(): Promise<NatsConnection> {
    (this as unknown as { natsClient: NatsConnection }).natsClient = this.connection;
    return this.connection;
  }
}

/** Every request has an inbox of its own, so the answer needs no id; Nest would compare it with one that the packet does not carry. */
async function answerOf(message: Msg): Promise<unknown> {
  return { ...(await unpackedReply(message)), id: undefined };
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
    const request = await packed(JSON.stringify({ pattern: contract.subject, id: context.requestId, data: { context, payload } }), roomFor(this.connection));
    if (!request) return refused(problem('payload_too_large', 'the request is too large for one message between services: send less at once'));
    try {
      const record = new NatsRecordBuilder(request).build();
      return await firstValueFrom(this.client.send<RpcReply<ResponseOf<C>>>(contract.subject, record).pipe(timeout(timeoutMs)));
    } catch (error) {
      if (error instanceof TimeoutError) return refused(problem('timeout', `the ${service} service did not answer within ${timeoutMs} ms; it may still do what was asked`));
      return refused(problem('unavailable', `the ${service} service cannot be reached now; try again in a moment`));
    }
  }
}
