/**
 * Transactions of all accounts → steps in the order in which they are taken. Within a day a split comes first (it is in force when the
 * market opens), purchases before sales, what is handed over before what receives it; where every row of an asset's day names its
 * instant and none is handed over, the instants decide. Pure.
 */
import { dayNumber } from '@tidemark/market';
import { isCash } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import { over, ratio, sign, total } from './amount.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';
import { handovers } from './handover.js';
import type { AccountRecord, Handover, IssuerSplit, Step } from './step.js';

/** A row and the issuer's date, or two rows, this near are one split. */
const NEAR = 7;
const RANK = { split: 0, comes: 1, gives: 2, gets: 3, goes: 4, after: 5 } as const;
/** Never in the books of gains. */
const LEFT_OUT = new Set(['cancel', 'unknown']);

export type SplitsOf = (asset: AssetId) => readonly IssuerSplit[];

export function timeline(accounts: readonly AccountRecord[], splitsOf: SplitsOf): Step[] {
  const handed = handovers(accounts);
  return accounts.flatMap((account) => stepsOf(account, handed, splitsOf)).sort(inOrder);
}

function inOrder(a: Step, b: Step): number {
  return compareText(a.date, b.date) || a.rank - b.rank || compareText(a.at ?? '', b.at ?? '') || compareText(a.transaction?.transactionId ?? '', b.transaction?.transactionId ?? '');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function stepsOf({ accountId, transactions }: AccountRecord, handed: ReadonlyMap<string, Handover>, splitsOf: SplitsOf): Step[] {
  const rows = transactions.filter((row) => row.asset !== null && !isCash(row.asset) && !row.pending && !LEFT_OUT.has(row.kind));
  return [...Map.groupBy(rows, ({ asset }) => asset as AssetId)].flatMap(([asset, own]) => {
    const splits = splitSteps(accountId, asset, own.filter(({ kind }) => kind === 'split'), splitsOf(asset));
    const others = own.filter(({ kind }) => kind !== 'split').map((row) => stepOf(accountId, asset, row, handed.get(row.transactionId) ?? null));
    return [...splits, ...byInstants(others)];
  });
}

function stepOf(accountId: string, asset: AssetId, transaction: NormalisedTransaction, handover: Handover | null): Step {
  const units = transaction.units === null ? NOTHING : ratio(transaction.units);
  return { accountId, asset, date: handover?.date ?? transaction.date, rank: rankOf(transaction, units, handover), at: transaction.at, transaction, units, split: null, handover };
}

function rankOf({ kind }: NormalisedTransaction, units: Ratio, handover: Handover | null): number {
  if (handover !== null) return handover.role === 'gives' ? RANK.gives : RANK.gets;
  if (kind === 'return_of_capital') return RANK.after;
  return sign(units) > 0 || kind === 'sell_short' ? RANK.comes : RANK.goes;
}

/** On days that know their instants, one rank: the instants order what is in it. */
function byInstants(steps: readonly Step[]): Step[] {
  return [...Map.groupBy(steps, ({ date }) => date).values()].flatMap((day) => (day.every(({ at, handover, rank }) => at !== null && handover === null && rank !== RANK.after) ? day.map((step) => ({ ...step, rank: RANK.comes })) : day));
}

interface Group {
  readonly rows: NormalisedTransaction[];
}

function splitSteps(accountId: string, asset: AssetId, rows: readonly NormalisedTransaction[], issuer: readonly IssuerSplit[]): Step[] {
  const open = new Set(groupsOf(rows));
  const common = { accountId, asset, rank: RANK.split, at: null, handover: null };
  const told = issuer.map((split): Step => {
    const group = [...open].filter(({ rows: own }) => own.some(({ date }) => Math.abs(dayNumber(date) - dayNumber(split.day)) <= NEAR))[0];
    if (group) open.delete(group);
    const change = group ? changeOf(group.rows) : null;
    const factor = change === null ? over(ratio(split.numerator), ratio(split.denominator)) : null;
    return { ...common, date: split.day, transaction: group?.rows[0] ?? null, units: change ?? NOTHING, split: { factor, cash: cashOf(group?.rows ?? []) } };
  });
  const own = [...open].map(({ rows: group }): Step => ({ ...common, date: group[0]?.date ?? '', transaction: group[0] ?? null, units: changeOf(group) ?? NOTHING, split: { factor: null, cash: cashOf(group) } }));
  return [...told, ...own];
}

function groupsOf(rows: readonly NormalisedTransaction[]): Group[] {
  const groups: Group[] = [];
  for (const row of [...rows].sort((a, b) => compareText(a.date, b.date))) {
    const group = groups.at(-1);
    const last = group?.rows.at(-1);
    if (group && last && dayNumber(row.date) - dayNumber(last.date) <= NEAR) group.rows.push(row);
    else groups.push({ rows: [row] });
  }
  return groups;
}

/** Rows that say the same are one; the old units out and the new ones in are two halves of it. */
function changeOf(rows: readonly NormalisedTransaction[]): Ratio | null {
  const changes = new Set(rows.flatMap(({ units }): Decimal[] => (units === null ? [] : [units])));
  return changes.size === 0 ? null : total([...changes].map(ratio));
}

function cashOf(rows: readonly NormalisedTransaction[]): Ratio {
  return total([...new Set(rows.map(({ cash }) => cash ?? '0'))].map(ratio));
}
