/** The section "Linking" of the public contract. */
import { connectionsRpc, syncRpc } from '@tidemark/contracts';
import type { Route } from './route.js';

const connection = { id: 'connectionId' };
const account = { id: 'accountId' };

export const LINKING_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/institutions', operation: 'listInstitutions', tag: 'Linking', summary: 'Institutions that can be linked', contract: connectionsRpc.listInstitutions },
  { method: 'POST', path: '/connections', operation: 'requestConnection', tag: 'Linking', summary: 'Begin to link an institution; answers what the person has to open', contract: connectionsRpc.requestConnection, status: 201, refusals: ['not_found', 'trading_not_supported', 'provider_disabled', 'provider_not_available', 'provider_unreachable'], slow: true },
  { method: 'POST', path: '/connections/:id/complete', operation: 'completeConnection', tag: 'Linking', summary: 'Hand over what the person brought back; starts the first sync', contract: connectionsRpc.completeConnection, params: connection, refusals: ['conflict', 'provider_auth', 'provider_unreachable'], slow: true },
  { method: 'GET', path: '/connections', operation: 'listConnections', tag: 'Linking', summary: 'The connections of the user', contract: connectionsRpc.listConnections },
  { method: 'GET', path: '/connections/:id', operation: 'getConnection', tag: 'Linking', summary: 'One connection, its health and how old its data is', contract: connectionsRpc.getConnection, params: connection },
  { method: 'POST', path: '/connections/:id/reconnect', operation: 'reconnectConnection', tag: 'Linking', summary: 'A new link for a connection that needs the person again', contract: connectionsRpc.reconnectConnection, params: connection, refusals: ['conflict', 'provider_unreachable'], slow: true },
  { method: 'DELETE', path: '/connections/:id', operation: 'removeConnection', tag: 'Linking', summary: 'Revoke a connection and destroy its credentials; `erase=true` erases its history as well', contract: connectionsRpc.removeConnection, params: connection, status: 204, refusals: ['provider_unreachable'], slow: true },
  { method: 'POST', path: '/connections/:id/refresh', operation: 'refreshConnection', tag: 'Linking', summary: 'Fetch now; joins a sync that is running', contract: syncRpc.refreshConnection, params: connection, status: 202, refusals: ['refresh_limited', 'reauth_required', 'connection_not_active'] },
  { method: 'POST', path: '/refreshes', operation: 'refreshConnections', tag: 'Linking', summary: 'Fetch several or all connections; says what each would cost', contract: syncRpc.refreshConnections },
  { method: 'GET', path: '/syncs/:id', operation: 'getSync', tag: 'Linking', summary: 'How a sync goes, step by step', contract: syncRpc.getSync, params: { id: 'syncId' }, answersPosition: true },
  { method: 'GET', path: '/accounts', operation: 'listAccounts', tag: 'Linking', summary: 'The accounts of the user', contract: connectionsRpc.listAccounts },
  { method: 'POST', path: '/accounts', operation: 'createManualAccount', tag: 'Linking', summary: 'Make an account that is kept by hand', contract: connectionsRpc.createManualAccount, status: 201 },
  { method: 'GET', path: '/accounts/:id', operation: 'getAccount', tag: 'Linking', summary: 'One account', contract: connectionsRpc.getAccount, params: account },
  { method: 'PATCH', path: '/accounts/:id', operation: 'changeAccount', tag: 'Linking', summary: 'Rename an account, or say whether it counts or is a duplicate', contract: connectionsRpc.changeAccount, params: account, refusals: ['conflict'] },
  { method: 'POST', path: '/accounts/:id/snapshots', operation: 'recordManualSnapshot', tag: 'Linking', summary: 'Record what an account kept by hand holds', contract: syncRpc.recordManualSnapshot, params: account, status: 201, refusals: ['conflict'] },
  { method: 'GET', path: '/settings', operation: 'getSettings', tag: 'Settings', summary: 'Base currency and time zone', contract: connectionsRpc.getSettings },
  { method: 'PATCH', path: '/settings', operation: 'changeSettings', tag: 'Settings', summary: 'Change base currency or time zone', contract: connectionsRpc.changeSettings },
  { method: 'GET', path: '/costs', operation: 'getCosts', tag: 'Linking', summary: 'What providers cost for the connections of the user, by month', contract: syncRpc.getCosts },
];
