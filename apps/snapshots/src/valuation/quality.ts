/**
 * How far an answer can be relied on, 0–100, and why not further. Published formula:
 *
 *   quality = ⌊ mean of the scores of everything that belongs in the sum ⌋, 100 where nothing does
 *
 * Everything that belongs in the sum: each cash line and each position of each account that counts; an account that counts and has no
 * snapshot is one more. The score of a line is the least of those that apply:
 *     0   its value is unknown (no price, no rate, no snapshot)
 *    50   it is old: a price older than 7 days, cash from a snapshot older than 7 days
 *    50   its account is parked: an event about it could not be applied, so something newer is known and not shown
 *    90   the provider's own total of its account differs from ours (over 1 unit and over 0.5 %)
 *    90   its cost basis is unknown (only where the answer speaks of gains)
 *   100   otherwise
 * Rounding is down, so that 100 means that nothing at all lowers it.
 */
import type { snapshotsRpc } from '@tidemark/contracts';
import type { AccountEntry } from './portfolio.js';
import { differs } from './value-account.js';
import type { ValuedAccount } from './value-account.js';
import type { ValuedLine } from './value-line.js';

const FULL = 100;
const SCORE = { unknown: 0, old: 50, parked: 50, differs: 90, costBasisMissing: 90 } as const;
const FRESH_MS = 7 * 24 * 60 * 60 * 1000;

export interface QualityOptions {
  readonly at: string;
  /** Whether the answer speaks of gains. */
  readonly gains: boolean;
}

export function qualityOf(entries: readonly AccountEntry[], options: QualityOptions): number {
  const scores = entries.filter((entry) => entry.counted).flatMap((entry) => scoresOf(entry, options));
  return scores.length === 0 ? FULL : Math.floor(scores.reduce((total, score) => total + score, 0) / scores.length);
}

export function reasonsOf(entries: readonly AccountEntry[], options: QualityOptions): snapshotsRpc.Reason[] {
  return entries.filter((entry) => entry.counted).flatMap((entry) => accountReasons(entry, options));
}

function scoresOf(entry: AccountEntry, options: QualityOptions): number[] {
  const { now } = entry;
  if (!now) return [SCORE.unknown];
  const at = Date.parse(options.at);
  const ofAccount = Math.min(entry.parked ? SCORE.parked : FULL, totalDiffers(now) ? SCORE.differs : FULL);
  return summed(now).map((line) =>
    Math.min(
      ofAccount,
      line.missing ? SCORE.unknown : FULL,
      isOld(line, now, at) ? SCORE.old : FULL,
      options.gains && lacksCostBasis(line) ? SCORE.costBasisMissing : FULL,
    ),
  );
}

function accountReasons(entry: AccountEntry, options: QualityOptions): snapshotsRpc.Reason[] {
  const { now, account } = entry;
  const accountId = account.accountId;
  const parked = entry.parked ? [{ code: 'parked' as const, accountId, detail: 'An event about this account could not be applied; newer data may exist.' }] : [];
  if (!now) return [...parked, { code: 'no_snapshot', accountId, detail: `No snapshot was captured at or before ${options.at}.` }];
  const lines = summed(now);
  const at = Date.parse(options.at);
  const old = lines.filter((line) => isOld(line, now, at)).length;
  return [
    ...parked,
    ...lines.filter((line) => line.missing).map((line) => missingReason(line, accountId, options.at)),
    ...(old ? [{ code: 'stale' as const, accountId, detail: `${old} of ${lines.length} lines are older than 7 days.` }] : []),
    ...(totalDiffers(now) ? [{ code: 'provider_total_differs' as const, accountId, detail: `The provider's total is ${now.snapshot.balance} ${now.snapshot.currency}; ${now.unexplained} of it is not explained by the account's lines.` }] : []),
    ...(options.gains ? lines.filter(lacksCostBasis).map((line) => ({ code: 'cost_basis_missing' as const, accountId, asset: line.line.asset, detail: `The cost basis of ${line.line.asset} is not known.` })) : []),
    ...(options.gains ? lines.filter(costsUnconverted).map((line) => ({ code: 'rate_missing' as const, accountId, asset: line.line.asset, detail: `What ${line.line.asset} cost in the base currency is not known: no rate from ${line.costCurrency ?? 'a currency that nobody knows'} is known at ${options.at}.` })) : []),
  ];
}

function missingReason(line: ValuedLine, accountId: string, at: string): snapshotsRpc.Reason {
  const asset = line.line.asset;
  if (line.missing === 'price_missing') return { code: 'price_missing', accountId, asset, detail: `No price of ${asset} is known at ${at}.` };
  const from = line.currency === null ? `the currency of ${asset} is not known` : `no rate from ${line.currency} is known at ${at}`;
  return { code: 'rate_missing', accountId, asset, detail: `The value in the base currency is not known: ${from}.` };
}

function summed(account: ValuedAccount): ValuedLine[] {
  return account.lines.filter((line) => line.role !== 'shown');
}

function totalDiffers(account: ValuedAccount): boolean {
  return differs(account.unexplained, account.snapshot.balance);
}

function lacksCostBasis({ role, line }: ValuedLine): boolean {
  return role === 'position' && line.costBasis == null;
}

/** Its cost is stated, and in no sum. Where its value is not known either, that is what is said. */
function costsUnconverted({ role, cost, baseCost, missing }: ValuedLine): boolean {
  return role === 'position' && cost !== null && baseCost === null && missing === null;
}

function isOld({ role, line }: ValuedLine, account: ValuedAccount, at: number): boolean {
  const since = (role === 'position' ? line.priceAsOf : null) ?? account.snapshot.capturedAt;
  return at - Date.parse(since) > FRESH_MS;
}
