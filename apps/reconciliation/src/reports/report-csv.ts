/**
 * A report as CSV (RFC 4180: commas, CRLF, a header, quotes where they are needed; UTF-8 without a byte order mark): a row for each asset
 * of each account, and one for an account of which nothing was compared, that says why. Safe to open in a spreadsheet: a text that would
 * be taken for a formula gets an apostrophe before it (OWASP, "CSV Injection"), since names come from providers and from people. Amounts
 * are ours, and a negative one stays a number. What is unknown is an empty cell.
 */
import type { reconciliationRpc } from '@tidemark/contracts';
import { isDecimal } from '@tidemark/money';
import { stringify } from 'csv-stringify/sync';

type Report = reconciliationRpc.Report;
type AccountReport = reconciliationRpc.AccountReport;
type Line = reconciliationRpc.ReconciliationLine;

interface Row {
  readonly report: Report;
  readonly account: AccountReport;
  /** Null where nothing was compared. */
  readonly line: Line | null;
}

const COLUMNS: readonly (readonly [name: string, of: (row: Row) => string | null | undefined])[] = [
  ['reconciliation', ({ report }) => report.id],
  ['finished_at', ({ report }) => report.finishedAt],
  ['status', ({ report }) => report.status],
  ['account_id', ({ account }) => account.accountId],
  ['account', ({ account }) => account.name],
  ['institution', ({ account }) => account.institution],
  ['provider', ({ account }) => account.provider],
  ['source', ({ account }) => account.source],
  ['result', ({ account }) => account.result],
  ['reason', ({ account }) => account.reason],
  ['basis', ({ account }) => account.basis?.kind],
  ['basis_at', ({ account }) => account.basis?.at],
  ['actual_at', ({ account }) => account.actualAt],
  ['asset', ({ line }) => line?.asset],
  ['name', ({ line }) => line?.name],
  ['expected', ({ line }) => line?.expected],
  ['actual', ({ line }) => line?.actual],
  ['difference', ({ line }) => line?.difference],
  ['allowed', ({ line }) => line?.allowed],
  ['outcome', ({ line }) => line?.outcome],
  ['explanations', ({ line }) => line?.explanations.map(({ kind, quantity, confidence, summary }) => `${kind} ${quantity} (${confidence} %): ${summary}`).join('\n')],
  ['discrepancy', ({ line }) => line?.discrepancyId],
];

/** What spreadsheets take for the start of a formula, the full-width forms of the same included. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

export function reportCsv(report: Report): string {
  const rows = report.accountReports.flatMap((account): Row[] => (account.lines.length === 0 ? [{ report, account, line: null }] : account.lines.map((line) => ({ report, account, line }))));
  return stringify([COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, of]) => cell(of(row))))], { record_delimiter: '\r\n' });
}

function cell(text: string | null | undefined): string {
  if (text == null) return '';
  const isNumber: boolean = isDecimal(text);
  return FORMULA.test(text) && !isNumber ? `'${text}` : text;
}
