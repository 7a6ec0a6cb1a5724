/**
 * What a statement says that an account held: the actual side of accounts that no provider can be asked about. An account whose provider can
 * be asked takes none: it would never be looked at.
 */
import { accountName, problem } from '@tidemark/contracts';
import type { BookPosition, FieldError, Problem, reconciliationRpc, RequestOf, StatementImported } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { appendAudit } from '../audit/append-audit.js';
import { appended } from '../runs/run-events.js';
import { digestOf, sameContent } from './content.js';
import { accountToImportFor, notAccepted, whenKnown } from './import-deps.js';
import type { Asking, Done, ImportDeps } from './import-deps.js';
import { readCsv } from './read-csv.js';
import type { Stated } from './query.js';
import { statedInstant, statedPositions } from './stated-positions.decide.js';

type Asked = RequestOf<typeof reconciliationRpc.importStatement>;
type Imported = reconciliationRpc.Imported;

export async function importStatement(deps: ImportDeps, asking: Asking, asked: Asked): Promise<Result<Done<Imported>, Problem>> {
  const now = deps.clock.now();
  const asOf = statedInstant(asked.asOf, now);
  const positions = positionsIn(asked);
  if (!asOf.ok || !positions.ok) return refuse(notAccepted('statement', [...(asOf.ok ? [] : [asOf.error]), ...(positions.ok ? [] : positions.error)]));
  await whenKnown(deps, asking);
  const done = await deps.log.transaction((tx) => stored(deps, tx, asking, { accountId: asked.accountId, asOf: asOf.value, origin: asked.origin ?? 'api', positions: positions.value, now }));
  if (!done.ok) throw new Error(`a new statement was refused by the log: ${done.error.kind}`);
  const { value, positions: reached } = done.value;
  return value.ok ? ok({ value: value.value, positions: reached }) : value;
}

function positionsIn({ positions, csv }: Asked): Result<BookPosition[], readonly FieldError[]> {
  if ((positions === undefined) === (csv === undefined)) return refuse([{ field: '', message: 'give either positions or csv' }]);
  if (positions !== undefined) return statedPositions(positions.map((one, at) => ({ ...one, field: `positions/${at}`, where: '' })));
  const lines = readCsv(csv ?? '');
  return lines.ok ? statedPositions(lines.value) : lines;
}

interface NewStatement {
  readonly accountId: string;
  readonly asOf: string;
  readonly origin: string;
  readonly positions: BookPosition[];
  readonly now: number;
}

async function stored(deps: ImportDeps, tx: LogTransaction, asking: Asking, { accountId, asOf, origin, positions, now }: NewStatement): Promise<Result<Imported, Problem>> {
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
