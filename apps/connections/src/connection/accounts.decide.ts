/** What happens to the accounts of a connection: new, changed, gone, seen again, renamed, left out of totals, flagged. Pure. */
import type { AccountDetails, Problem } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { accountIdOf, canonicalJson, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { MANUAL } from './connection.js';
import type { AccountState, ConnectionEvent, ConnectionState } from './connection.js';
import { capabilitiesOf } from './capabilities.decide.js';
import type { ChangeAccount, FlagDuplicate, Observe, OpenManual } from './connection.commands.js';

type Decision = Result<readonly ConnectionEvent[], Problem>;

/** Compares what a provider shows with what is known. A closed account that is seen again is discovered again. */
export function observe(command: Observe, state: ConnectionState): Result<readonly ConnectionEvent[], never> {
  const seen = new Map(command.accounts.map((details) => [accountIdOf(state.connectionId, details.providerAccountId), details]));
  const events: ConnectionEvent[] = [];
  for (const [accountId, details] of seen) {
    const known = state.accounts.get(accountId);
    if (known && known.status === 'active') events.push(...changed(command.at, state, known, details));
    else events.push(discover(command.at, state, accountId, details));
  }
  if (!command.whole) return ok(events);
  for (const account of state.accounts.values()) {
    // An answer older than the account itself cannot know it.
    const gone = account.status === 'active' && !seen.has(account.accountId) && account.discoveredAt <= command.at;
    if (gone) events.push(close(command.at, state, account, `${state.provider} no longer lists it`));
  }
  return ok(events);
}

function discover(time: string, state: ConnectionState, accountId: string, details: AccountDetails): ConnectionEvent {
  const { userId, connectionId, provider, institutionId, institutionName } = state;
  return { type: 'AccountDiscovered', time, data: { userId, connectionId, accountId, provider, institutionId, institutionName, details, capabilities: capabilities(state, details) } };
}

function changed(time: string, state: ConnectionState, known: AccountState, details: AccountDetails): ConnectionEvent[] {
  const now = capabilities(state, details);
  const difference = {
    ...(canonicalJson(details) === canonicalJson(known.details) ? {} : { details }),
    ...(canonicalJson(now) === canonicalJson(known.capabilities) ? {} : { capabilities: now }),
  };
  if (Object.keys(difference).length === 0) return [];
  return [{ type: 'AccountUpdated', time, data: { userId: state.userId, connectionId: state.connectionId, accountId: known.accountId, ...difference } }];
}

function capabilities(state: ConnectionState, details: AccountDetails) {
  return capabilitiesOf({ provider: state.provider, accountType: details.type, tradingAllowed: state.tradingAllowed, tradingGranted: state.link?.tradingGranted ?? null });
}

function close(at: string, state: ConnectionState, account: AccountState, reason: string): ConnectionEvent {
  return { type: 'AccountClosed', time: at, data: { userId: state.userId, connectionId: state.connectionId, accountId: account.accountId, reason, effectiveAt: at } };
}

export function changeAccount({ accountId, displayName, countInTotals, timeZone, at }: ChangeAccount, state: ConnectionState): Decision {
  const account = state.accounts.get(accountId);
  if (!account || state.erased) return refuse(noSuchAccount());
  const difference = {
    ...(displayName === undefined || displayName === account.displayName ? {} : { displayName }),
    ...(countInTotals === undefined || countInTotals === account.countInTotals ? {} : { countInTotals, effectiveAt: at }),
    ...(timeZone === undefined || timeZone === account.timeZone ? {} : { timeZone }),
  };
  if (Object.keys(difference).length === 0) return ok([]);
  return ok([{ type: 'AccountUpdated', time: at, data: { userId: state.userId, connectionId: state.connectionId, accountId, ...difference } }]);
}

/** What the user decided stays, whatever detection finds later. */
export function flagDuplicate({ accountId, duplicateOf, by, evidence, at }: FlagDuplicate, state: ConnectionState): Decision {
  const account = state.accounts.get(accountId);
  if (!account || state.erased) return refuse(noSuchAccount());
  if (duplicateOf === accountId) return refuse(problem('validation_failed', 'An account is no duplicate of itself.', { errors: [{ field: 'duplicateOf', message: 'name another account of yours, or null' }] }));
  if (by === 'detection' && (account.duplicateBy === 'user' || account.duplicateOf === duplicateOf)) return ok([]);
  if (by === 'user' && account.duplicateBy === 'user' && account.duplicateOf === duplicateOf) return ok([]);
  return ok([{ type: 'DuplicateFlagged', time: at, data: { userId: state.userId, connectionId: state.connectionId, accountId, duplicateOf, by, evidence: [...evidence], effectiveAt: at } }]);
}

export function openManual({ userId, accountId, name, accountType, currency, at }: OpenManual, state: ConnectionState): Decision {
  if (state.status !== 'none') return refuse(problem('conflict', 'This account is there already.'));
  const details: AccountDetails = { providerAccountId: accountId, name, officialName: null, type: accountType, subtype: null, mask: null, numberHash: null, currency };
  const data = { userId, connectionId: accountId, accountId, provider: MANUAL, institutionId: MANUAL, institutionName: 'Manual', details };
  return ok([{ type: 'AccountDiscovered', time: at, data: { ...data, capabilities: capabilitiesOf({ provider: MANUAL, accountType, tradingAllowed: false, tradingGranted: null }) } }]);
}

function noSuchAccount(): Problem {
  return problem('not_found', 'There is no such account.');
}
