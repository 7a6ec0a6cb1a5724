/**
 * Rows that belong together because one gives its cost to the other: a transfer between two accounts of the same person, the old and
 * the new shares of a merger, an option and the shares that it bought or sold. Pure. What finds no counterpart has none: its
 * cost is unknown then, never guessed.
 */
import { dayNumber } from '@tidemark/market';
import type { Day } from '@tidemark/market';
import { absolute, compare, isCash, isNegative, isZero, multiply, negate, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { AccountRecord, Handover } from './step.js';

/** Days that two sides may be apart. */
const TRANSFER_APART = 7;
const MERGER_APART = 3;
const EXERCISE_APART = 3;

export function handovers(accounts: readonly AccountRecord[]): Map<string, Handover> {
  const found = new Map<string, Handover>();
  transfers(accounts, found);
  for (const { transactions } of accounts) {
    mergers(transactions.filter(({ kind }) => kind === 'merger'), found);
    premiums(transactions, found);
  }
  return found;
}

const apart = (a: Day, b: Day): number => Math.abs(dayNumber(a) - dayNumber(b));
const earliest = (rows: readonly NormalisedTransaction[]): Day => rows.map(({ date }) => date).reduce((a, b) => (a < b ? a : b));
const moves = (row: NormalisedTransaction): row is NormalisedTransaction & { units: Decimal; asset: string } => row.units !== null && !isZero(row.units) && row.asset !== null && !isCash(row.asset);

/** The same units of the same asset, out of one account and into another: the nearest days first, of equally near ones the accounts that stand first. */
function transfers(accounts: readonly AccountRecord[], found: Map<string, Handover>): void {
  const all = accounts.flatMap(({ accountId, transactions }, order) => transactions.filter(({ kind }) => kind === 'asset_transfer').filter(moves).map((row) => ({ accountId, order, row })));
  const candidates = all
    .filter(({ row }) => !isNegative(row.units))
    .flatMap((got) => all.filter((gave) => gave.accountId !== got.accountId && gave.row.asset === got.row.asset && compare(negate(gave.row.units), got.row.units) === 0 && apart(gave.row.date, got.row.date) <= TRANSFER_APART).map((gave) => ({ got: got.row, gave: gave.row, order: got.order + gave.order })))
    .sort((a, b) => apart(a.got.date, a.gave.date) - apart(b.got.date, b.gave.date) || a.order - b.order || (a.got.transactionId < b.got.transactionId ? -1 : 1));
  for (const { got, gave } of candidates) {
    if (found.has(got.transactionId) || found.has(gave.transactionId)) continue;
    const both = { kind: 'transfer' as const, id: gave.transactionId, date: earliest([got, gave]), cash: null };
    found.set(gave.transactionId, { ...both, role: 'gives' });
    found.set(got.transactionId, { ...both, role: 'gets' });
  }
}

/** Shares for shares of one other company: the cost goes with them. Shares for cash: a sale. Anything between is not told by its rows. */
function mergers(rows: readonly NormalisedTransaction[], found: Map<string, Handover>): void {
  for (const group of near([...rows].sort((a, b) => (a.date < b.date ? -1 : 1)))) {
    const [gone, come] = [group.filter((row) => moves(row) && isNegative(row.units)), group.filter((row) => moves(row) && !isNegative(row.units))];
    const [old, fresh] = [new Set(gone.map(({ asset }) => asset)), new Set(come.map(({ asset }) => asset))];
    const cash = group.some((row) => row.cash === null) ? null : sum(group.map((row) => row.cash ?? '0'));
    const forShares = old.size === 1 && come.length === 1 && cash !== null && isZero(cash);
    const forCash = gone.length === 1 && fresh.size === 0 && cash !== null && !isZero(cash);
    const both = { kind: 'merger' as const, id: group[0]?.transactionId ?? '', date: earliest(group), cash };
    for (const row of gone) found.set(row.transactionId, { ...both, role: forShares ? 'gives' : forCash ? 'sold' : 'open' });
    for (const row of come) found.set(row.transactionId, { ...both, role: forShares ? 'gets' : 'open' });
  }
}

function near(rows: readonly NormalisedTransaction[]): NormalisedTransaction[][] {
  const groups: NormalisedTransaction[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && apart(last.date, row.date) <= MERGER_APART) group.push(row);
    else groups.push([row]);
  }
  return groups;
}

const OPTION = /^option:([A-Z0-9.]{1,6})\d{6}([CP])\d{8}$/;
const USED = new Set(['option_exercise', 'option_assignment']);
const SHARES = new Set(['buy', 'sell', 'buy_to_cover', 'sell_short', 'option_exercise', 'option_assignment']);

/** What was paid for an option that was used is part of what its shares cost, or less of what they brought. */
function premiums(transactions: readonly NormalisedTransaction[], found: Map<string, Handover>): void {
  const used = transactions.filter((row) => USED.has(row.kind) && moves(row) && OPTION.test(row.asset));
  for (const rows of Map.groupBy(used, ({ asset, date }) => `${asset} ${date}`).values()) {
    const [first] = rows as [NormalisedTransaction];
    const wanted = sharesOf(first.asset as string, sum(rows.map(({ units }) => units as Decimal)), first.provider);
    const shares = transactions
      .filter((row) => moves(row) && SHARES.has(row.kind) && !found.has(row.transactionId) && /^(equity|etf):/.test(row.asset) && row.asset.split(':')[1] === wanted.symbol && compare(row.units, wanted.units) === 0 && apart(row.date, first.date) <= EXERCISE_APART)
      .sort((a, b) => apart(a.date, first.date) - apart(b.date, first.date))[0];
    if (shares === undefined) continue;
    const both = { kind: 'premium' as const, id: shares.transactionId, cash: null };
    for (const row of rows) found.set(row.transactionId, { ...both, role: 'gives', date: earliest([row, shares]) });
    found.set(shares.transactionId, { ...both, role: 'gets', date: shares.date });
  }
}

/** A long call and a written put bring shares, a long put and a written call take them. Contracts are of a hundred; Plaid counts shares. */
function sharesOf(asset: string, units: Decimal, provider: string): { symbol: string; units: Decimal } {
  const [, symbol = '', side] = OPTION.exec(asset) ?? [];
  const size = provider === 'plaid' ? absolute(units) : multiply(absolute(units), '100');
  const long = isNegative(units);
  return { symbol, units: (side === 'C') === long ? size : negate(size) };
}
