/**
 * One account's comparison: what is expected of it against what its provider (or a statement) says it holds, with what may have caused each
 * difference, and what that makes of its discrepancies. Reads as it goes, since most accounts agree and need only the beginning; what is
 * decided is decided by the pure parts.
 */
import type { Basis, Outcome, reconciliationRpc, Tolerance } from '@tidemark/contracts';
import { OUTCOMES } from '@tidemark/contracts';
import { add, subtract } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { compare, isDiscrepancy } from '../comparison/compare.js';
import type { ComparedLine } from '../comparison/compare.js';
import { withStaleness } from '../comparison/staleness.js';
import { accountResult } from '../comparison/status.js';
import { decideDiscrepancies } from '../discrepancy/discrepancy.decide.js';
import type { DiscrepancyDecision, ExplainedLine } from '../discrepancy/discrepancy.decide.js';
import { firstDivergence } from '../divergence/first-divergence.js';
import type { AccountMove } from '../expectation/account-move.js';
import { expectedAgainst } from '../expectation/expected-against.js';
import type { PlacedState } from '../expectation/expected-against.js';
import { newestExpectedAt } from '../expectation/expected-state.js';
import { quantitiesOf, sweepsOf } from '../expectation/stated.js';
import type { Sweeps } from '../expectation/stated.js';
import { explain } from '../explanation/explain.js';
import type { ExplanationInput, OwnAccount } from '../explanation/explanation-input.js';
import { placements } from '../explanation/placed.js';
import type { HeldLine } from '../projections/snapshots/held-line.js';
import { newestSnapshot, snapshotsAfter } from '../projections/snapshots/query.js';
import { basisFrom } from './basis.js';
import type { AccountBasis } from './basis.js';
import type { OwnEvidence } from './kept-evidence.js';
import { acceptedOf, openOf } from './known.js';

/** The other side. */
export interface ActualState {
  readonly source: 'provider' | 'statement';
  /** The instant that its figures are of. */
  readonly at: string;
  /** What was captured until then was captured before it. */
  readonly asOf: string;
  readonly providerAsOf: string | null;
  readonly currency: string | null;
  readonly lines: readonly HeldLine[];
}

export interface ComparisonInput {
  readonly accountId: string;
  readonly timeZone: string;
  readonly duplicateOf: string | null;
  /** Of this run's report. */
  readonly tolerance: Tolerance;
  /** As configured: a run that is asked to be more lenient ends nothing that this still finds, and moves no basis over it. */
  readonly standing: Tolerance;
  readonly basis: AccountBasis;
  readonly actual: ActualState;
  readonly moves: readonly AccountMove[];
  /** Read only where something differs. */
  readonly others: () => Promise<readonly OwnAccount[]>;
}

export interface AccountComparison {
  readonly accountId: string;
  readonly result: 'matched' | 'discrepant' | 'stale';
  readonly source: ActualState['source'];
  readonly basis: Basis;
  readonly actualAt: string;
  readonly lines: readonly reconciliationRpc.ReconciliationLine[];
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly decision: DiscrepancyDecision;
  /** What explanations were looked for in; null where nothing differs. */
  readonly evidence: OwnEvidence | null;
  /** What to compare from next time; null where the basis stays. */
  readonly settles: Settlement | null;
}

/** The snapshot to compare from next time, and what the books have beyond it: the tolerated differences, so that they add up and never vanish. */
export interface Settlement {
  readonly snapshotId: string;
  readonly carried: ReadonlyMap<AssetId, Decimal>;
}

export async function compareAccount(tx: SqlClient, input: ComparisonInput): Promise<AccountComparison> {
  const { accountId, basis, actual, timeZone } = input;
  const sweeps = sweepsOf(basis, actual);
  const accepted = await acceptedOf(tx, accountId, basis.id);
  const held = quantitiesOf(actual, sweeps);
  const expectedWith = (of: ReadonlyMap<AssetId, Decimal>) => expectedAgainst({ basis, moves: input.moves, timeZone, accepted: added(of, accepted.carried), until: actual.at, sweeps, actual: held, tolerance: input.tolerance });
  const accepting = expectedWith(accepted.byPeople);
  const kept = withoutTakenBack(accepted.byPeople, accepting.quantities, held, input.tolerance);
  const state = kept.size === accepted.byPeople.size ? accepting : expectedWith(kept);
  const newest = newestExpectedAt(state, { ...basis, at: basis.freshAt }, timeZone, sweeps);
  const compared = withStaleness(compare(state.quantities, held, input.tolerance), { providerAsOf: actual.providerAsOf, newestExpectedAt: newest });
  const found = { sweeps, state };
  const evidence: OwnEvidence = { accountId, duplicateOf: input.duplicateOf, basis: { kind: basis.kind, id: basis.id, at: basis.at }, state, actual: held, timeZone, until: actual.at, providerAsOf: actual.providerAsOf, sweeps };
  const explained = await explainAll(tx, input, found, evidence, compared);
  const { basis: base } = evidence;
  const overlooked = new Set(compare(state.quantities, held, input.standing).filter(({ outcome }) => isDiscrepancy(outcome)).map(({ asset }) => asset));
  const judged = explained.map((line) => (!isDiscrepancy(line.outcome) && overlooked.has(line.asset) ? { ...line, outcome: 'stale' as const } : line));
  const decision = decideDiscrepancies({ accountId, basis: base, open: await openOf(tx, accountId), lines: judged, acceptances: accepted.times });
  const result = accountResult(compared);
  const ids = new Map([...decision.open, ...decision.explain, ...decision.persist].map(({ asset, id }) => [asset, id]));
  const names = namesOf(basis.lines, actual.lines);
  return {
    accountId, result, source: actual.source, basis: base, actualAt: actual.at, decision,
    lines: explained.map(({ asset, expected, actual: there, difference, allowed, outcome, explanations }) => ({ asset, name: names.get(asset) ?? null, expected, actual: there, difference, allowed, outcome, explanations: [...explanations], discrepancyId: ids.get(asset) ?? null })),
    outcomes: countsOf(explained),
    evidence: result === 'discrepant' ? evidence : null,
    // What is not in the balance yet must be asked for again, from a basis before it.
    settles: result === 'matched' && overlooked.size === 0 && basis.kind === 'snapshot' && state.ahead.length === 0 ? await nextBasis(tx, input, found, held) : null,
  };
}

