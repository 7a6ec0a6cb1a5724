/** A report of a reconciliation for people: how it ended, what differs, what was not compared and why, and what to do next. */
import type { ProviderFailure, reconciliationRpc } from '@tidemark/contracts';
import { moment, plain, textTable, wrapped } from './terminal.js';

type Report = reconciliationRpc.Report;
type AccountReport = reconciliationRpc.AccountReport;
type Line = reconciliationRpc.ReconciliationLine;
type RunSummary = reconciliationRpc.RunSummary;

const WIDE = 44;

/** @param all matched assets too */
export function reportText(report: Report, all = false): string {
  const shown = report.accountReports.flatMap((account) => account.lines.filter((line) => all || line.outcome !== 'matched').map((line) => lineRow(account, line)));
  return [
    `Reconciliation ${report.id}: ${verdict(report)}`,
    `Requested ${moment(report.requestedAt)}, finished ${moment(report.finishedAt)}. ${countsText(report)}`,
    ...(shown.length > 0 ? [textTable(LINE_COLUMNS, shown)] : []),
    ...uncomparedText(report),
    ...(report.providerErrors.length > 0 ? ['Providers that could not be asked:', ...report.providerErrors.map(failureText)] : []),
    ...(report.error === null ? [] : [`Why it failed: ${plain(ended(report.error))}`]),
    ...nextText(report),
  ].join('\n');
}

const LINE_COLUMNS = [{ head: 'Account' }, { head: 'Asset' }, { head: 'Expected', align: 'right' }, { head: 'Actual', align: 'right' }, { head: 'Difference', align: 'right' }, { head: 'Outcome' }, { head: 'What may have caused it' }] as const;

function lineRow(account: AccountReport, { asset, name, expected, actual, difference, outcome, explanations }: Line): string[] {
  const why = explanations.map(({ kind, quantity, confidence, summary }) => wrapped(`${kind} ${quantity} (${confidence} %): ${summary}`, WIDE)).join('\n');
  return [wrapped(accountText(account), 24), name === null ? asset : `${asset}\n${wrapped(name, 24)}`, expected, actual, difference, outcome, why];
}

function accountText({ name, institution }: Pick<AccountReport, 'name' | 'institution'>): string {
  return institution === null ? name : `${name} (${institution})`;
}

/** Accounts of one reason in one line. */
function uncomparedText({ accountReports }: Report): string[] {
  const left = accountReports.filter(({ result }) => result === 'failed' || result === 'skipped' || result === 'pending');
  const reasons = [...Map.groupBy(left, ({ result, reason }) => `${result}${reason === null ? '' : `: ${ended(reason)}`}`)];
  return left.length === 0 ? [] : ['Not compared:', ...reasons.map(([why, accounts]) => plain(`  ${accounts.map(accountText).join(', ')}, ${why}`))];
}

function failureText({ provider, code, accountIds, retryable, attempts }: ProviderFailure): string {
  return plain(`  ${provider}: ${code}, of ${accountIds.length} account(s), asked ${attempts} time(s).${retryable ? ' The next run asks again.' : ''}`);
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

const VERDICTS: Readonly<Record<RunSummary['status'], string>> = {
  queued: 'waits for its turn', running: 'is going on', matched: 'matched: what was compared agrees', discrepant: 'DISCREPANT: books and providers part',
  partial: 'PARTIAL: not every account could be compared; the rest stands', failed: 'FAILED: no account could be compared',
};

function verdict({ status, accounts }: Report): string {
  if (status !== 'matched' || accounts.checked > 0) return VERDICTS[status];
  return 'nothing was compared';
}

export function countsText({ accounts, lines, discrepancies }: Pick<RunSummary, 'accounts' | 'lines' | 'discrepancies'>): string {
  const outcomes = Object.entries(lines).filter(([, count]) => count > 0).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `Accounts: ${accounts.checked} compared, ${accounts.failed} failed, ${accounts.skipped} skipped.`,
    `Assets: ${outcomes.length === 0 ? 'none' : outcomes.join(', ')}.`,
    `Discrepancies: ${discrepancies.opened} opened, ${discrepancies.persisting} persisting, ${discrepancies.resolved} resolved.`,
  ].join(' ');
}

function nextText({ status, discrepancies }: Report): string[] {
  if (status === 'queued' || status === 'running') return ['It has not ended: what is shown is as far as it has come.'];
  const open = discrepancies.opened + discrepancies.persisting > 0;
  return [...(open ? ['Next: look at each with `tidemark discrepancies list`; take the provider\'s word for one with `tidemark discrepancies resolve <id> --note <why>`.'] : []), ...(status === 'partial' || status === 'failed' ? ['Next: run it again when the reasons above are gone.'] : [])];
}

const RUN_COLUMNS = [{ head: 'Reconciliation' }, { head: 'Requested' }, { head: 'Why' }, { head: 'Status' }, { head: 'Compared', align: 'right' }, { head: 'Failed', align: 'right' }, { head: 'Skipped', align: 'right' }, { head: 'Opened', align: 'right' }, { head: 'Persisting', align: 'right' }, { head: 'Resolved', align: 'right' }] as const;

export function runsText(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'Nothing was reconciled yet: begin with `tidemark reconcile run`.';
  return textTable(RUN_COLUMNS, runs.map(({ id, requestedAt, reason, status, accounts, discrepancies }) => [
    id, moment(requestedAt), reason, status, ...[accounts.checked, accounts.failed, accounts.skipped, discrepancies.opened, discrepancies.persisting, discrepancies.resolved].map(String),
  ]));
}
