/**
 * The days of one account, from its snapshots, its transactions and prices. Pure: the same input gives the same answer, to the last digit,
 * in whatever order the transactions come.
 *
 * 1. Every asset, cash included, gets a book of what the snapshots state and what the transactions move (`ledger.ts`).
 * 2. Every transaction is put between two snapshots (`sides.ts`), and it is checked whether they agree (`agree.ts`).
 * 3. The units of every book at every close: undone before the first snapshot, played forward after each (`path.ts`).
 * 4. Units × the newest price, summed by currency (`value-book.ts`, `prices.ts`, `sums.ts`), and what they were bought for (`basis.ts`).
 * 5. Where a day comes from, how far it can be relied on, and why not further (`periods.ts`, `quality.ts`).
 *
 * The close of a day that has a snapshot is the day's last snapshot, brought to the close by what is known to have followed it that day.
 */
import { exact } from '@tidemark/money';
import { isOpeningDoubtful, settle } from './agree.js';
import { basisOf, statedBases } from './basis.js';
import type { Book } from './book.js';
import { unitsOf } from './book.js';
import { sumBases } from './day-basis.js';
import { directionOf, flowsBetween, flowsOf } from './flows.js';
import { differencesBetween, forwardDifferences } from './invariant.js';
import { openLedger } from './ledger.js';
import type { Ledger } from './ledger.js';
import type { AccountDay, CurrencyAmount, DayNumber, ExternalFlow, ReconstructionInput, ReconstructionResult } from './model.js';
import { pathOf } from './path.js';
import { markPeriods, withoutTransactions } from './periods.js';
import { PriceWalk, suppliedPrices } from './prices.js';
import { Marks, SCORE } from './quality.js';
import { stored } from './ratio.js';
import { newReader } from './reading.js';
import { place, timelineOf } from './sides.js';
import type { Timeline } from './sides.js';
import { Sums } from './sums.js';
import { addCash, addSecurity } from './value-book.js';
import type { Days, Shown } from './value-book.js';
import { splitsOf } from './shown-splits.js';

export function reconstruct(input: ReconstructionInput): ReconstructionResult {
  const timeline = timelineOf(input.snapshots);
  const opened = timeline.days[0];
  if (opened === undefined) return { days: [], flows: [], reasons: [], adjustments: [], unknown: [], unpriced: [], invariant: { holds: true, differences: [] } };
  const read = newReader();
  const ledger = openLedger(input, read);
  for (const effect of ledger.effects) place(effect, timeline);
  const agreed = settle(ledger, timeline);
  const shown = show(ledger, timeline, agreed, statedBases(input.snapshots, read));
  const forward = forwardDifferences(shown, input.snapshots, instantOf(input.from));
  const omitted = ledger.omissions.some(({ date, code, reach }) => code !== 'pending_transaction' && reach === null && date <= opened);
  const opens = !omitted && forward.length === 0 && !isOpeningDoubtful(ledger.books, agreed);
  const proven = agreed.map((agrees, segment) => agrees && (segment > 0 || opens));
  const first = withoutTransactions(input) ? Math.max(input.from, opened) : input.from;
  const supplied = suppliedPrices(input, read);
  const days = openDays(first, Math.max(input.to - first + 1, 0));
  const origins = markPeriods({ input, ledger, timeline, proven, first, marks: days.marks });
  for (const each of shown) {
    if (each.book.cash) addCash(each, days);
    else addSecurity(each, new PriceWalk(input.closesOf(each.book.asset), supplied.get(each.book.asset) ?? []), days);
  }
  const prices = { closesOf: input.closesOf, supplied, splits: new Map(shown.map(({ book, splits }) => [book, splits])) };
  const flows = withoutTransactions(input) ? flowsBetween(ledger.books, timeline.days, prices, first, input.to) : flowsOf(ledger.effects, ledger.omissions, prices, first, input.to);
  const differences = [...forward, ...(withoutTransactions(input) ? [] : differencesBetween(ledger.books, input.snapshots, agreed))];
  return {
    days: written(days, shown, flows, origins, input),
    flows,
    reasons: days.marks.reasons,
    adjustments: shown.flatMap(({ book, path: { missing } }) => (missing === null ? [] : [{ asset: book.asset, day: missing.day, quantity: stored(unitsOf(book, missing.units)), reason: MISSING }])),
    unknown: [...new Set(ledger.omissions.filter(({ code, reach }) => code !== 'pending_transaction' && reach === null).map(({ transaction }) => transaction.transactionId))],
    unpriced: days.unpriced,
    invariant: { holds: differences.length === 0, differences },
  };
}

