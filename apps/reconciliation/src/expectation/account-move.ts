/** A transaction as reconciliation reads it, and what it moves: the units of its asset, the cash in its currency, each exact or unsaid. */
import { assetId, isZero, multiply, sum } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { Sweeps } from './stated.js';

export interface AccountMove extends NormalisedTransaction {
  /** When sync recorded it first; null: only this run's own fetch has seen it. */
  readonly recordedAt: string | null;
  /** When the provider took it back; it counts no more, but the basis may hold it still. */
  readonly withdrawnAt?: string | null;
}

export interface Moved {
  /** Change by asset, cash as `currency:USD`; zero changes are left out. */
  readonly changes: ReadonlyMap<AssetId, Decimal>;
  /** False where its units, its cash or what they are of is unsaid. */
  readonly whole: boolean;
}

/** Units of a fund that is counted as cash are cash at its price. */
export function movedBy({ units, asset, cash, currency }: Pick<AccountMove, 'units' | 'asset' | 'cash' | 'currency'>, sweeps: Sweeps): Moved {
  const parts: [AssetId, Decimal][] = [];
  let whole = units !== null && cash !== null;
  if (units !== null && !isZero(units)) {
    const sweep = asset === null ? undefined : sweeps.get(asset);
    if (asset === null) whole = false;
    else parts.push(sweep === undefined ? [asset, units] : [assetId('currency', sweep.currency), multiply(units, sweep.price)]);
  }
  if (cash !== null && !isZero(cash)) {
    if (currency === null) whole = false;
    else parts.push([assetId('currency', currency), cash]);
  }
  return { changes: summed(parts), whole };
}

/** What it moves of one asset; zero where nothing. */
export function changeOf(move: AccountMove, asset: AssetId, sweeps: Sweeps): Decimal {
  return movedBy(move, sweeps).changes.get(asset) ?? '0';
}

function summed(parts: readonly [AssetId, Decimal][]): Map<AssetId, Decimal> {
  const [first, second] = parts;
  const changes = first && second && first[0] === second[0] ? new Map([[first[0], sum([first[1], second[1]])]]) : new Map(parts);
  for (const [asset, change] of changes) if (isZero(change)) changes.delete(asset);
  return changes;
}
