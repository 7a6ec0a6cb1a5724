/** Alerts: listed, read and acknowledged by the user whose they are. */
import { Controller, Inject } from '@nestjs/common';
import { alertsRpc, DEFAULT_LIMIT } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { answered, newId, refused, RpcMethod } from '@tidemark/service';
import { ALERTS } from '../deps.js';
import type { AlertDeps } from '../deps.js';
import { decodeCursor, encodeCursor } from '../reads/page-cursor.js';
import { unknownAlert, wrongCursor } from '../reads/refusals.js';
import { acknowledge, alertOfUser, pageOfAlerts } from './alert-store.js';

@Controller()
export class AlertsController {
  constructor(@Inject(ALERTS) private readonly deps: AlertDeps) {}

  @RpcMethod(alertsRpc.listAlerts)
  async list({ cursor, limit = DEFAULT_LIMIT, status, ruleId }: RequestOf<typeof alertsRpc.listAlerts>, { userId }: RpcContext): Promise<RpcReply<ResponseOf<typeof alertsRpc.listAlerts>>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    if (after === null) return refused(wrongCursor('alerts'));
    const { items, more } = await pageOfAlerts(this.deps.database, userId, { status, ruleId, after, limit });
    const last = more ? items.at(-1) : undefined;
    return answered({ items, nextCursor: last ? encodeCursor({ at: last.raisedAt, id: last.id }) : null });
  }

  @RpcMethod(alertsRpc.getAlert)
  async get({ alertId }: RequestOf<typeof alertsRpc.getAlert>, { userId }: RpcContext): Promise<RpcReply<alertsRpc.Alert>> {
    const alert = await alertOfUser(this.deps.database, userId, alertId);
    return alert ? answered(alert) : refused(unknownAlert(alertId));
  }

  @RpcMethod(alertsRpc.acknowledgeAlert)
  async acknowledge({ alertId, note = null }: { alertId: string; note?: string | null }, { userId }: RpcContext): Promise<RpcReply<alertsRpc.Alert>> {
    const { log, database, clock } = this.deps;
    const time = instant(clock.now());
    const done = await log.transaction(async (tx) => {
      const what = await acknowledge(tx, userId, alertId, note, time);
      if (what === 'now') tx.append({ userId, stream: `alert-${alertId}`, expectedVersion: 'any', events: [{ id: newId(), type: 'AlertAcknowledged', time, data: { userId, alertId, note } }] });
    });
    if (!done.ok) throw new Error(`an acknowledgement was refused by the log: ${done.error.kind}`);
    const alert = await alertOfUser(database, userId, alertId);
    return alert ? answered(alert, done.value.positions) : refused(unknownAlert(alertId));
  }
}
