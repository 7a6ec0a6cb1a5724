/** Answers about one account's snapshots: the latest, as of an instant, and the list. */
import { Controller, Inject } from '@nestjs/common';
import { DEFAULT_LIMIT, problem, snapshotsRpc } from '@tidemark/contracts';
import type { RequestOf, ResponseOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { answered, refused, RpcMethod } from '@tidemark/service';
import { instantOf, rangeStart } from '@tidemark/market';
import { LATEST_OF_ALL, readLatest, readPage } from '../projections/balances/query.js';
import { decodeCursor, encodeCursor } from '../snapshot-answers/page-cursor.js';
import { snapshotAnswer } from '../snapshot-answers/snapshot-answer.js';
import { instantAsked, invalidField } from './instant-asked.js';
import { isKnownAccount, unknownAccount } from './known-account.js';
import { ratesOf } from './load-market.js';
import { isStale, READS } from './read-context.js';
import type { Reads } from './read-context.js';

/** Before every instant. */
const BEGINNING = '-infinity';

@Controller()
export class AccountSnapshotsController {
  constructor(@Inject(READS) private readonly reads: Reads) {}

  @RpcMethod(snapshotsRpc.latestSnapshot)
  async latest(payload: RequestOf<typeof snapshotsRpc.latestSnapshot>, context: RpcContext): Promise<RpcReply<snapshotsRpc.Snapshot>> {
    const { database, clock } = this.reads;
    const { accountId, asOf } = payload;
    const stale = await isStale(database, context.after);
    const asked = instantAsked(asOf, clock.now());
    if (!asked.ok) return refused(asked.error);
    const row = await readLatest(database, accountId, context.userId, asked.value.until);
    if (row) return answered(snapshotAnswer(row, await ratesOf(database, [row])), { stale });
    if (!(await isKnownAccount(database, context.userId, accountId))) return refused(unknownAccount(accountId));
    return refused(problem('no_snapshot', asOf === undefined ? 'No snapshot of this account has been captured yet.' : `No snapshot of this account was captured at or before ${asked.value.at}.`));
  }

  @RpcMethod(snapshotsRpc.listSnapshots)
  async list(payload: RequestOf<typeof snapshotsRpc.listSnapshots>, context: RpcContext): Promise<RpcReply<ResponseOf<typeof snapshotsRpc.listSnapshots>>> {
    const { database } = this.reads;
    const { accountId, from, to, source = null, limit = DEFAULT_LIMIT } = payload;
    const after = from === undefined ? null : rangeStart(from);
    if (after && !after.ok) return refused(invalidField('from', after.error));
    const until = to === undefined ? null : instantOf(to);
    if (until && !until.ok) return refused(invalidField('to', until.error));
    const cursor = payload.cursor === undefined ? null : decodeCursor(payload.cursor);
    if (payload.cursor !== undefined && !cursor) return refused(invalidField('cursor', 'is not the nextCursor of a page of snapshots'));
    const stale = await isStale(database, context.after);
    const rows = await readPage(database, { accountId, userId: context.userId, after: after?.value ?? BEGINNING, until: until?.value ?? LATEST_OF_ALL, source, cursor, limit });
    if (rows.length === 0 && !(await isKnownAccount(database, context.userId, accountId))) return refused(unknownAccount(accountId));
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const nextCursor = last ? encodeCursor({ capturedAt: last.captured_at, epoch: last.epoch, position: last.position }) : null;
    const rate = await ratesOf(database, items);
    return answered({ items: items.map((row) => snapshotAnswer(row, rate)), nextCursor }, { stale });
  }
}
