/**
 * What is expected, with the transactions placed that lie on the very border: a date alone of the basis's own day may have come after it, one of
 * the day of the other side may not be in that yet, and what happened between a basis and the data that it is of may not be in the basis.
 * Nearly every trade of a provider that gives dates alone is such a one, as most bases are of the day before.
 *
 * A few of them are taken to lie on the other side where that makes agree every asset that they touch, units and cash alike, and at least one
 * of these did not agree before. So a trade is never placed for one of its legs, nor a row that leaves one unsaid. What was placed is handed out with the rest, and the report says so
 * beside each line that it touched: nothing is placed silently. Where no choice makes all legs agree, nothing is placed, and the rows are left
 * to the explanations.
 */
import type { Tolerance } from '@tidemark/contracts';
import { negate } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { compare, isDiscrepancy } from '../comparison/compare.js';
import { movedBy } from './account-move.js';
import type { AccountMove } from './account-move.js';
import { expectedState } from './expected-state.js';
import type { ExpectationInput, ExpectedState } from './expected-state.js';
import { borderAt, sideOf } from './side.js';
import { addTo, NO_SWEEPS } from './stated.js';
import type { Sweeps } from './stated.js';

export interface PlacedState extends ExpectedState {
  /** Taken to lie after the basis; among the counted. */
  readonly placed: readonly AccountMove[];
  /** Taken to lie after the other side; among the pending. */
  readonly ahead: readonly AccountMove[];
}

export interface AgainstInput extends ExpectationInput {
  /** What the other side states. */
  readonly actual: ReadonlyMap<AssetId, Decimal>;
  readonly tolerance: Tolerance;
}

/** Rows that are tried, and how many at once, besides all of them. */
const MOST_TRIED = 12;
const MOST_AT_ONCE = 4;

export function expectedAgainst(input: AgainstInput): PlacedState {
  const state = expectedState(input);
  const { sweeps = NO_SWEEPS } = input;
  const chosen = choose(state, openRows(state, input, sweeps), input);
  if (chosen.length === 0) return { ...state, placed: [], ahead: [] };
  const quantities = new Map(state.quantities);
  for (const { changes } of chosen) for (const [asset, change] of changes) addTo(quantities, asset, change);
  const placed = chosen.filter(({ after }) => after === 'basis').map(({ move }) => move);
  const ahead = chosen.filter(({ after }) => after === 'actual').map(({ move }) => move);
  const left = (moves: readonly AccountMove[], gone: readonly AccountMove[]) => moves.filter((move) => !gone.includes(move));
  return { ...state, quantities, placed, ahead, counted: [...left(state.counted, ahead), ...placed], ambiguous: left(state.ambiguous, placed), pending: [...state.pending, ...ahead] };
}

/** A row that may lie on the other side, and what is expected by then more than it is now. */
interface OpenRow {
  readonly move: AccountMove;
  readonly after: 'basis' | 'actual';
  readonly changes: ReadonlyMap<AssetId, Decimal>;
}

function openRows(state: ExpectedState, { until, timeZone }: AgainstInput, sweeps: Sweeps): OpenRow[] {
  const to = borderAt(until, timeZone);
  const said = (move: AccountMove) => movedBy(move, sweeps).whole;
  const ofBasis = state.ambiguous.filter(said).map((move): OpenRow => ({ move, after: 'basis', changes: movedBy(move, sweeps).changes }));
  const ofActual = state.counted.filter((move) => sideOf(move, to) === 'unclear' && said(move)).map((move): OpenRow => ({ move, after: 'actual', changes: new Map([...movedBy(move, sweeps).changes].map(([asset, change]) => [asset, negate(change)])) }));
  const key = ({ move: { date, transactionId } }: OpenRow) => `${date} ${transactionId}`;
  return [...ofBasis, ...ofActual].filter(({ changes }) => changes.size > 0).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function choose({ quantities }: ExpectedState, open: readonly OpenRow[], { actual, tolerance }: AgainstInput): readonly OpenRow[] {
  const differs = (asset: AssetId, expected: Decimal) => compare(new Map([[asset, expected]]), new Map([[asset, actual.get(asset) ?? '0']]), tolerance).some(({ outcome }) => isDiscrepancy(outcome));
  const touched = [...new Set(open.flatMap(({ changes }) => [...changes.keys()]))];
  const wrong = new Set(touched.filter((asset) => differs(asset, quantities.get(asset) ?? '0')));
  if (wrong.size === 0) return [];
  const near = open.filter(({ changes }) => [...changes.keys()].some((asset) => wrong.has(asset)));
  for (const rows of choices(near)) {
    const sums = new Map<AssetId, Decimal>();
    for (const { changes } of rows) for (const [asset, change] of changes) addTo(sums, asset, change);
    const moved = [...sums.keys()];
    if (moved.some((asset) => wrong.has(asset)) && moved.every((asset) => !differs(asset, withChange(quantities, sums, asset)))) return rows;
  }
  return [];
}

function withChange(quantities: ReadonlyMap<AssetId, Decimal>, sums: ReadonlyMap<AssetId, Decimal>, asset: AssetId): Decimal {
  const both = new Map([[asset, quantities.get(asset) ?? '0']]);
  addTo(both, asset, sums.get(asset) ?? '0');
  return both.get(asset) ?? '0';
}

/** One or two, then all of each border, and all, as on a busy day; then three or four. Of as many those that come first. */
function* choices(rows: readonly OpenRow[]): Generator<readonly OpenRow[]> {
  const tried = rows.slice(0, MOST_TRIED);
  for (const count of [1, 2]) yield* chosenOf(tried, count, 0);
  for (const border of ['basis', 'actual'] as const) yield rows.filter(({ after }) => after === border);
  yield rows;
  for (let count = 3; count <= Math.min(MOST_AT_ONCE, tried.length); count += 1) yield* chosenOf(tried, count, 0);
}

function* chosenOf(rows: readonly OpenRow[], count: number, from: number): Generator<OpenRow[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= rows.length - count; index += 1) for (const rest of chosenOf(rows, count - 1, index + 1)) yield [rows[index] as OpenRow, ...rest];
}
