/** Transactions as they stand, corrections and withdrawals followed: what the provider said, understood when it is read. */
import type { EventEnvelope, RecordedTransaction, TransactionsCorrected, TransactionsRecorded } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { eraseFrom, erasuresOf, lockForAdding, notErased } from '@tidemark/projections';
import type { Projection } from '@tidemark/projections';

export const transactions: Projection = {
  name: 'transactions',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    await eraseFrom(tx, 'account_transaction', events.flatMap(erasuresOf));
    const { said, withdrawn } = lastWord(events);
    if (said.size > 0) await store(tx, [...said.values()]);
    if (withdrawn.size > 0) {
      const gone = [...withdrawn];
      await tx.query(
        'UPDATE account_transaction t SET withdrawn_at = w.at FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS w(transaction_id, user_id, at) WHERE t.transaction_id = w.transaction_id AND t.user_id = w.user_id',
        [gone.map(([id]) => id), gone.map(([, { userId }]) => userId), gone.map(([, { at }]) => at)],
      );
    }
  },
};

interface Said {
  readonly userId: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly provider: string;
  readonly recordedAt: string;
  readonly recorded: RecordedTransaction;
}

/** Of each transaction what the batch says last; withdrawn and then named again, it is there again. */
function lastWord(events: readonly EventEnvelope[]): { said: Map<string, Said>; withdrawn: Map<string, { userId: string; at: string }> } {
  const said = new Map<string, Said>();
  const withdrawn = new Map<string, { userId: string; at: string }>();
  for (const event of events) {
    if (event.type !== 'TransactionsRecorded' && event.type !== 'TransactionsCorrected') continue;
    const data = event.data as TransactionsRecorded | TransactionsCorrected;
    const { accountId, connectionId, provider } = data;
    for (const recorded of 'transactions' in data ? data.transactions : data.changed) {
      said.set(recorded.transactionId, { userId: event.userid, accountId, connectionId, provider, recordedAt: said.get(recorded.transactionId)?.recordedAt ?? event.time, recorded });
      withdrawn.delete(recorded.transactionId);
    }
    for (const { transactionId } of 'withdrawn' in data ? data.withdrawn : []) withdrawn.set(transactionId, { userId: event.userid, at: event.time });
  }
  return { said, withdrawn };
}

async function store(tx: SqlClient, said: readonly Said[]): Promise<void> {
  await lockForAdding(tx, 'account_transaction');
  await tx.query(
    `INSERT INTO account_transaction AS t (transaction_id, account_id, user_id, connection_id, provider, identity, day, recorded_at, recorded)
     SELECT s.* FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::text[]), unnest($6::text[]), unnest($7::date[]), unnest($8::timestamptz[]), json_array_elements($9::json))
       AS s(transaction_id, account_id, user_id, connection_id, provider, identity, day, recorded_at, recorded)
     WHERE ${notErased('s')}
     ON CONFLICT (transaction_id) DO UPDATE SET identity = excluded.identity, day = excluded.day, withdrawn_at = NULL, recorded = excluded.recorded
     WHERE t.user_id = excluded.user_id AND t.account_id = excluded.account_id`,
    [
      said.map(({ recorded }) => recorded.transactionId), said.map(({ accountId }) => accountId), said.map(({ userId }) => userId), said.map(({ connectionId }) => connectionId), said.map(({ provider }) => provider),
      said.map(({ recorded }) => recorded.identity), said.map(({ recorded }) => recorded.date), said.map(({ recordedAt }) => recordedAt), JSON.stringify(said.map(({ recorded }) => recorded)),
    ],
  );
}
