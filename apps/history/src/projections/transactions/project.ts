/**
 * Transactions as they stand now, each beside its normalised form: recorded ones are added, corrected ones replaced, withdrawn ones
 * marked. The events keep the provider's original for ever; what is made of it here is a pure function of it and of the rules, so a
 * better rule is applied again to what is stored (`apply-rules.ts`).
 */
import type { EventEnvelope, RecordedTransaction, TransactionsCorrected, TransactionsRecorded } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { eraseFrom, erasuresOf, lockForAdding, notErased } from '@tidemark/projections';
import type { Projection } from '@tidemark/projections';
import { normalisedColumns, RULES, understood } from './understood.js';

export const transactions: Projection = {
  name: 'transactions',
  logs: ['sync', 'connections'],
  async apply(tx, events) {
    await eraseFrom(tx, 'account_transaction', events.flatMap(erasuresOf));
    const { said, withdrawn } = lastWord(events);
    if (said.size > 0) await store(tx, [...said.values()]);
    if (withdrawn.size > 0) await tx.query('UPDATE account_transaction SET withdrawn = true WHERE transaction_id = ANY($1::uuid[])', [[...withdrawn]]);
  },
};

export interface Said {
  readonly userId: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly provider: string;
  readonly recorded: RecordedTransaction;
}

/** Of each transaction what the batch says last; withdrawn and then named again, it is there again. */
function lastWord(events: readonly EventEnvelope[]): { said: Map<string, Said>; withdrawn: Set<string> } {
  const said = new Map<string, Said>();
  const withdrawn = new Set<string>();
  for (const event of events) {
    if (event.type !== 'TransactionsRecorded' && event.type !== 'TransactionsCorrected') continue;
    const data = event.data as TransactionsRecorded | TransactionsCorrected;
    const { accountId, connectionId, provider } = data;
    for (const recorded of 'transactions' in data ? data.transactions : data.changed) {
      said.set(recorded.transactionId, { userId: event.userid, accountId, connectionId, provider, recorded });
      withdrawn.delete(recorded.transactionId);
    }
    for (const { transactionId } of 'withdrawn' in data ? data.withdrawn : []) withdrawn.add(transactionId);
  }
  return { said, withdrawn };
}

const STORE = `
  INSERT INTO account_transaction AS t (transaction_id, account_id, user_id, connection_id, provider, kind, day, at, asset, units, cash, currency, external, pending, unknown, rules, normalised, recorded)
  SELECT s.transaction_id, s.account_id, s.user_id, s.connection_id, s.provider, s.kind, s.day, s.at, s.asset, s.units, s.cash, s.currency, s.external, s.pending, s.unknown, $16, s.normalised, s.recorded
  FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::text[]), unnest($6::text[]), unnest($7::date[]), unnest($8::timestamptz[]), unnest($9::text[]),
    unnest($10::numeric[]), unnest($11::numeric[]), unnest($12::text[]), unnest($13::boolean[]), unnest($14::boolean[]), unnest($15::boolean[]), json_array_elements($17::json), json_array_elements($18::json))
    AS s(transaction_id, account_id, user_id, connection_id, provider, kind, day, at, asset, units, cash, currency, external, pending, unknown, normalised, recorded)
  WHERE ${notErased('s')}
  ON CONFLICT (transaction_id) DO UPDATE SET kind = excluded.kind, day = excluded.day, at = excluded.at, asset = excluded.asset, units = excluded.units, cash = excluded.cash,
    currency = excluded.currency, external = excluded.external, pending = excluded.pending, unknown = excluded.unknown, withdrawn = false, rules = excluded.rules,
    normalised = excluded.normalised, recorded = excluded.recorded
  WHERE t.user_id = excluded.user_id AND t.account_id = excluded.account_id`;

async function store(tx: SqlClient, said: readonly Said[]): Promise<void> {
  await lockForAdding(tx, 'account_transaction');
  const normalised = said.map(understood);
  const [kind, day, at, asset, units, cash, currency, external, pending, unknown] = normalisedColumns(normalised);
  await tx.query(STORE, [
    said.map(({ recorded }) => recorded.transactionId), said.map(({ accountId }) => accountId), said.map(({ userId }) => userId), said.map(({ connectionId }) => connectionId), said.map(({ provider }) => provider),
    kind, day, at, asset, units, cash, currency, external, pending, unknown, RULES,
    JSON.stringify(normalised), JSON.stringify(said.map(({ recorded }) => recorded)),
  ]);
}
