/** Reconciliations, discrepancies and the audit trail, of the section "Reconciliation and alerts" of the public contract. */
import { reconciliationRpc } from '@tidemark/contracts';
import type { Route } from './route.js';

const run = { id: 'reconciliationId' };
const discrepancy = { id: 'discrepancyId' };
const account = { id: 'accountId' };
const tag = 'Reconciliation';

export const RECONCILIATION_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/reconciliations', operation: 'startReconciliation', tag, summary: 'Compare what accounts should hold with what their providers say now; joins a comparison of the same accounts that is under way', contract: reconciliationRpc.startReconciliation, status: 202, refusals: ['not_found', 'rate_limited'] },
  { method: 'GET', path: '/reconciliations', operation: 'listReconciliations', tag, summary: 'Comparisons, newest first', contract: reconciliationRpc.listReconciliations },
  { method: 'GET', path: '/reconciliations/:id', operation: 'getReconciliation', tag, summary: 'One comparison: how far it is, every asset of every account, and who could not be asked', contract: reconciliationRpc.getReconciliation, params: run },
  { method: 'GET', path: '/reconciliations/:id/export', operation: 'exportReconciliation', tag, summary: 'The report as a file', contract: reconciliationRpc.exportReport, params: run, answersFile: true },
  { method: 'GET', path: '/discrepancies', operation: 'listDiscrepancies', tag, summary: 'Where books and providers part; `status=open` means not resolved', contract: reconciliationRpc.listDiscrepancies },
  { method: 'GET', path: '/discrepancies/:id', operation: 'getDiscrepancy', tag, summary: 'One discrepancy, with what may have caused it', contract: reconciliationRpc.getDiscrepancy, params: discrepancy },
  { method: 'POST', path: '/discrepancies/:id/resolve', operation: 'resolveDiscrepancy', tag, summary: 'Take the provider\'s word, and say why', contract: reconciliationRpc.resolveDiscrepancy, params: discrepancy, refusals: ['conflict'] },
  { method: 'POST', path: '/accounts/:id/book', operation: 'importBook', tag, summary: 'Give the book that you keep of an account: it is what is expected from then on', contract: reconciliationRpc.importBook, params: account, status: 201, refusals: ['conflict'] },
  { method: 'DELETE', path: '/accounts/:id/book', operation: 'removeBook', tag, summary: 'Expect what the snapshots say again', contract: reconciliationRpc.removeBook, params: account, status: 204 },
  { method: 'POST', path: '/accounts/:id/statements', operation: 'importStatement', tag, summary: 'Give a statement of an account that no provider can be asked about, as positions or as a CSV file', contract: reconciliationRpc.importStatement, params: account, status: 201, refusals: ['conflict'] },
  { method: 'GET', path: '/audit', operation: 'listAudit', tag, summary: 'The audit trail, oldest first, each entry with its hash and the one before', contract: reconciliationRpc.listAudit },
  { method: 'GET', path: '/audit/verify', operation: 'verifyAudit', tag, summary: 'Check the audit trail: the first entry that was changed, removed, inserted or cut off is named', contract: reconciliationRpc.verifyAudit, slow: true },
  { method: 'GET', path: '/ops/audit/verify', operation: 'verifyAllAudits', tag: 'Operators', scope: 'ops', summary: 'Check every user\'s audit trail, or one', contract: reconciliationRpc.verifyAllAudits, slow: true },
];