const MISSING = 'Undoing the transactions of this day would leave less than nothing: earlier or later transactions are missing.';

function openDays(from: DayNumber, length: number): Days {
  return { from, length, value: new Sums(length), cash: new Sums(length), marks: new Marks(length), securities: new Int32Array(length), lacking: new Uint8Array(length), unpriced: [] };
}

function instantOf(day: DayNumber): string {
  return new Date(day * 86_400_000).toISOString();
}

function show({ books }: Ledger, timeline: Timeline, agreed: readonly boolean[], stated: ReturnType<typeof statedBases>): Shown[] {
  const none = timeline.days.map(() => null);
  return books.map((book: Book) => {
    const path = pathOf(book, timeline, (segment) => agreed[segment] === true);
    const basis = book.cash ? [] : basisOf(book, path, stated.get(book.asset) ?? none, timeline.days, (segment) => agreed[segment] === true);
    return { book, path, basis, ...splitsOf(book, path, agreed, timeline) };
  });
}

/** The days as they are stored. */
function written(days: Days, shown: readonly Shown[], flows: readonly ExternalFlow[], origins: readonly AccountDay['origin'][], { currency }: ReconstructionInput): AccountDay[] {
  const { from, length, marks, securities, lacking } = days;
  const crossed = crossings(flows, days);
  const bases = sumBases(shown, days);
  const [values, cash] = [days.value.written(), days.cash.written()];
  const nothing: CurrencyAmount[] = [{ currency, amount: '0' }];
  return Array.from({ length }, (_, index) => {
    const [value, money] = [values[index] as CurrencyAmount[], cash[index] as CurrencyAmount[]];
    const { inflow, outflow } = crossed(index);
    return {
      day: from + index,
      value: value.length === 0 && lacking[index] === 0 ? nothing : value,
      cash: money.length === 0 ? nothing : money,
      costBasis: bases[index] ?? null,
      inflow,
      outflow,
      securities: securities[index] as number,
      origin: origins[index] as AccountDay['origin'],
      quality: marks.qualityAt(index),
      reasons: marks.reasonsAt(index),
      complete: lacking[index] === 0,
    };
  });
}

const NO_FLOWS = { inflow: [], outflow: [] };

/** In- and outflows of the days, with a mark where one is unknown. */
function crossings(flows: readonly ExternalFlow[], { from, length, marks }: Days): (index: number) => Pick<AccountDay, 'inflow' | 'outflow'> {
  const [into, out] = [new Sums(length), new Sums(length)];
  const unknown = new Map<number, { in: boolean; out: boolean }>();
  const touched = new Set<number>();
  for (const flow of flows) {
    const index = flow.day - from;
    const direction = directionOf(flow);
    touched.add(index);
    if (flow.amount === null || flow.currency === null) {
      const before = unknown.get(index);
      unknown.set(index, { in: before?.in === true || direction !== -1, out: before?.out === true || direction !== 1 });
      marks.lowerDays(index, index, SCORE.flow, marks.reason('flow_value_missing', 'The value of what crossed the border of the account is not known.'));
    } else if (direction === 1) into.addExact(flow.currency, index, exact(flow.amount));
    else if (direction === -1) out.addExact(flow.currency, index, exact(flow.amount.slice(1)));
  }
  if (touched.size === 0) return () => NO_FLOWS;
  const [ins, outs] = [into.written(), out.written()];
  return (index) => (touched.has(index) ? { inflow: unknown.get(index)?.in === true ? null : (ins[index] ?? []), outflow: unknown.get(index)?.out === true ? null : (outs[index] ?? []) } : NO_FLOWS);
}
