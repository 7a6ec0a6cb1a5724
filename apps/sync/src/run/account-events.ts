/** The events of one account in one sync: its snapshot, the new transactions in pages, the corrected ones in pages. */
import type { BalanceSnapshotCaptured, RecordedTransaction, TransactionsCorrected, TransactionsRecorded } from '@tidemark/contracts';
import type { AppendRequest, NewEvent } from '@tidemark/event-log';
import type { Job } from '../job/job.js';
import { stripNumbers } from '../snapshot/strip-numbers.js';
import type { Found, TransactionDiff } from '../transactions/diff-transactions.js';
import { inPages } from '../transactions/pages.js';
import { accountStream, eventId } from './context.js';

export interface AccountTaken {
  readonly accountId: string;
  readonly snapshot: BalanceSnapshotCaptured | null;
  readonly diff: TransactionDiff | null;
}

export function accountAppend(job: Job, taken: AccountTaken, capturedAt: string): AppendRequest {
  const { accountId, snapshot, diff } = taken;
  const because = { causationId: eventId(job.syncId, 'started'), correlationId: job.syncId };
  const events: NewEvent[] = snapshot ? [{ id: snapshot.snapshotId, type: 'BalanceSnapshotCaptured', time: capturedAt, data: snapshot, ...because }] : [];
  for (const data of diff ? transactionEvents(job, accountId, diff) : []) {
    const type = 'transactions' in data ? 'TransactionsRecorded' : 'TransactionsCorrected';
    events.push({ id: eventId(job.syncId, `${type}/${accountId}/${events.length}`), type, time: capturedAt, data, ...because });
  }
  return { userId: job.userId, stream: accountStream(accountId), expectedVersion: 'any', events };
}

function transactionEvents(job: Job, accountId: string, diff: TransactionDiff): (TransactionsRecorded | TransactionsCorrected)[] {
  const of = { userId: job.userId, connectionId: job.connectionId, accountId, syncId: job.syncId, provider: job.provider };
  const recorded = inPages(diff.recorded.map(toRecorded));
  const changed = inPages(diff.changed.map(toRecorded));
  const withdrawn = inPages(diff.withdrawn.map(({ transactionId, identity, reason }) => ({ transactionId, identity, reason })));
  return [
    ...recorded.map((transactions, index) => ({ ...of, page: index + 1, pages: recorded.length, transactions })),
    ...changed.map((page) => ({ ...of, changed: page, withdrawn: [] })),
    ...withdrawn.map((page) => ({ ...of, changed: [], withdrawn: page })),
  ];
}

function toRecorded({ transaction, transactionId }: Found): RecordedTransaction {
  return { ...transaction, transactionId, original: stripNumbers(transaction.original) };
}
