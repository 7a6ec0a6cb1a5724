/**
 * What an account should hold: what its basis states, and what happened since. Exact, and a function of its arguments alone.
 *
 * A transaction counts when it lies after the basis and not after `until`. What may or may not be in the basis (a date alone, of the basis's
 * own day; see expected-against.ts for what becomes of it), is pending, is dated ahead, came to light only after the basis, was taken back, or is not understood, never counts silently: it is
 * handed out apart, for explanations to try. One that says its units and not its cash moves the units, and is among the unknown as well.
 */
import type { AssetId, Decimal } from '@tidemark/money';
import type { Basis } from '@tidemark/contracts';
import { movedBy } from './account-move.js';
import type { AccountMove } from './account-move.js';
import { borderAt, earliestOf, sideOf } from './side.js';
import type { Border } from './side.js';
import { addTo, NO_SWEEPS, quantitiesOf } from './stated.js';
import type { Held, Sweeps } from './stated.js';
import { understoodMoves } from './understood.js';
import type { SidedMove } from './understood.js';

export interface BasisState extends Basis, Held {
  /** Since when its figures are the provider's, where that is before it was captured: what happened in between may or may not be in it. */
  readonly freshAt?: string;
}

export interface ExpectationInput {
  readonly basis: BasisState;
  readonly moves: readonly AccountMove[];
  /** IANA, of the account's market. */
  readonly timeZone: string;
  /** What a person accepted of this basis: added to what is expected. */
  readonly accepted: ReadonlyMap<AssetId, Decimal>;
  /** The instant that the other side is of. */
  readonly until: string;
  /** Of both sides (`sweepsOf`). */
  readonly sweeps?: Sweeps;
}

export interface ExpectedState {
  readonly quantities: ReadonlyMap<AssetId, Decimal>;
  readonly counted: readonly AccountMove[];
  /** May or may not be in the basis: dates alone of its own day, and what happened between its data and its capture. */
  readonly ambiguous: readonly AccountMove[];
  /** Pending, or dated after `until`. */
  readonly pending: readonly AccountMove[];
  /** Since the basis, but what it is or moves is unsaid. */
  readonly unknown: readonly AccountMove[];
  /** Dated before the basis and recorded after it. */
  readonly late: readonly AccountMove[];
  /** Dated before the basis and taken back after it: the basis may hold them. */
  readonly withdrawn: readonly AccountMove[];
}

export function expectedState({ basis, moves, timeZone, accepted, until, sweeps = NO_SWEEPS }: ExpectationInput): ExpectedState {
  const quantities = quantitiesOf(basis, sweeps);
  for (const [asset, change] of accepted) addTo(quantities, asset, change);
  const from = borderAt(basis.at, timeZone);
  const fresh = basis.freshAt !== undefined && Date.parse(basis.freshAt) < from.ms ? borderAt(basis.freshAt, timeZone) : from;
  const to = borderAt(until, timeZone);
  const { counted = [], ambiguous = [], pending = [], unknown = [], late = [], withdrawn = [] } = Object.groupBy(understoodMoves(moves, { fresh, at: from }), (sided) => partOf(sided, from, to));
  const unsaid: AccountMove[] = [];
  for (const { move } of counted) {
    const { changes, whole } = movedBy(move, sweeps);
    for (const [asset, change] of changes) addTo(quantities, asset, change);
    if (!whole) unsaid.push(move);
  }
  const plain = (sided: readonly SidedMove[]) => sided.map(({ move }) => move);
  return { quantities, counted: plain(counted), ambiguous: plain(ambiguous), pending: plain(pending), unknown: [...plain(unknown), ...unsaid], late: plain(late), withdrawn: plain(withdrawn) };
}

type Part = 'counted' | 'ambiguous' | 'pending' | 'unknown' | 'late' | 'withdrawn' | 'settled';

function partOf({ move, side }: SidedMove, from: Border, to: Border): Part {
  if (move.withdrawnAt != null) return side !== 'after' && Date.parse(move.withdrawnAt) > from.ms ? 'withdrawn' : 'settled';
  if (move.pending) return 'pending';
  if (side === 'before') return move.recordedAt === null || Date.parse(move.recordedAt) > from.ms ? 'late' : 'settled';
  if (sideOf(move, to) === 'after') return 'pending';
  if (move.kind === 'unknown' || move.kind === 'cancel') return 'unknown';
  return side === 'unclear' ? 'ambiguous' : 'counted';
}

/** The newest instant that what is expected of an asset is of: of the basis, or of what moved this asset since, as early as it can have been. */
export function newestExpectedAt(state: ExpectedState, basis: Basis, timeZone: string, sweeps: Sweeps = NO_SWEEPS): (asset: AssetId) => string {
  const newest = new Map<AssetId, number>();
  for (const move of state.counted) {
    const ms = earliestOf(move, timeZone);
    for (const asset of movedBy(move, sweeps).changes.keys()) newest.set(asset, Math.max(newest.get(asset) ?? -Infinity, ms));
  }
  const start = Date.parse(basis.at);
  return (asset) => new Date(Math.max(start, newest.get(asset) ?? start)).toISOString();
}
