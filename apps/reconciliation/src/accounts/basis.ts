/**
 * What each account's expected state starts from: the newest book that its user gave, else the settled snapshot, else its first one; of an
 * account that is kept by hand the newest snapshot, which is what its owner says that it holds.
 * docs/adr/0014 says why the basis stays where it is while something differs.
 */
import type { SqlClient } from '@tidemark/postgres';
import type { BasisState } from '../expectation/expected-state.js';
import { booksOf } from '../imports/query.js';
import type { Stated } from '../imports/query.js';
import type { HeldLine } from '../projections/snapshots/held-line.js';
import { firstSnapshots, newestSnapshots, snapshotsById } from '../projections/snapshots/query.js';
import type { HeldSnapshot } from '../projections/snapshots/query.js';

export interface AccountBasis extends BasisState {
  readonly lines: readonly HeldLine[];
  /** Since when its figures are the provider's: what is older than that is older than the basis. */
  readonly freshAt: string;
}

/** By account; one without a snapshot and without a book is absent. */
export async function basesOf(client: SqlClient, asked: readonly string[]): Promise<Map<string, AccountBasis>> {
  const { rows: kept } = await client.query<{ id: string }>(`SELECT account_id AS id FROM account WHERE account_id = ANY($1::uuid[]) AND provider = 'manual'`, [asked]);
  const byHand = new Set(kept.map(({ id }) => id));
  const accountIds = asked.filter((id) => !byHand.has(id));
  const books = await booksOf(client, asked);
  const own = await newestSnapshots(client, [...byHand].filter((id) => !books.has(id)));
  const { rows } = await client.query<{ snapshotId: string }>('SELECT snapshot_id AS "snapshotId" FROM settled_basis WHERE account_id = ANY($1::uuid[])', [accountIds.filter((id) => !books.has(id))]);
  const settled = await snapshotsById(client, rows.map((row) => row.snapshotId));
  const begun = new Set(settled.map(({ accountId }) => accountId));
  const first = await firstSnapshots(client, accountIds.filter((id) => !books.has(id) && !begun.has(id)));
  return new Map([...[...settled, ...first, ...own].map((snapshot): [string, AccountBasis] => [snapshot.accountId, basisFrom(snapshot)]), ...[...books.values()].map((book): [string, AccountBasis] => [book.accountId, basisFromBook(book)])]);
}

function basisFromBook({ id, asOf, positions }: Stated): AccountBasis {
  return { kind: 'book', id, at: asOf, currency: null, lines: positions, freshAt: asOf };
}

export function basisFrom({ snapshotId, capturedAt, providerAsOf, currency, lines }: HeldSnapshot): AccountBasis {
  return { kind: 'snapshot', id: snapshotId, at: capturedAt, currency, lines, freshAt: providerAsOf !== null && providerAsOf < capturedAt ? providerAsOf : capturedAt };
}
