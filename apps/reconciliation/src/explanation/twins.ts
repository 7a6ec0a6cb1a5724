/** Accounts that are flagged to be one real account, linked more than once. */
import type { ExplanationInput, OwnAccount } from './explanation-input.js';

export function isTwin(other: OwnAccount, { accountId, duplicateOf }: Pick<ExplanationInput, 'accountId' | 'duplicateOf'>): boolean {
  return other.accountId !== accountId && (other.duplicateOf === accountId || other.accountId === duplicateOf || (duplicateOf !== null && other.duplicateOf === duplicateOf));
}
