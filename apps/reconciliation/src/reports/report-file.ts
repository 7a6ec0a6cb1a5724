/** A report as a file to keep: JSON as the API answers it, or CSV. */
import type { reconciliationRpc, ResponseOf } from '@tidemark/contracts';
import { reportCsv } from './report-csv.js';

export function reportFile(report: reconciliationRpc.Report, format: 'json' | 'csv'): ResponseOf<typeof reconciliationRpc.exportReport> {
  const filename = `tidemark-reconciliation-${(report.finishedAt ?? report.requestedAt).slice(0, 10)}-${report.id}.${format}`;
  if (format === 'csv') return { filename, contentType: 'text/csv; charset=utf-8; header=present', body: reportCsv(report) };
  return { filename, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(report, null, 2)}\n` };
}
