/** What operators do with prices, symbols and closes; every route needs the scope `ops`. */
import { historyRpc } from '@tidemark/contracts';
import type { Route } from './route.js';

const ofOperators = { tag: 'Operators', scope: 'ops' } as const;

export const OPERATOR_ROUTES: readonly Route[] = [
  { ...ofOperators, method: 'GET', path: '/ops/symbols/unmapped', operation: 'unmappedSymbols', summary: 'Securities for which no symbol could be trusted', contract: historyRpc.unmappedSymbols },
  { ...ofOperators, method: 'POST', path: '/ops/symbols/map', operation: 'mapSymbol', summary: 'Say which symbol a security is; histories that used another are revised', contract: historyRpc.mapSymbol, slow: true },
  { ...ofOperators, method: 'POST', path: '/ops/symbols/unmap', operation: 'unmapSymbol', summary: 'Take a symbol back from a security; histories that used it are revised', contract: historyRpc.unmapSymbol, refusals: ['not_found'] },
  { ...ofOperators, method: 'POST', path: '/ops/prices/refresh', operation: 'refreshPrices', summary: 'Fetch prices that are missing, or all anew with force; a dry run tells what it would cost', contract: historyRpc.refreshPrices, slow: true, refusals: ['not_found'] },
  { ...ofOperators, method: 'GET', path: '/ops/closes', operation: 'closeStatus', summary: 'Which market days are closed, and which are behind', contract: historyRpc.closeStatus },
  { ...ofOperators, method: 'POST', path: '/ops/closes/run', operation: 'runClose', summary: 'Close what is behind, or one day again', contract: historyRpc.runClose, slow: true },
];
