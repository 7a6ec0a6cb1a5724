/** A person wants an alert to be told once more: what is parked or waits is tried now. */
import { Controller, Inject } from '@nestjs/common';
import { alertsRpc, problem } from '@tidemark/contracts';
import type { RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { retryDeliveries } from './queue.js';

export const RETRY_DESK = Symbol('retry-deliveries');

export interface RetryDesk {
  readonly database: Database;
  readonly clock: Clock;
  /** An alert of a user as every endpoint shows it; null where there is none. */
  readonly findAlert: (userId: string, alertId: string) => Promise<alertsRpc.Alert | null>;
  readonly wake: () => void;
}

@Controller()
export class RetryController {
  constructor(@Inject(RETRY_DESK) private readonly desk: RetryDesk) {}

  /** What was delivered stays so, and what was mute stays mute: asking twice does no more than asking once. */
  @RpcMethod(alertsRpc.retryAlert)
  async retry({ alertId }: RequestOf<typeof alertsRpc.retryAlert>, { userId }: RpcContext): Promise<RpcReply<alertsRpc.Alert>> {
    const { database, clock, findAlert, wake } = this.desk;
    if ((await retryDeliveries(database, userId, alertId, clock.now())) > 0) wake();
    const alert = await findAlert(userId, alertId);
    return alert ? answered(alert) : refused(problem('not_found', `There is no alert ${alertId}.`));
  }
}
