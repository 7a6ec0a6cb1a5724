/** Takes requests to watch; any replica may, and the one that computes the user is told over the bus. */
import { Controller, Inject } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/nats-core';
import { liveRpc, problem } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { partitionOf } from '@tidemark/event-log';
import { isCurrency } from '@tidemark/money';
import type { Database } from '@tidemark/postgres';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { accountOfUser, unknownAccount } from '../../projections/accounts/query.js';
import { keepWatches, storeWatch } from './watch-table.js';

/** Injection token of `WatchDesk`. */
export const WATCH_DESK = Symbol('watch-desk');

export interface WatchDesk {
  readonly database: Database;
  readonly nats: NatsConnection;
  readonly partitions: number;
}

/** A gateway renews every third of it. */
export const WATCH_MS = 30_000;
export const WATCHED = 'live.watched';

export interface WatchedMessage {
  readonly partition: number;
  readonly watchId: string;
}

@Controller()
export class WatchController {
  constructor(@Inject(WATCH_DESK) private readonly desk: WatchDesk) {}

  @RpcMethod(liveRpc.watch)
  async watch(payload: RequestOf<typeof liveRpc.watch>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof liveRpc.watch>>> {
    const { database, nats, partitions } = this.desk;
    const { watchId, account = null, source = 'all', currency = null } = payload;
    if (currency !== null && !isCurrency(currency)) return refused(problem('validation_failed', 'currency: this is no ISO 4217 currency', { errors: [{ field: 'currency', message: 'must be an ISO 4217 currency such as USD, EUR or JPY' }] }));
    if (account !== null && !(await accountOfUser(database, userId, account))) return refused(unknownAccount(account));
    const partition = partitionOf(userId, partitions);
    if (!(await storeWatch(database, { watchId, userId, partition, account, source, currency }, WATCH_MS))) return refused(problem('conflict', 'this watch is in use'));
    nats.publish(WATCHED, JSON.stringify({ partition, watchId } satisfies WatchedMessage));
    return answered({ leaseMs: WATCH_MS });
  }

  @RpcMethod(liveRpc.keepWatches)
  async keep({ keep, end }: RequestOf<typeof liveRpc.keepWatches>): Promise<RpcReply<ResponseOf<typeof liveRpc.keepWatches>>> {
    return answered({ unknown: await keepWatches(this.desk.database, keep, end, WATCH_MS) });
  }
}
