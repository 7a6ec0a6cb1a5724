/** What the other side says an account holds: its provider's fresh answer, else the newest statement that its user imported. */
import type { SqlClient } from '@tidemark/postgres';
import type { Fetched } from '../fetch/fetch-connection.js';
import { newestStatements } from '../imports/query.js';
import { heldLine } from '../projections/snapshots/held-line.js';
import type { AccountBasis } from './basis.js';
import type { ActualState } from './compare-account.js';

export type Actual = { readonly kind: 'actual'; readonly state: ActualState } | { readonly kind: 'failed' | 'skipped'; readonly reason: string };

export async function actualOf(tx: SqlClient, accountId: string, providerAccountId: string | null, basis: AccountBasis, fetched: Extract<Fetched, { kind: 'fetched' | 'unasked' }>): Promise<Actual> {
  if (fetched.kind === 'unasked') {
    const statement = (await newestStatements(tx, [accountId])).get(accountId);
    if (statement && statement.asOf > basis.at) return { kind: 'actual', state: { source: 'statement', at: statement.asOf, asOf: statement.asOf, providerAsOf: null, currency: null, lines: statement.positions } };
    return { kind: 'skipped', reason: `${sentence(fetched.why)}, and no statement of a later time than what it is compared from was imported: import one to compare it.` };
  }
  const { accounts, beganAt, fetchedAt } = fetched.value;
  const found = accounts.get(providerAccountId ?? '');
  if (!found) return { kind: 'failed', reason: 'The provider answered and does not list this account any more.' };
  if (found.incomplete !== undefined) return { kind: 'failed', reason: `The provider did not say what the account holds: ${found.incomplete}`.slice(0, 2_000) };
  const { providerAsOf, currency, balances } = found;
  return { kind: 'actual', state: { source: 'provider', at: fetchedAt, asOf: beganAt, providerAsOf, currency, lines: balances.map(heldLine) } };
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
