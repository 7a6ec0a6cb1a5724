/** From lines to the result of an account, and from the accounts to the status of the report. */
import type { ReportStatus, Outcome } from '@tidemark/contracts';
import { isDiscrepancy } from './compare.js';

export type AccountResult = 'matched' | 'discrepant' | 'stale' | 'failed' | 'skipped';

/** The worst of its lines: what differs, then what could not be judged because the provider's data is old. */
export function accountResult(lines: readonly { readonly outcome: Outcome }[]): 'matched' | 'discrepant' | 'stale' {
  if (lines.some(({ outcome }) => isDiscrepancy(outcome))) return 'discrepant';
  return lines.some(({ outcome }) => outcome === 'stale') ? 'stale' : 'matched';
}

/**
 * `failed` where no account could be asked about, `partial` where some could not be asked about or judged (the rest stands) or none was to be
 * compared at all, else what the accounts say. Accounts that were skipped count as nothing: a report never says that books agree which nobody compared.
 */
export function reportStatus(results: readonly AccountResult[]): ReportStatus {
  const asked = results.filter((result) => result !== 'skipped');
  if (asked.length === 0) return 'partial';
  if (asked.every((result) => result === 'failed')) return 'failed';
  if (asked.some((result) => result === 'failed' || result === 'stale')) return 'partial';
  return asked.includes('discrepant') ? 'discrepant' : 'matched';
}
