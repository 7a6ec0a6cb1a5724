/**
 * The user names an account, leaves it out of totals, or says of which other account it is a duplicate (of one that is gone: whose place
 * it takes from then on). What the user says of duplicates stands over detection. Turning a flag round (the other one counts) changes both accounts at once or neither.
 */
import type { connectionsRpc, Problem, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { answered, refused } from '@tidemark/service';
import { change } from '../connection/change.js';
import type { StreamChange } from '../connection/change.js';
import type { ConnectionCommand } from '../connection/connection.commands.js';
import type { Parts } from '../parts.js';
import type { AccountRow } from '../projections/account-list/project.js';
import { findAccount, findAccountRow, goneSince, streamOf } from '../projections/account-list/query.js';
import { isBehind } from './read.js';
import { canonicalZone, isTimeZone } from './time-zone.js';
import { accountOf, twinsOf } from './views.js';

type Payload = RequestOf<typeof connectionsRpc.changeAccount>;

const EVIDENCE = ['set by the user'];

export async function changeAccount(parts: Parts, payload: Payload, context: RpcContext): Promise<RpcReply<connectionsRpc.Account>> {
  if (payload.name?.trim() === '') return refused(problem('validation_failed', 'An account needs a name that can be seen.', { errors: [{ field: 'name', message: "must not be blank; null puts the provider's own name back" }] }));
  if (payload.timeZone != null && !isTimeZone(payload.timeZone)) return refused(problem('validation_failed', 'There is no such time zone.', { errors: [{ field: 'timeZone', message: 'must be an IANA time zone such as America/New_York or Europe/London, or null for New York' }] }));
  await isBehind(parts, context, ['account-list']);
  const row = await findAccountRow(parts.database, context.userId, payload.accountId);
  if (!row) return refused(problem('not_found', 'There is no such account.'));
  const changes = await changesFor(parts, payload, row);
  if (!changes.ok) return refused(changes.error);
  const changed = await change(parts, { userId: context.userId, origin: context, changes: changes.value });
  if (!changed.ok) return refused(changed.error);
  const [state] = changed.value.states;
  const account = state?.accounts.get(row.account_id);
  if (!state || !account) return refused(problem('not_found', 'There is no such account.'));
  const shown = await findAccount(parts.database, context.userId, row.account_id);
  const gone = await goneSince(parts.database, context.userId, twinsOf(state));
  return answered(accountOf(state, account, { asOf: shown?.asOf ?? null, gone }), changed.value.positions);
}

/** This account's stream first. Two accounts of one connection share a stream: their commands go into one change. */
async function changesFor(parts: Parts, payload: Payload, row: AccountRow): Promise<Result<StreamChange[], Problem>> {
  const at = instant(parts.clock.now());
  const { name, countInTotals, timeZone, duplicateOf } = payload;
  const mine: ConnectionCommand[] = [
    { type: 'change-account', at, accountId: row.account_id, ...(name === undefined ? {} : { displayName: name }), ...(countInTotals === undefined ? {} : { countInTotals }), ...(timeZone === undefined ? {} : { timeZone: timeZone && canonicalZone(timeZone) }) },
  ];
  // Who says that an account counts says that it is no duplicate: else the answer would be that it counts, and no total would have it.
  // One that follows a link that ended counts already: taking its flag back would let both links' pasts count.
  if (duplicateOf === undefined && countInTotals === true && row.duplicate_of !== null) {
    const twin = await findAccountRow(parts.database, row.user_id, row.duplicate_of);
    if (twin?.status === 'active') mine.push({ type: 'flag-duplicate', at, accountId: row.account_id, duplicateOf: null, by: 'user', evidence: EVIDENCE });
  }
  if (duplicateOf === undefined) return ok([{ stream: streamOf(row), commands: mine }]);
  mine.push({ type: 'flag-duplicate', at, accountId: row.account_id, duplicateOf, by: 'user', evidence: EVIDENCE });
  if (duplicateOf === null || duplicateOf === row.account_id) return ok([{ stream: streamOf(row), commands: mine }]);
  const other = await findAccountRow(parts.database, row.user_id, duplicateOf);
  if (!other) return refuse(wrongTarget('must be the id of an account of yours, or null'));
  // A link that ended and was flagged itself: this account follows it. One that is there and stands aside counts for nobody.
  if (other.duplicate_of === null || (other.status !== 'active' && other.duplicate_of !== row.account_id)) return ok([{ stream: streamOf(row), commands: mine }]);
  if (other.duplicate_of !== row.account_id) return refuse(wrongTarget(`is a duplicate itself, of ${other.duplicate_of}: name that one`));
  const turned: ConnectionCommand = { type: 'flag-duplicate', at, accountId: other.account_id, duplicateOf: null, by: 'user', evidence: EVIDENCE };
  if (streamOf(other) === streamOf(row)) return ok([{ stream: streamOf(row), commands: [...mine, turned] }]);
  return ok([{ stream: streamOf(row), commands: mine }, { stream: streamOf(other), commands: [turned] }]);
}

function wrongTarget(message: string): Problem {
  return problem('validation_failed', 'The account cannot be a duplicate of that one.', { errors: [{ field: 'duplicateOf', message }] });
}
