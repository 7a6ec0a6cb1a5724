/** The section "Balances and positions" of the public contract. */
import { snapshotsRpc } from '@tidemark/contracts';
import type { Route } from './route.js';

const account = { id: 'accountId' };

export const BALANCES_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/accounts/:id/snapshots', operation: 'listSnapshots', tag: 'Balances', summary: 'Snapshots of an account, newest first', contract: snapshotsRpc.listSnapshots, params: account },
  { method: 'GET', path: '/accounts/:id/snapshots/latest', operation: 'latestSnapshot', tag: 'Balances', summary: 'The newest snapshot of an account, now or as of a time', contract: snapshotsRpc.latestSnapshot, params: account, refusals: ['no_snapshot'] },
  { method: 'GET', path: '/portfolio/balances', operation: 'portfolioBalances', tag: 'Balances', summary: 'The latest snapshot of every account', contract: snapshotsRpc.portfolioBalances },
  { method: 'GET', path: '/portfolio/positions', operation: 'portfolioPositions', tag: 'Balances', summary: 'Positions consolidated over accounts and providers', contract: snapshotsRpc.portfolioPositions },
  { method: 'GET', path: '/portfolio/value', operation: 'portfolioValue', tag: 'Balances', summary: 'What everything is worth, and what is missing from that number', contract: snapshotsRpc.portfolioValue },
  { method: 'GET', path: '/assets/:id', operation: 'getAsset', tag: 'Balances', summary: 'What is known about an asset; what is unknown is null', contract: snapshotsRpc.getAsset, params: { id: 'assetId' } },
];
