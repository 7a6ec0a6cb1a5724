/**
 * What a statement says that an account held: the actual side of accounts that no provider can be asked about. An account whose provider can
 * be asked takes none: it would never be looked at.
 */
import { accountName, problem } from '@tidemark/contracts';
import type { Problem, reconciliationRpc, RequestOf, StatementImported } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { appendAudit } from '../audit/append-audit.js';
import { appended } from '../runs/run-events.js';
import { digestOf, sameContent } from './content.js';
import { accountToImportFor, whenKnown } from './import-deps.js';
import type { Asking, Done, ImportDeps } from './import-deps.js';
import type { Stated } from './query.js';
import { readGiven } from './read-given.js';
import type { Given } from './read-given.js';

type Imported = reconciliationRpc.Imported;

export async function importStatement(deps: ImportDeps, asking: Asking, asked: RequestOf<typeof reconciliationRpc.importStatement>): Promise<Result<Done<Imported>, Problem>> {
  const given = readGiven(asked, 'statement', deps.clock.now());
  if (!given.ok) return given;
  await whenKnown(deps, asking);
  const done = await deps.log.transaction((tx) => stored(deps, tx, asking, given.value));
  if (!done.ok) throw new Error(`a new statement was refused by the log: ${done.error.kind}`);
  const { value, positions } = done.value;
  return value.ok ? ok({ value: value.value, positions }) : value;
}

async function stored(deps: ImportDeps, tx: LogTransaction, asking: Asking, { accountId, asOf, origin, positions, now }: Given): Promise<Result<Imported, Problem>> {
  const found = await accountToImportFor(tx, asking, accountId, now);
  if (!found.ok) return found;
  const { account } = found.value;
  if (account.connectionId !== null && (await deps.providers.get(account.provider)) !== null) {
    return refuse(problem('conflict', `The account "${accountName(account)}" is compared with what its provider (${account.provider}) answers; statements are for accounts that no provider can be asked about. To state what you expect of it, import a book.`));
  }
  const held = await newestAt(tx, accountId, asOf);
  const answer = { accountId, asOf, positions: positions.length };
  if (held && sameContent(held.positions, positions)) return ok({ id: held.id, ...answer, unchanged: true });
  const { userId } = asking;
  const [statementId, at] = [deps.newId(), instant(now)];
  await tx.query('INSERT INTO statement (statement_id, account_id, user_id, as_of, imported_at, origin, positions) VALUES ($1, $2, $3, $4, $5, $6, $7)', [statementId, accountId, userId, asOf, at, origin, JSON.stringify(positions)]);
  const [audit] = await appendAudit(tx, deps.auditKey, userId, [{ at, kind: 'statement_imported', subject: statementId, data: { accountId, asOf, ...digestOf(positions) } }]);
  if (!audit) throw new Error('an entry of the audit trail has no anchor');
  const data: StatementImported = { userId, statementId, accountId, asOf, origin, currency: account.currency, positions, audit };
  tx.append(appended(userId, `statement-${accountId}`, { id: deps.newId(), type: 'StatementImported', time: at, data }));
  return ok({ id: statementId, ...answer, unchanged: false });
}

/** Of those of the same instant the one that was imported last: a correction that is corrected back is one more. */
async function newestAt(tx: SqlClient, accountId: string, asOf: string): Promise<Pick<Stated, 'id' | 'positions'> | null> {
  const { rows } = await tx.query<Pick<Stated, 'id' | 'positions'>>('SELECT statement_id AS id, positions FROM statement WHERE account_id = $1 AND as_of = $2 ORDER BY imported_at DESC, statement_id DESC LIMIT 1', [accountId, asOf]);
  return rows[0] ?? null;
}
