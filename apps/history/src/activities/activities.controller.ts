/** The transactions of a user's accounts, newest first. */
import { Controller, Inject } from '@nestjs/common';
import { DEFAULT_LIMIT, historyRpc } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { daysGiven, invalidField } from '../reads/days-asked.js';
import { HISTORY_READS, isStale } from '../reads/read-context.js';
import type { HistoryReads } from '../reads/read-context.js';
import { decodeCursor, encodeCursor } from './activity-cursor.js';
import { kindsAsked } from './kinds-asked.js';
import { activitiesOf } from './load-activities.js';

@Controller()
export class ActivitiesController {
  constructor(@Inject(HISTORY_READS) private readonly reads: HistoryReads) {}

  @RpcMethod(historyRpc.activities)
  async activities(payload: RequestOf<typeof historyRpc.activities>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof historyRpc.activities>>> {
    const { database } = this.reads;
    const { limit = DEFAULT_LIMIT } = payload;
    const days = daysGiven(payload);
    if (!days.ok) return refused(days.error);
    const kinds = kindsAsked(payload.type);
    if (!kinds.ok) return refused(kinds.error);
    const after = payload.cursor === undefined ? undefined : decodeCursor(payload.cursor);
    if (after === null) return refused(invalidField('cursor', 'is not the nextCursor of a page of activities'));
    const stale = await isStale(database, context.after);
    const read = await activitiesOf(this.reads, { ...payload, userId: context.userId });
    if (!read.ok) return refused(read.error);
    const { items, more } = await read.value.page({ from: days.value.from ?? undefined, to: days.value.to ?? undefined, kinds: kinds.value, after, limit });
    const last = more ? items.at(-1) : undefined;
    return answered({ items: [...items], nextCursor: last ? encodeCursor({ day: last.date, transactionId: last.transactionId }) : null }, { stale });
  }
}