/** What was accepted, but where the provider itself has gone back to what was expected before: its word does not hold any more. */
function withoutTakenBack(accepted: ReadonlyMap<AssetId, Decimal>, expected: ReadonlyMap<AssetId, Decimal>, held: ReadonlyMap<AssetId, Decimal>, tolerance: Tolerance): ReadonlyMap<AssetId, Decimal> {
  const differs = (asset: AssetId, quantity: Decimal) => compare(new Map([[asset, quantity]]), new Map([[asset, held.get(asset) ?? '0']]), tolerance).some(({ outcome }) => isDiscrepancy(outcome));
  const takenBack = (asset: AssetId, change: Decimal) => differs(asset, expected.get(asset) ?? '0') && !differs(asset, subtract(expected.get(asset) ?? '0', change));
  return new Map([...accepted].filter(([asset, change]) => !takenBack(asset, change)));
}

function added(...maps: readonly ReadonlyMap<AssetId, Decimal>[]): ReadonlyMap<AssetId, Decimal> {
  const total = new Map<AssetId, Decimal>();
  for (const map of maps) for (const [asset, quantity] of map) total.set(asset, add(total.get(asset) ?? '0', quantity));
  return total;
}

interface Found {
  readonly sweeps: Sweeps;
  readonly state: PlacedState;
}

async function explainAll(tx: SqlClient, input: ComparisonInput, found: Found, own: OwnEvidence, compared: readonly ComparedLine[]): Promise<ExplainedLine[]> {
  const quiet = (line: ComparedLine): ExplainedLine => ({ ...line, explanations: placements(line, found.state, found.sweeps), divergence: null });
  if (!compared.some(({ outcome }) => isDiscrepancy(outcome) || outcome === 'stale')) return compared.map(quiet);
  const { accountId, basis, actual, timeZone, tolerance } = input;
  const { sweeps, state } = found;
  const snapshots = (await snapshotsAfter(tx, accountId, basis.at, actual.asOf)).map(({ snapshotId, capturedAt, currency, lines }) => ({ id: snapshotId, at: capturedAt, currency, lines }));
  const evidence: ExplanationInput = { ...own, others: await input.others() };
  return compared.map((line) => {
    if (!isDiscrepancy(line.outcome)) return line.outcome === 'stale' ? { ...quiet(line), explanations: explain(line, evidence) } : quiet(line);
    const divergence = firstDivergence({ basis, snapshots, state, timeZone, tolerance, asset: line.asset, difference: line.difference, sweeps });
    return { ...line, explanations: explain(line, evidence), divergence };
  });
}

/**
 * The newest snapshot from before the fetch, where the books agree from there on too, without what a person accepted of this basis: else what
 * was settled would be seen again as a difference of another period. What was tolerated is carried on.
 */
async function nextBasis(tx: SqlClient, { accountId, basis, actual, moves, timeZone, standing: tolerance }: ComparisonInput, before: Found, held: ReadonlyMap<AssetId, Decimal>): Promise<Settlement | null> {
  const newest = await newestSnapshot(tx, accountId, basis.at, actual.asOf);
  if (newest === null) return null;
  const next = basisFrom(newest);
  const sweeps = sweepsOf(next, actual);
  const there = sweeps.size === 0 ? held : quantitiesOf(actual, sweeps);
  const { quantities } = expectedAgainst({ basis: next, moves, timeZone, accepted: new Map(), until: actual.at, sweeps, actual: there, tolerance });
  if (compare(quantities, there, tolerance).some(({ outcome }) => isDiscrepancy(outcome))) return null;
  const carried = new Map(compare(quantities, before.state.quantities, {}).filter(({ difference }) => difference !== '0').map(({ asset, difference }) => [asset, difference]));
  // What a sweep is counted as differs between the two: what is carried would be in other lines.
  return carried.size > 0 && !sameSweeps(before.sweeps, sweeps) ? null : { snapshotId: next.id, carried };
}

function sameSweeps(a: Sweeps, b: Sweeps): boolean {
  return a.size === b.size && [...a.keys()].every((asset) => b.has(asset));
}

function namesOf(...sides: readonly (readonly HeldLine[])[]): Map<string, string> {
  return new Map(sides.flatMap((lines) => lines.flatMap(({ asset, name, symbol }) => (name ?? symbol) == null ? [] : [[asset, (name ?? symbol) as string] as const])));
}

function countsOf(lines: readonly ComparedLine[]): Partial<Record<Outcome, number>> {
  const counts = Object.fromEntries(OUTCOMES.map((name) => [name, lines.filter(({ outcome }) => outcome === name).length]));
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
