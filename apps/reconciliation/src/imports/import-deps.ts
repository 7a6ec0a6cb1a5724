/** What importing works with, and how an account is found that something is imported for. */
import { accountName, problem } from '@tidemark/contracts';
import type { FieldError, LogPosition, Problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { waitForPositions } from '@tidemark/projections';
import type { ReconciliationDeps } from '../deps.js';
import { goneAt, lockAccounts } from '../projections/accounts/query.js';
import type { KnownAccount } from '../projections/accounts/query.js';
import { erasedBeforeImport } from './query.js';

export type ImportDeps = Pick<ReconciliationDeps, 'database' | 'log' | 'providers' | 'auditKey' | 'clock' | 'newId'>;

/** Injection token of `ImportDeps`. */
export const IMPORTS = Symbol('imports');

/** Who asks, and what must have been seen before. */
export interface Asking {
  readonly userId: string;
  readonly after?: readonly LogPosition[];
}

export interface Done<T> {
  readonly value: T;
  readonly positions: readonly LogPosition[];
}

/** An account that was made a moment ago is waited for. */
export async function whenKnown({ database }: ImportDeps, { after = [] }: Asking): Promise<void> {
  await waitForPositions(database, ['accounts'], after);
}

/** The account of this user, locked: comparisons of it and imports for it take turns. Another user's is as unknown as one that never was. */
export async function accountToImportFor(tx: SqlClient, { userId }: Asking, accountId: string, now: number): Promise<Result<KnownAccount, Problem>> {
  const erased = await erasedBeforeImport(tx, userId, accountId);
  const account = (await lockAccounts(tx, userId, [accountId])).get(accountId);
  if (!account || erased) return refuse(problem('not_found', 'There is no such account.'));
  const gone = goneAt(account, instant(now));
  return gone === null ? ok(account) : refuse(problem('conflict', `The account "${accountName(account.account)}" is ${gone}: nothing of it is compared any more.`));
}

const NAMED = 50;

/** As many errors as a person can work through at once; the count tells that there are more. */
export function notAccepted(what: string, errors: readonly FieldError[]): Problem {
  const more = errors.length > NAMED ? ` (${errors.length} fields are wrong; the first ${NAMED} are named)` : '';
  return problem('validation_failed', `The ${what} is not accepted, and nothing of it was kept${more}.`, { errors: errors.slice(0, NAMED) });
}
