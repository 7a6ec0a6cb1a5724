/**
 * What a snapshot, a book, a statement or a fresh fetch states, as one quantity an asset.
 *
 * Lines of one asset add up. A money-market sweep that a side counts in its cash already is cash on every side and no line of its own, so
 * that it is compared once: a side that lists it apart from its cash has it added to the cash, at the price that it states.
 */
import { add, assetId, multiply, sum } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';

/** A line of a snapshot (`BalanceLine`) or of a book (`BookPosition`). Short positions, owed cash and short perpetuals are negative. */
export interface StatedLine {
  readonly asset: AssetId;
  readonly quantity: Decimal;
  readonly countedAsCash?: boolean;
  readonly currency?: string | null;
  readonly price?: Decimal | null;
}

/** `currency`: of lines that name none; null where the account has none. */
export interface Held {
  readonly currency: string | null;
  readonly lines: readonly StatedLine[];
}

export interface Sweep {
  readonly currency: string;
  /** Of a unit, in `currency`. */
  readonly price: Decimal;
}

/** The funds that are counted as cash. */
export type Sweeps = ReadonlyMap<AssetId, Sweep>;

export const NO_SWEEPS: Sweeps = new Map();

/** What any of the sides counts as cash; where both price it, the later one's price holds. */
export function sweepsOf(...sides: readonly Held[]): Sweeps {
  const sweeps = new Map<AssetId, Sweep>();
  for (const { currency: own, lines } of sides) {
    for (const { asset, countedAsCash, currency, price } of lines) {
      const in_ = currency ?? own;
      if (countedAsCash === true && in_ !== null) sweeps.set(asset, { currency: in_, price: price ?? '1' });
    }
  }
  return sweeps;
}

/** @returns every asset that a line names, zeros included */
export function quantitiesOf({ lines }: Held, sweeps: Sweeps): Map<AssetId, Decimal> {
  const parts = new Map<AssetId, Decimal[]>();
  const put = (asset: AssetId, quantity: Decimal) => parts.set(asset, [...(parts.get(asset) ?? []), quantity]);
  for (const { asset, quantity, countedAsCash } of lines) {
    const sweep = sweeps.get(asset);
    if (sweep === undefined) put(asset, quantity);
    else if (countedAsCash !== true) put(assetId('currency', sweep.currency), multiply(quantity, sweep.price));
  }
  return new Map([...parts].map(([asset, quantities]) => [asset, sum(quantities)]));
}

/** As `quantitiesOf`, of one asset; zero where no line names it. */
export function quantityOf({ lines }: Held, asset: AssetId, sweeps: Sweeps): Decimal {
  const parts = lines.flatMap((line) => {
    const sweep = sweeps.get(line.asset);
    if (sweep === undefined) return line.asset === asset ? [line.quantity] : [];
    return line.countedAsCash !== true && assetId('currency', sweep.currency) === asset ? [multiply(line.quantity, sweep.price)] : [];
  });
  return sum(parts);
}

/** Adds a change to what is held; an asset that was not held begins at zero. */
export function addTo(quantities: Map<AssetId, Decimal>, asset: AssetId, change: Decimal): void {
  quantities.set(asset, add(quantities.get(asset) ?? '0', change));
}
