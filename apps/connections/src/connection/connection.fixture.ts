/** One connection with two accounts, as its specs tell it. */
import type { AccountDetails } from '@tidemark/contracts';
import { accountIdOf } from '@tidemark/kernel';
import { decider } from '@tidemark/testing';
import { evolve, NO_CONNECTION } from './connection.js';
import type { ConnectionEvent } from './connection.js';
import { decide, PERMISSION_EXPIRING } from './connection.decide.js';
import type { Complete } from './connection.commands.js';

export const connection = decider(decide, evolve, NO_CONNECTION);

export const userId = 'ada';
export const connectionId = '0196f3a0-0000-7000-8000-000000000001';
export const syncId = '0196f3a0-0000-7000-8000-0000000000a1';
export const laterSync = '0196f3a0-0000-7000-8000-0000000000a2';
export const of = { userId, connectionId };
export const T = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, '0')}:00.000Z`;
export const routing = { reason: 'snaptrade is the preferred provider for Charles Schwab', alternatives: ['plaid'] };
export const details = (providerAccountId: string, more: Partial<AccountDetails> = {}): AccountDetails => ({ providerAccountId, name: `Account ${providerAccountId}`, officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD', ...more });
export const idOf = (providerAccountId: string) => accountIdOf(connectionId, providerAccountId);
export const capable = { trading: true, realtime: true, positions: true, transactions: true };

export const requested: Extract<ConnectionEvent, { type: 'ConnectionRequested' }> = { type: 'ConnectionRequested', time: T(0), data: { ...of, institutionId: 'charles-schwab', institutionName: 'Charles Schwab', provider: 'snaptrade', needTrading: false, tradingAllowed: true, routing } };
export const link = { providerConnectionId: 'auth-1', credentialRef: `connection/${connectionId}` };
export const linked: ConnectionEvent = { type: 'ConnectionLinked', time: T(1), data: { ...of, provider: 'snaptrade', institutionId: 'charles-schwab', ...link, firstSyncId: syncId, tradingGranted: true } };
export const discovered = (id: string, minute = 1, capabilities = capable, more: Partial<AccountDetails> = {}): ConnectionEvent => ({
  type: 'AccountDiscovered', time: T(minute), data: { ...of, accountId: idOf(id), provider: 'snaptrade', institutionId: 'charles-schwab', institutionName: 'Charles Schwab', details: details(id, more), capabilities },
});
export const active = [requested, linked, discovered('a'), discovered('b')];
export const degraded: ConnectionEvent = { type: 'ConnectionDegraded', time: T(2), data: { ...of, code: 'provider_unreachable', detail: 'down' } };
export const relinkNeeded: ConnectionEvent = { type: 'ReauthenticationRequired', time: T(3), data: { ...of, code: 'provider_auth', detail: 'sign in again' } };
export const expiring: ConnectionEvent = { type: 'ConnectionDegraded', time: T(2), data: { ...of, code: PERMISSION_EXPIRING, detail: 'ends soon' } };
export const restored: ConnectionEvent = { type: 'ConnectionRestored', time: T(4), data: of };
export const removed = (erased: boolean, minute = 5): ConnectionEvent => ({ type: 'ConnectionRemoved', time: T(minute), data: { ...of, reason: 'asked by the user', erased, accountIds: [idOf('a'), idOf('b')] } });
export const complete = (more: Partial<Complete> = {}): Complete => ({ type: 'complete', at: T(1), ...link, syncId, tradingGranted: true, accounts: [details('a'), details('b')], ...more });
