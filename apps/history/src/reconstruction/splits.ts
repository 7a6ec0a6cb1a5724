/**
 * A split divides the units of before it, once an account and asset, however often it is reported: in two rows, or by a row and by the
 * issuer. The issuer's day is the one that counts, because on it the closes change their unit; the account's row says how many units
 * moved. A stock dividend at the time of a listed split is that split. What the account never reported but held units over is applied by
 * the issuer's ratio, if it is one that splits have: price sources list spin-offs as splits of 1253:1000, which move no units.
 */
import { exact, scaled } from '@tidemark/money';
import type { AssetId, Exact } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import { dayNumberOf } from './days.js';
import { addMove, bookOf, enterCash, movedBook, newEffect, omit } from './entries.js';
import type { Opening } from './entries.js';
import type { DayNumber, PreparedCloses, ReconstructionInput } from './model.js';
import { reduced } from './ratio.js';

/** A row and the issuer's date, or two rows, this near are one split. */
const NEAR = 7;

/** Rows of one split. */
interface Group {
  readonly rows: NormalisedTransaction[];
  readonly first: DayNumber;
  last: DayNumber;
}

export function bookSplits(opening: Opening, rows: readonly NormalisedTransaction[], { closesOf, from, to }: ReconstructionInput): void {
  const earliest = Math.min(from, ...opening.effects.map(({ date }) => date));
  const byAsset = new Map<AssetId, NormalisedTransaction[]>();
  for (const row of rows) {
    const asset = row.asset as AssetId;
    movedBook(opening, asset, row);
    const list = byAsset.get(asset);
    if (list) list.push(row);
    else byAsset.set(asset, [row]);
  }
  for (const asset of [...opening.books.keys()]) {
    const issuer = asset.startsWith('currency:') ? [] : (closesOf(asset)?.splits ?? []);
    const groups = groupsOf(byAsset.get(asset) ?? []);
    if (groups.length > 0 || issuer.length > 0) bookAsset(opening, asset, groups, issuer.filter(({ day }) => day > earliest && day <= to));
  }
}

function bookAsset(opening: Opening, asset: AssetId, groups: readonly Group[], issuer: PreparedCloses['splits']): void {
  const open = new Set(groups);
  for (const split of issuer) {
    const group = nearest(open, split.day);
    const [numerator, denominator] = whole(exact(split.numerator), exact(split.denominator));
    if (numerator <= 0n || denominator <= 0n || (group === null && !isPlausible(numerator, denominator))) continue;
    if (group !== null) open.delete(group);
    const effect = newEffect(group?.rows[0] ?? null, split.day, Math.max(split.day, group?.last ?? split.day), null);
    addMove(effect, bookOf(opening, asset), group === null ? null : changeOf(group.rows), { numerator, denominator, reported: group !== null, applies: true });
    for (const row of group?.rows ?? []) enterCash(opening, effect, row);
    opening.effects.push(effect);
  }
  for (const group of open) bookRows(opening, asset, group);
}

/** A split that the price source does not know of: the units that the account reports are all there is. */
function bookRows(opening: Opening, asset: AssetId, { rows, first, last }: Group): void {
  const change = changeOf(rows);
  const row = rows[0] as NormalisedTransaction;
  const effect = newEffect(row, first, last, null);
  if (change === null) omit(opening, row, 'units_effect_unknown');
  else addMove(effect, bookOf(opening, asset), change);
  for (const each of rows) enterCash(opening, effect, each);
  opening.effects.push(effect);
}

function groupsOf(rows: readonly NormalisedTransaction[]): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const day = dayNumberOf(row.date);
    const group = groups.at(-1);
    if (group && day - group.last <= NEAR) {
      group.rows.push(row);
      group.last = day;
    } else groups.push({ rows: [row], first: day, last: day });
  }
  return groups;
}

function nearest(groups: ReadonlySet<Group>, day: DayNumber): Group | null {
  const distance = ({ first, last }: Group) => (day < first ? first - day : day > last ? day - last : 0);
  return [...groups].filter((group) => distance(group) <= NEAR).sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

/** Rows that say the same are one; the old units out and the new ones in are two halves of it. */
function changeOf(rows: readonly NormalisedTransaction[]): Exact | null {
  const changes = new Map<string, Exact>();
  for (const { units } of rows) if (units !== null) changes.set(units, exact(units));
  if (changes.size === 0) return null;
  const scale = Math.max(...[...changes.values()].map((change) => change.scale));
  return { digits: [...changes.values()].reduce((total, change) => total + scaled(change, scale), 0n), scale };
}

/** In lowest terms, so that a book's denominator stays short. */
function whole(numerator: Exact, denominator: Exact): [bigint, bigint] {
  const scale = Math.max(numerator.scale, denominator.scale);
  const { n, d } = reduced({ n: scaled(numerator, scale), d: scaled(denominator, scale) });
  return [n, d];
}

/** 2:1, 3:2, 21:20, 1:250; the smaller side is small. */
const SMALL = 20n;

function isPlausible(numerator: bigint, denominator: bigint): boolean {
  return (numerator < denominator ? numerator : denominator) <= SMALL;
}

/** Whether the row may report a split: it says so, or it is a stock dividend when the issuer's split is due. */
export function reportsSplit({ kind, asset, pending, date }: NormalisedTransaction, closesOf: ReconstructionInput['closesOf']): boolean {
  if (asset === null || asset.startsWith('currency:') || pending) return false;
  if (kind !== 'stock_dividend') return kind === 'split';
  const day = dayNumberOf(date);
  return closesOf(asset)?.splits.some((split) => Math.abs(split.day - day) <= NEAR) === true;
}
