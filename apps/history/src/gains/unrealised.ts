/**
 * Unrealised gains: what is held (now, or at the close of a day: held-on.ts) beside what it cost. The cost is the account's own statement, as everywhere; where it states none,
 * that of the lots, if they are all there and all of known cost. Pure.
 */
import type { historyRpc } from '@tidemark/contracts';
import { absolute, isCash, isZero, multiply, negate, subtract } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { BalanceLine } from '@tidemark/contracts';
import { heldLines } from '../allocation/held-lines.js';
import type { HeldAccount, MarketNow } from '../allocation/held-lines.js';
import { compared, ratio, totalKnown, write } from './amount.js';
import type { Position } from './books.js';
import { unitsIn } from './lot.js';

export type UnrealisedLine = historyRpc.Gains['unrealised']['lines'][number];

/** @param accounts with what they hold, @param positionOf the lots that `realise` left */
export function unrealisedLines(accounts: readonly HeldAccount[], market: MarketNow, positionOf: (accountId: string, asset: AssetId) => Position): UnrealisedLine[] {
  // Each line in its own currency: the rate is the total's business.
  const own: MarketNow = { ...market, rate: () => '1' };
  return accounts.flatMap((account) => {
    const lines = account.snapshot?.lines.filter((line) => line.countedAsCash !== true) ?? [];
    return heldLines(account, own).flatMap((held, index) => {
      const line = lines[index];
      if (line === undefined || isCash(line.asset) || isZero(line.quantity)) return [];
      const costCurrency = line.currency === undefined ? (account.snapshot?.currency ?? null) : line.currency;
      return [paidElsewhere(account.accountId, line, costCurrency, held, market) ?? lineOf(account.accountId, line, costCurrency, held, positionOf(account.accountId, line.asset), lines.filter(({ asset }) => asset === line.asset).length === 1)];
    });
  });
}

/** What is quoted in another currency than its cost is stated in can be compared in the answer's: the line is in it. Null where it is not so, or something of it is unknown. */
function paidElsewhere(accountId: string, line: BalanceLine, costCurrency: string | null, held: { currency: string | null; value: Decimal | null }, market: MarketNow): UnrealisedLine | null {
  if (costCurrency === held.currency) return null;
  const inBase = (amount: Decimal | null, currency: string | null) => {
    const at = currency === null ? null : currency === market.base ? '1' : market.rate(currency);
    return amount === null || at === null ? null : multiply(amount, at);
  };
  const [value, costBasis] = [inBase(held.value, held.currency), inBase(stated(line), costCurrency)];
  return value === null || costBasis === null ? null : { accountId, asset: line.asset, currency: market.base, quantity: line.quantity, costBasis, gain: subtract(value, costBasis), acquired: null, value };
}

function lineOf(accountId: string, line: BalanceLine, costCurrency: string | null, held: { currency: string | null; value: Decimal | null }, position: Position, alone: boolean): UnrealisedLine {
  const { value, currency } = held;
  const lots = alone ? wholeLots(line.quantity, position, currency) : null;
  const elsewhere = costCurrency !== held.currency;
  const costBasis = (elsewhere ? null : stated(line)) ?? (lots === null ? null : write(totalKnown(lots.map(({ basis }) => basis))));
  const gain = value === null || costBasis === null ? null : subtract(value, costBasis);
  const reason = value === null ? { code: 'price_missing' as const, detail: `No price of ${line.asset} is known.` } : costBasis === null ? { code: 'cost_basis_missing' as const, detail: elsewhere ? `What ${line.asset} cost is stated in ${costCurrency ?? 'a currency that nobody knows'}, and it is quoted in ${held.currency ?? 'another'}.` : `What ${line.asset} cost is not known.` } : null;
  return { accountId, asset: line.asset, currency, quantity: line.quantity, costBasis, gain, ...(reason === null ? {} : { reason: { ...reason, accountId, asset: line.asset } }), acquired: oldest(lots), value };
}

/** What a short position brought is a cost below zero, as its value is. */
function stated({ costBasis, quantity }: BalanceLine): Decimal | null {
  if (costBasis == null) return null;
  return quantity.startsWith('-') ? negate(absolute(costBasis)) : costBasis;
}

/** The lots of a long position, where they are exactly what is held, and were paid in what it is quoted in. */
function wholeLots(quantity: Decimal, { longs }: Position, currency: string | null) {
  const paid = longs.every((lot) => lot.currency === null || lot.basis === null || lot.currency === currency);
  return paid && compared(unitsIn(longs), ratio(quantity)) === 0 ? longs : null;
}

function oldest(lots: Position['longs'] | null): string | null {
  if (lots === null || lots.some(({ acquired }) => acquired === null)) return null;
  return lots.map(({ acquired }) => acquired ?? '').sort()[0] ?? null;
}
