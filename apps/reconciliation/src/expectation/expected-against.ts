/**
 * What is expected, with the transactions placed that lie on the very border: a date alone of the basis's own day may have come after it, one of
 * the day of the other side may not be in that yet; what happened between a basis and the data that it is of may not be in the basis, nor what
 * is dated a few days before it and came to light only after it. Nearly every trade of a provider that gives dates alone, or tells late, is such
 * a one, as most bases are of the day before.
 *
 * A few of them are taken to lie on the other side where that makes agree every asset that they touch, units and cash alike, and at least one
 * of these did not agree before. Where no choice does, because the cash of the account differs by something else as well, the units of rows at the
 * basis may tell: every security that they touch agrees only so, and no asset is made to differ. Not those of rows at the other side, which
 * tomorrow are none any more. A row that leaves its units or its cash unsaid is never placed.
 *
 * What was placed is handed out with the rest, and the report says so beside each line that it touched: nothing is placed silently. Rows that
 * are not placed are left to the explanations.
 */
import type { Tolerance } from '@tidemark/contracts';
import { dayNumber } from '@tidemark/market';
import { add, isCash, negate } from '@tidemark/money';
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
  /** Taken to lie after the other side; among the pending. While there are any, the basis must not move past them, or they were never asked for again. */
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

/** Days before the basis from which what came to light after it is tried. */
const LATE_DAYS = 7;
/** What was recorded so soon after the basis was captured came with it, and says nothing of having come later. */
const SAME_SYNC_MS = 3_600_000;

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
  return { ...state, quantities, placed, ahead, counted: [...left(state.counted, ahead), ...placed], ambiguous: left(state.ambiguous, placed), late: left(state.late, placed), pending: [...state.pending, ...ahead] };
}

/** A row that may lie on the other side, and what is expected by then more than it is now. */
interface OpenRow {
  readonly move: AccountMove;
  readonly after: 'basis' | 'actual';
  readonly changes: ReadonlyMap<AssetId, Decimal>;
}

function openRows(state: ExpectedState, { basis, until, timeZone }: AgainstInput, sweeps: Sweeps): OpenRow[] {
  const to = borderAt(until, timeZone);
  const said = (move: AccountMove) => movedBy(move, sweeps).whole;
  const known = Date.parse(basis.at) + SAME_SYNC_MS;
  const from = borderAt(basis.at, timeZone);
  const late = state.late.filter(({ recordedAt, date }) => (recordedAt === null || Date.parse(recordedAt) > known) && from.day - dayNumber(date) <= LATE_DAYS);
  const ofBasis = [...state.ambiguous, ...late].filter(said).map((move): OpenRow => ({ move, after: 'basis', changes: movedBy(move, sweeps).changes }));
  const ofActual = state.counted.filter((move) => sideOf(move, to) === 'unclear' && said(move)).map((move): OpenRow => ({ move, after: 'actual', changes: new Map([...movedBy(move, sweeps).changes].map(([asset, change]) => [asset, negate(change)])) }));
  const key = ({ move: { date, transactionId } }: OpenRow) => `${date} ${transactionId}`;
  return [...ofBasis, ...ofActual].filter(({ changes }) => changes.size > 0).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function choose({ quantities }: ExpectedState, open: readonly OpenRow[], input: AgainstInput): readonly OpenRow[] {
  const sides = new Sides(quantities, input);
  for (const rows of choices(touching(open, sides, () => true))) if (agreements(rows, sides).every(({ agrees }) => agrees)) return rows;
  return byUnits(quantities, open.filter(({ after }) => after === 'basis'), input);
}

/** As many as there are: each takes what it moves off what differs. */
function byUnits(quantities: ReadonlyMap<AssetId, Decimal>, open: readonly OpenRow[], input: AgainstInput): readonly OpenRow[] {
  const sides = new Sides(quantities, input);
  for (const rows of choices(touching(open, sides, (asset) => !isCash(asset)))) {
    if (!agreements(rows, sides).every(({ asset, agrees }) => agrees || (isCash(asset) && sides.differ(asset)))) continue;
    const then = new Map(quantities);
    for (const { changes } of rows) for (const [asset, change] of changes) addTo(then, asset, change);
    return [...rows, ...byUnits(then, open.filter((row) => !rows.includes(row)), input)];
  }
  return [];
}

/** The rows that touch an asset that differs, and that is meant. */
function touching(open: readonly OpenRow[], sides: Sides, isMeant: (asset: AssetId) => boolean): OpenRow[] {
  const wrong = new Map<AssetId, boolean>();
  const isWrong = (asset: AssetId) => wrong.get(asset) ?? wrong.set(asset, sides.differ(asset)).get(asset) === true;
  return open.filter(({ changes }) => [...changes.keys()].some((asset) => isMeant(asset) && isWrong(asset)));
}

/** Whether each asset that the rows touch agrees with them. */
function agreements(rows: readonly OpenRow[], sides: Sides): { asset: AssetId; agrees: boolean }[] {
  const sums = new Map<AssetId, Decimal>();
  for (const { changes } of rows) for (const [asset, change] of changes) addTo(sums, asset, change);
  return [...sums].map(([asset, change]) => ({ asset, agrees: !sides.differ(asset, change) }));
}

/** Both sides, and whether they differ in an asset if what is expected of it changes. */
class Sides {
  constructor(
    private readonly expected: ReadonlyMap<AssetId, Decimal>,
    private readonly against: Pick<AgainstInput, 'actual' | 'tolerance'>,
  ) {}

  differ(asset: AssetId, change: Decimal = '0'): boolean {
    const expected = new Map([[asset, add(this.expected.get(asset) ?? '0', change)]]);
    return compare(expected, new Map([[asset, this.against.actual.get(asset) ?? '0']]), this.against.tolerance).some(({ outcome }) => isDiscrepancy(outcome));
  }
}

/** One or two, then all of each border, and all, as on a busy day; then three or four. Of as many those that come first. */
function* choices(rows: readonly OpenRow[]): Generator<readonly OpenRow[]> {
  const tried = rows.slice(0, MOST_TRIED);
  for (const count of [1, 2]) yield* chosenOf(tried, count, 0);
  for (const all of [...(['basis', 'actual'] as const).map((border) => rows.filter(({ after }) => after === border)), rows]) if (all.length > 0) yield all;
  for (let count = 3; count <= Math.min(MOST_AT_ONCE, tried.length); count += 1) yield* chosenOf(tried, count, 0);
}

function* chosenOf(rows: readonly OpenRow[], count: number, from: number): Generator<OpenRow[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= rows.length - count; index += 1) for (const rest of chosenOf(rows, count - 1, index + 1)) yield [rows[index] as OpenRow, ...rest];
}
