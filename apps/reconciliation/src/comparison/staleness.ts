/**
 * A difference is not held against the books where the provider itself says that its data is older than what is expected of it: than the
 * basis, or than the newest transaction that moved this very asset. An asset that nothing has moved since is judged as ever.
 */
import type { AssetId } from '@tidemark/money';
import { isDiscrepancy } from './compare.js';
import type { ComparedLine } from './compare.js';

export interface Freshness {
  /** What the provider says its data is of; null where it does not say, and nothing is stale. */
  readonly providerAsOf: string | null;
  /** The instant that what is expected is of: of the account, or asset by asset (`newestExpectedAt` of expectation/). */
  readonly newestExpectedAt: string | ((asset: AssetId) => string);
}

export function withStaleness(lines: readonly ComparedLine[], { providerAsOf, newestExpectedAt }: Freshness): ComparedLine[] {
  if (providerAsOf === null) return [...lines];
  const asOf = Date.parse(providerAsOf);
  const of = typeof newestExpectedAt === 'string' ? () => newestExpectedAt : newestExpectedAt;
  return lines.map((line) => (isDiscrepancy(line.outcome) && asOf < Date.parse(of(line.asset)) ? { ...line, outcome: 'stale' as const } : line));
}
