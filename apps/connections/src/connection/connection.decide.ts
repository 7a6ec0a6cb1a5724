/** What a connection does about a command: events, nothing, or a refusal. Pure; what an event means stands in `connection.ts`. */
import type { Problem } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { ConnectionEvent, ConnectionState } from './connection.js';
import { changeAccount, flagDuplicate, observe, openManual } from './accounts.decide.js';
import type { Complete, ConnectionCommand, Degrade, Remove, Request, RequireReauthentication, Restore } from './connection.commands.js';

export type Decision = Result<readonly ConnectionEvent[], Problem>;

/** The permission given to the provider is about to end. Told once, and over what else is wrong: until it ends, syncs go well. */
export const PERMISSION_EXPIRING = 'permission_expiring';

export function decide(command: ConnectionCommand, state: ConnectionState): Decision {
  switch (command.type) {
    case 'request': return request(command, state);
    case 'open-manual': return openManual(command, state);
    case 'complete': return complete(command, state);
    case 'observe': return isLinked(state) ? observe(command, state) : refuse(notActive(state));
    case 'degrade': return ok(degrade(command, state));
    case 'require-reauthentication': return ok(requireReauthentication(command, state));
    case 'restore': return ok(restore(command, state));
    case 'remove': return remove(command, state);
    case 'change-account': return changeAccount(command, state);
    case 'flag-duplicate': return flagDuplicate(command, state);
  }
}

/** Approved once and not removed since. */
export function isLinked(state: ConnectionState): boolean {
  return state.link !== null && state.status !== 'disconnected';
}

export function notActive(state: ConnectionState): Problem {
  if (state.status === 'none') return problem('not_found', 'There is no such connection.');
  if (state.status === 'disconnected') return problem('connection_not_active', 'This connection was removed. Link the institution again with POST /connections.');
  return problem('connection_not_active', 'This connection has not been completed yet: approve it at the institution, then complete it.');
}

function request(command: Request, state: ConnectionState): Decision {
  if (state.status !== 'none') return refuse(problem('conflict', 'This connection was requested already.'));
  const { userId, connectionId, institutionId, institutionName, provider, needTrading, tradingAllowed, routing } = command;
  const data = { userId, connectionId, institutionId, institutionName, provider, needTrading, tradingAllowed, routing: { reason: routing.reason, alternatives: [...routing.alternatives] } };
  return ok([{ type: 'ConnectionRequested', time: command.at, data }]);
}

/** Completes the first link, or a reconnect where the connection was linked before. */
function complete(command: Complete, state: ConnectionState): Decision {
  if (state.status === 'none' || state.status === 'disconnected') return refuse(notActive(state));
  const { userId, connectionId, provider, institutionId } = state;
  const { providerConnectionId, credentialRef, syncId, tradingGranted, at } = command;
  const linked: ConnectionEvent = { type: 'ConnectionLinked', time: at, data: { userId, connectionId, provider, institutionId, providerConnectionId, credentialRef, firstSyncId: syncId, tradingGranted } };
  const restored: ConnectionEvent = { type: 'ConnectionRestored', time: at, data: { userId, connectionId, syncId } };
  const same = state.link?.providerConnectionId === providerConnectionId && state.link.credentialRef === credentialRef && state.link.tradingGranted === tradingGranted;
  const granted = { ...state, link: { providerConnectionId, credentialRef, syncId, tradingGranted, since: at } };
  // What a person selected while linking may be fewer than there are: only a sync's whole answer closes accounts.
  const accounts = observe({ type: 'observe', accounts: command.accounts, whole: false, at }, granted);
  return accounts.ok ? ok([same ? restored : linked, ...accounts.value]) : accounts;
}

function degrade({ code, detail, at }: Degrade, state: ConnectionState): readonly ConnectionEvent[] {
  const news = state.status === 'active' || (state.status === 'degraded' && code === PERMISSION_EXPIRING && state.troubleCode !== code);
  if (!news || isOld(at, state)) return [];
  return [{ type: 'ConnectionDegraded', time: at, data: { userId: state.userId, connectionId: state.connectionId, code, detail } }];
}

function requireReauthentication({ code, detail, by, at }: RequireReauthentication, state: ConnectionState): readonly ConnectionEvent[] {
  if ((state.status !== 'active' && state.status !== 'degraded') || isOld(at, state)) return [];
  return [{ type: 'ReauthenticationRequired', time: at, data: { userId: state.userId, connectionId: state.connectionId, code, detail, ...(by === undefined ? {} : { by }) } }];
}

function restore({ at }: Restore, state: ConnectionState): readonly ConnectionEvent[] {
  if (state.status !== 'degraded' && state.status !== 'reauth_required') return [];
  return [{ type: 'ConnectionRestored', time: at, data: { userId: state.userId, connectionId: state.connectionId } }];
}

/** News from before the newest link or reconnect: it speaks of the permission that was replaced. */
function isOld(at: string, state: ConnectionState): boolean {
  return state.link !== null && at < state.link.since;
}

function remove({ reason, erase, at }: Remove, state: ConnectionState): Decision {
  if (state.status === 'none') return refuse(notActive(state));
  if (state.status === 'disconnected' && (state.erased || !erase)) return ok([]);
  const { userId, connectionId } = state;
  return ok([{ type: 'ConnectionRemoved', time: at, data: { userId, connectionId, reason, erased: erase, accountIds: [...state.accounts.keys()] } }]);
}
