/** What messages call accounts and connections: the user's own names. */
import { accountName } from '@tidemark/contracts';
import type { EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import { accountsById } from '../projections/accounts/query.js';
import { connectionNames } from '../projections/connections/query.js';
import { subjectOf } from './event-rules.decide.js';
import type { NameOf } from './event-rules.decide.js';

/** Of everything that these events speak of. */
export function namesOf(client: SqlClient, events: readonly EventEnvelope[]): Promise<NameOf> {
  const subjects = events.map(subjectOf);
  return namesFor(client, subjects.flatMap(({ accountId }) => accountId ?? []), subjects.flatMap(({ connectionId }) => connectionId ?? []));
}

export async function namesFor(client: SqlClient, accountIds: readonly string[], connectionIds: readonly string[]): Promise<NameOf> {
  const accounts = await accountsById(client, [...new Set(accountIds)]);
  const connections = await connectionNames(client, [...new Set(connectionIds)]);
  return (id) => {
    const account = accounts.get(id ?? '');
    return account ? accountName(account) : connections.get(id ?? '') || (id == null ? 'The portfolio' : 'An account or connection');
  };
}
