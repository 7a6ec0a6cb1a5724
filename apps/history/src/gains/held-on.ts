/**
 * What an account held at the close of an earlier day, line by line, as its newest snapshot tells what it holds now. Pure.
 *
 * The newest snapshot at or before that close says it, with the steps that followed it that far. Without one it is the newest snapshot of
 * all with every step since undone (the lots that are left then), as far as the account's history reaches. What neither can tell is no line:
 * it is named, and there is no sum. A cost that a snapshot states stands as long as nothing of the asset moves between it and the day.
 */
import type { BalanceLine, historyRpc } from '@tidemark/contracts';
import { closeOf, dayNumber } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import { isCash } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { HeldAccount } from '../allocation/held-lines.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';
import { compared, minus, plus, ratio, sign, stored, times, total } from './amount.js';
import type { Books } from './books.js';
import { unitsIn } from './lot.js';
import { isAfter } from './opening.js';
import type { AccountRecord, Step } from './step.js';

type Reason = historyRpc.HistoryReason;

export interface HeldThen {
  readonly record: AccountRecord;
  /** As it is now; its lines say what a unit is. */
  readonly now: HeldAccount;
  /** Its newest snapshot at or before the close of the day, and the market day of that. */
  readonly snapshot: { readonly capturedAt: string; readonly day: Day; readonly currency: string; readonly lines: readonly BalanceLine[] } | null;
  /** Why nothing is known of the day without a snapshot before it; null where the account's history reaches it. */
  readonly beyond: Pick<Reason, 'code' | 'detail'> | null;
}

/** @param books after the steps until `on` @param steps of all accounts, in order */
export function heldOn(then: HeldThen, books: Books, steps: readonly Step[], on: Day): { readonly held: HeldAccount; readonly unknown: readonly Reason[] } {
  const { record, now, snapshot, beyond } = then;
  const { accountId } = record;
  if (snapshot === null && beyond !== null) return { held: { ...now, snapshot: null }, unknown: [{ ...beyond, accountId, from: on, to: on }] };
  const own = Map.groupBy(steps.filter((step) => step.accountId === accountId), ({ asset }) => asset);
  const assets = new Set([...(snapshot?.lines.map(({ asset }) => asset) ?? []), ...own.keys(), ...(record.held?.units.keys() ?? [])]);
  const told = [...assets].filter((asset) => !isCash(asset)).map((asset) => linesOn(then, books, own.get(asset) ?? [], asset, on));
  const capturedAt = snapshot?.capturedAt ?? closeOf(on);
  const currency = snapshot?.currency ?? now.snapshot?.currency ?? 'USD';
  return { held: { ...now, snapshot: { capturedAt, currency, lines: told.flatMap(({ lines }) => lines) } }, unknown: told.flatMap(({ unknown }) => unknown) };
}

interface Told {
  readonly lines: readonly BalanceLine[];
  readonly unknown: readonly Reason[];
}

function linesOn(then: HeldThen, books: Books, steps: readonly Step[], asset: AssetId, on: Day): Told {
  const { record: { accountId }, snapshot } = then;
  const at = { accountId, asset, from: on, to: on };
  const lines = snapshot?.lines.filter((line) => line.asset === asset) ?? [];
  if (lines.some((line) => line.countedAsCash === true)) return { lines, unknown: [] };
  if (movedUnseen(then, asset, on)) return { lines: [], unknown: [{ code: 'units_effect_unknown', detail: `How many units of ${asset} were held then is not known: a transaction does not tell how many it moved.`, ...at }] };
  if (snapshot === null) {
    if (books.unsure.has(`${accountId} ${asset}`)) return { lines: [], unknown: [{ code: 'discrepancy', detail: `How many units of ${asset} were held then is not known: more came in than is held.`, ...at }] };
    const units = left(books, accountId, asset);
    return { lines: sign(units) === 0 ? [] : (asStated(then, books, steps, asset, on, units) ?? [lineOf(then, asset, units, null)]), unknown: [] };
  }
  const since = steps.filter((step) => step.date <= on && isAfter(step, snapshot));
  const { units, moved } = sinceSnapshot(lines, since, steps.filter((step) => step.date <= on && step.date === snapshot.day && step.at === null), left(books, accountId, asset));
  if (!moved) return { lines, unknown: [] };
  if (sign(units) === 0) return { lines: [], unknown: [] };
  // A price of before a split is one of other units.
  return { lines: [lineOf(then, asset, units, since.some(({ split }) => split !== null) ? null : (lines[0] ?? null))], unknown: [] };
}

/** The newest lines of the asset without their prices, which are later: what they state that it cost stands where nothing of it has moved since. Null where something has, or the lots know. */
function asStated({ record: { accountId }, now }: HeldThen, books: Books, steps: readonly Step[], asset: AssetId, on: Day, units: Ratio): BalanceLine[] | null {
  const { longs, shorts } = books.position(accountId, asset);
  if ([...longs, ...shorts].every(({ basis }) => basis !== null) || steps.some(({ date }) => date > on)) return null;
  const lines = now.snapshot?.lines.filter((line) => line.asset === asset) ?? [];
  if (compared(total(lines.map(({ quantity }) => ratio(quantity))), units) !== 0) return null;
  return lines.map(({ price: _price, priceAsOf: _priceAsOf, ...line }) => line);
}

/** Of the snapshot's own day it is not always told which side of it a row is on: the side that the lots agree with. */
function sinceSnapshot(lines: readonly BalanceLine[], since: readonly Step[], sameDay: readonly Step[], lots: Ratio): { units: Ratio; moved: boolean } {
  const captured = total(lines.map(({ quantity }) => ratio(quantity)));
  const units = played(captured, since);
  if (sameDay.length === 0 || compared(units, lots) === 0) return { units, moved: since.length > 0 };
  const other = played(captured, [...sameDay, ...since]);
  return compared(other, lots) === 0 ? { units: other, moved: true } : { units, moved: since.length > 0 };
}

function played(units: Ratio, steps: readonly Step[]): Ratio {
  return steps.reduce((sum, step) => (step.split?.factor ? times(sum, step.split.factor) : plus(sum, step.units)), units);
}

function left(books: Books, accountId: string, asset: AssetId): Ratio {
  const { longs, shorts } = books.position(accountId, asset);
  return minus(longs.length > 0 ? unitsIn(longs) : NOTHING, shorts.length > 0 ? unitsIn(shorts) : NOTHING);
}

/** A row without units between the day and the snapshot that it is told from. */
function movedUnseen({ record, snapshot }: HeldThen, asset: AssetId, on: Day): boolean {
  const between = (date: Day) => (snapshot === null ? dayNumber(date) > dayNumber(on) : date > snapshot.day && date <= on);
  return record.transactions.some((row) => row.asset === asset && row.units === null && !row.pending && row.kind !== 'cancel' && row.kind !== 'unknown' && between(row.date));
}

/** What a unit is, the newest line of the asset says; what it cost, the lots. @param priced a line whose price is of these units */
function lineOf({ now }: HeldThen, asset: AssetId, units: Ratio, priced: BalanceLine | null): BalanceLine {
  const known = priced ?? now.snapshot?.lines.find((line) => line.asset === asset);
  const { price: _price, priceAsOf: _priceAsOf, costBasis: _costBasis, ...what } = known ?? { asset };
  const price = priced?.price == null ? {} : { price: priced.price, ...(priced.priceAsOf == null ? {} : { priceAsOf: priced.priceAsOf }) };
  return { ...what, ...price, asset, quantity: stored(units) };
}
