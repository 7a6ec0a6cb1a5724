/**
 * What a run's lines make of an account's discrepancies: which begin, which go on, and which end. Pure; the lines are of a finished
 * comparison against one basis, and an asset that they do not name is on neither side.
 *
 * One ends only by a word about its own asset: `matched` where it agrees over the same period, `superseded` where the difference is of another
 * kind now or is counted from another basis. A stale line says nothing. Nothing that is open is ever dropped.
 */
import type { Basis, DiscrepancyKind, Divergence, Explanation, Outcome, RESOLUTIONS } from '@tidemark/contracts';
import { canonicalJson } from '@tidemark/kernel';
import type { AssetId, Decimal } from '@tidemark/money';
import { isDiscrepancy } from '../comparison/compare.js';
import type { ComparedLine } from '../comparison/compare.js';
import { discrepancyId } from './identity.js';

export type Resolution = (typeof RESOLUTIONS)[number];

/** A line with what may have caused it. */
export interface ExplainedLine extends ComparedLine {
  readonly explanations: readonly Explanation[];
  readonly divergence: Divergence | null;
}

/** A discrepancy as it is last known. */
export interface KnownDiscrepancy {
  readonly id: string;
  readonly asset: AssetId;
  readonly kind: DiscrepancyKind;
  readonly basis: Basis;
  readonly expected: Decimal;
  readonly actual: Decimal;
  readonly difference: Decimal;
  readonly divergence: Divergence | null;
  readonly explanations: readonly Explanation[];
}

export interface Ending {
  readonly discrepancy: KnownDiscrepancy;
  readonly resolution: Resolution;
}

export interface DiscrepancyDecision {
  /** Begin now, or again. */
  readonly open: readonly KnownDiscrepancy[];
  /** Go on with other figures, or with another explanation: as they are now. */
  readonly explain: readonly KnownDiscrepancy[];
  /** Go on as they were. */
  readonly persist: readonly KnownDiscrepancy[];
  readonly resolve: readonly Ending[];
}

export interface DiscrepancyInput {
  readonly accountId: string;
  readonly basis: Basis;
  /** Every open one of the account. */
  readonly open: readonly KnownDiscrepancy[];
  readonly lines: readonly ExplainedLine[];
  /** By asset, how often a person has accepted something of this basis. */
  readonly acceptances?: ReadonlyMap<AssetId, number>;
}

export function decideDiscrepancies({ accountId, basis, open, lines, acceptances = new Map() }: DiscrepancyInput): DiscrepancyDecision {
  const known = new Map(open.map((one) => [one.id, one]));
  const seen = lines.filter((line) => isDiscrepancy(line.outcome)).map((line) => seenAs(accountId, basis, line, acceptances.get(line.asset) ?? 0));
  const outcomes = new Map(lines.map(({ asset, outcome }) => [asset, outcome]));
  const ids = new Set(seen.map(({ id }) => id));
  const { begun = [], changed = [], same = [] } = Object.groupBy(seen, (one) => (known.has(one.id) ? (isSame(known.get(one.id), one) ? 'same' : 'changed') : 'begun'));
  return {
    open: begun,
    explain: changed,
    persist: same,
    resolve: open.filter(({ id }) => !ids.has(id)).flatMap((one) => {
      const resolution = endOf(one, outcomes.get(one.asset) ?? 'matched', basis);
      return resolution === null ? [] : [{ discrepancy: one, resolution }];
    }),
  };
}

/** Of an account that nothing is left to compare of. */
export function endAll(open: readonly KnownDiscrepancy[]): Ending[] {
  return open.map((discrepancy) => ({ discrepancy, resolution: 'account_gone' }));
}

/** Not seen under its own identity any more. @returns null where that says nothing */
function endOf(one: KnownDiscrepancy, outcome: Outcome, basis: Basis): Resolution | null {
  if (outcome === 'stale') return null;
  return isDiscrepancy(outcome) || one.basis.id !== basis.id ? 'superseded' : 'matched';
}

function seenAs(accountId: string, basis: Basis, { asset, outcome, expected, actual, difference, divergence, explanations }: ExplainedLine, acceptances: number): KnownDiscrepancy {
  const kind = outcome as DiscrepancyKind;
  return { id: discrepancyId(accountId, asset, kind, basis, acceptances === 0 ? '' : String(acceptances)), asset, kind, basis: { kind: basis.kind, id: basis.id, at: basis.at }, expected, actual, difference, divergence, explanations };
}

function isSame(before: KnownDiscrepancy | undefined, now: KnownDiscrepancy): boolean {
  return before !== undefined && said(before) === said(now);
}

/** Everything that is told of a difference, in one order of keys. */
function said({ expected, actual, difference, divergence, explanations }: KnownDiscrepancy): string {
  return canonicalJson([expected, actual, difference, divergence, explanations]);
}
