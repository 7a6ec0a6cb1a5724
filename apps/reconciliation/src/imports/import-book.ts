/**
 * The book that a user keeps of an account takes the place of the snapshots: what is expected from then on is the book and the transactions
 * after its instant. One book holds at a time. One that is older than it is refused, since it would take back what was expected meanwhile.
 */
import { problem } from '@tidemark/contracts';
import type { BookImported, BookRemoved, Problem, reconciliationRpc, RequestOf } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { appendAudit } from '../audit/append-audit.js';
import { appended } from '../runs/run-events.js';
import { digestOf, sameContent } from './content.js';
import { accountToImportFor, whenKnown } from './import-deps.js';
import type { Asking, Done, ImportDeps } from './import-deps.js';
import { booksOf } from './query.js';
import { readGiven } from './read-given.js';
import type { Given } from './read-given.js';

type Imported = reconciliationRpc.Imported;

const bookStream = (accountId: string): string => `book-${accountId}`;

export async function importBook(deps: ImportDeps, asking: Asking, asked: RequestOf<typeof reconciliationRpc.importBook>): Promise<Result<Done<Imported>, Problem>> {
  const given = readGiven(asked, 'book', deps.clock.now());
  if (!given.ok) return given;
  await whenKnown(deps, asking);
  const done = await deps.log.transaction((tx) => stored(deps, tx, asking, given.value));
  if (!done.ok) throw new Error(`a new book was refused by the log: ${done.error.kind}`);
  const { value, positions } = done.value;
  return value.ok ? ok({ value: value.value, positions }) : value;
}

async function stored(deps: ImportDeps, tx: LogTransaction, asking: Asking, { accountId, asOf, origin, positions, now }: Given): Promise<Result<Imported, Problem>> {
  const account = await accountToImportFor(tx, asking, accountId, now);
  if (!account.ok) return account;
  const held = (await booksOf(tx, [accountId])).get(accountId);
  const answer = { accountId, asOf, positions: positions.length };
  if (held && held.asOf === asOf && sameContent(held.positions, positions)) return ok({ id: held.id, ...answer, unchanged: true });
  if (held && held.asOf > asOf) return refuse(problem('conflict', `A book as of ${held.asOf} is there, which is newer. To go back to an older one, remove it first (DELETE /accounts/${accountId}/book).`));
  const { userId } = asking;
  const [bookId, at] = [deps.newId(), instant(now)];
  await tx.query(
    `INSERT INTO book (account_id, book_id, user_id, as_of, imported_at, origin, positions) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id) DO UPDATE SET book_id = excluded.book_id, as_of = excluded.as_of, imported_at = excluded.imported_at, origin = excluded.origin, positions = excluded.positions`,
    [accountId, bookId, userId, asOf, at, origin, JSON.stringify(positions)],
  );
  const [audit] = await appendAudit(tx, deps.auditKey, userId, [{ at, kind: 'book_imported', subject: bookId, data: { accountId, asOf, ...digestOf(positions) } }]);
  if (!audit) throw new Error('an entry of the audit trail has no anchor');
  const data: BookImported = { userId, bookId, accountId, asOf, origin, positions, audit };
  tx.append(appended(userId, bookStream(accountId), { id: deps.newId(), type: 'BookImported', time: at, data }));
  return ok({ id: bookId, ...answer, unchanged: false });
}

/** From then on the snapshots are what is expected again. Where there is no book, nothing is done. */
export async function removeBook(deps: ImportDeps, asking: Asking, accountId: string): Promise<Result<Done<{ removed: boolean }>, Problem>> {
  const now = deps.clock.now();
  await whenKnown(deps, asking);
  const done = await deps.log.transaction(async (tx): Promise<Result<{ removed: boolean }, Problem>> => {
    const account = await accountToImportFor(tx, asking, accountId, now);
    // A book may be taken away from an account that is closed too.
    if (!account.ok && account.error.code === 'not_found') return account;
    const { userId } = asking;
    const { rows: [book] } = await tx.query<{ bookId: string }>('DELETE FROM book WHERE account_id = $1 AND user_id = $2 RETURNING book_id AS "bookId"', [accountId, userId]);
    if (!book) return ok({ removed: false });
    const { bookId } = book;
    const [audit] = await appendAudit(tx, deps.auditKey, userId, [{ at: instant(now), kind: 'book_removed', subject: bookId, data: { accountId } }]);
    if (!audit) throw new Error('an entry of the audit trail has no anchor');
    const data: BookRemoved = { userId, bookId, accountId, audit };
    tx.append(appended(userId, bookStream(accountId), { id: deps.newId(), type: 'BookRemoved', time: instant(now), data }));
    return ok({ removed: true });
  });
  if (!done.ok) throw new Error(`the removal of a book was refused by the log: ${done.error.kind}`);
  const { value, positions } = done.value;
  return value.ok ? ok({ value: value.value, positions }) : value;
}
