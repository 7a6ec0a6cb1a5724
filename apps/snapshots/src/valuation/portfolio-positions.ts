/**
 * The answer to "what do I hold". Amounts of a row are in the row's currency, `baseValue` and `totals` in the base currency; weights are
 * shares of the whole value, cash included, and sum to exactly 100. Σ baseValue of positions + Σ baseValue of cash = totals.value =
 * the value that portfolio value answers. A row with lines in several currencies has a base value only. What was paid is converted with
 * the rate of the instant asked for, as history does of each day: `totals` are of every currency.
 */
import type { snapshotsRpc } from '@tidemark/contracts';
import { subtract } from '@tidemark/money';
import { cashOf } from './cash.js';
import { valuePortfolio } from './portfolio.js';
import type { Holdings, Scope } from './portfolio.js';
import { shares, totalsOf } from './portfolio-value.js';
import { isHolding, positionsOf } from './positions.js';
import { qualityOf, reasonsOf } from './quality.js';
import { sumKnown, sumOfAll } from './sum-known.js';

export function portfolioPositions(holdings: Holdings, scope: Scope): snapshotsRpc.PortfolioPositions {
  const entries = valuePortfolio(holdings, scope);
  const unweighted = positionsOf(entries);
  const cash = cashOf(entries);
  const weights = shares([...unweighted, ...cash].map((row) => row.baseValue));
  const positions = unweighted.map((position, index) => ({ ...position, weight: weights[index] ?? null }));
  const totals = totalsOf(entries);
  const options = { at: holdings.at, gains: true };
  const held = entries.flatMap((entry) => (entry.counted ? (entry.now?.lines.filter(isHolding) ?? []) : []));
  const costBasis = sumOfAll(held.map((line) => line.baseCost));
  const worth = sumOfAll(held.map((line) => line.baseValue));
  return {
    currency: holdings.base,
    asOf: holdings.at,
    complete: totals.complete,
    quality: qualityOf(entries, options),
    reasons: [...reasonsOf(entries, options), ...changeReasons(positions, holdings.previousClose)],
    positions,
    cash: cash.map((row, index) => ({ ...row, weight: weights[positions.length + index] ?? null })),
    totals: {
      value: totals.value,
      positionsValue: totals.value === null ? null : sumKnown(positions.map((position) => position.baseValue)),
      cash: totals.cash,
      costBasis,
      unrealizedGain: costBasis === null || worth === null ? null : subtract(worth, costBasis),
    },
  };
}

function changeReasons(positions: readonly snapshotsRpc.Position[], previousClose: string): snapshotsRpc.Reason[] {
  return positions
    .filter((position) => position.dayChange === null)
    .map((position) => ({ code: 'previous_value_missing', asset: position.asset.id, detail: `The change since the close before, ${previousClose}, is not known: there is no value of the same units then.` }));
}
