/** The section "History and analytics" of the public contract. */
import { historyRpc } from '@tidemark/contracts';
import type { Route } from './route.js';

const account = { id: 'accountId' };
const tag = 'History';

export const HISTORY_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/portfolio/history', operation: 'portfolioHistory', tag, summary: 'What everything was worth, day by day, and how far each day can be relied on', contract: historyRpc.portfolioHistory, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/reconstructions/:id', operation: 'getReconstruction', tag, summary: 'How far the reconstruction of an account has come, what it had to adjust, and whether its books balance', contract: historyRpc.getReconstruction, params: account, refusals: ['no_snapshot'] },
  { method: 'POST', path: '/portfolio/reconstructions/:id', operation: 'startReconstruction', tag, summary: 'Reconstruct an account again; joins one that is under way', contract: historyRpc.startReconstruction, params: account, status: 202, refusals: ['no_snapshot'] },
  { method: 'GET', path: '/portfolio/performance', operation: 'portfolioPerformance', tag, summary: 'Time-weighted and money-weighted return, drawdown, volatility, gains, flows; a benchmark over the same flows', contract: historyRpc.performance, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/allocation', operation: 'portfolioAllocation', tag, summary: 'How the value is spread', contract: historyRpc.allocation, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/analytics', operation: 'portfolioAnalytics', tag, summary: 'Risk, diversification and concentration, with the inputs of each formula', contract: historyRpc.analytics, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/activities', operation: 'portfolioActivities', tag, summary: 'Transactions, normalised, newest first, with the provider\'s own words', contract: historyRpc.activities, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/income', operation: 'portfolioIncome', tag, summary: 'Dividends, interest and distributions, by month and by asset', contract: historyRpc.income, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/gains', operation: 'portfolioGains', tag, summary: 'Realised gains by lot method, and unrealised ones', contract: historyRpc.gains, refusals: ['not_found'] },
  { method: 'GET', path: '/portfolio/export', operation: 'portfolioExport', tag, summary: 'History, activities or gains as a file', contract: historyRpc.exportHistory, answersFile: true, refusals: ['not_found'] },
];
