/** Whether a symbol that a person names can be the asset, by what institutions carry the asset at. Pure. */
import { absolute, compare, multiply, subtract } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { Day } from '@tidemark/market';

interface Quoted {
  readonly price: Decimal;
  readonly currency: string;
  readonly day: Day;
}

export interface Compared {
  readonly asset: AssetId;
  readonly symbol: string;
  /** The newest price that an institution stated. */
  readonly carried: Quoted;
  /** The symbol's close of that day or the nearest before; null where the source has none. */
  readonly close: Quoted | null;
}

/** Further apart than a price moves between two readings: another share, another unit, another currency. */
const FAR = '0.2';

/** @returns what speaks against it, in words; null where nothing does or there is nothing to compare */
export function doubtAbout({ asset, symbol, carried, close }: Compared): string | null {
  if (close === null) return null;
  if (close.currency !== carried.currency) {
    return asset.startsWith('crypto:') ? null : `${symbol} is quoted in ${close.currency} and institutions carry ${asset} in ${carried.currency}: its closes would price none of those positions`;
  }
  const apart = absolute(subtract(close.price, carried.price));
  if (compare(apart, multiply(absolute(carried.price), FAR)) <= 0) return null;
  return `${symbol} closed at ${close.price} ${close.currency} on ${close.day} and institutions carry ${asset} at ${carried.price} ${carried.currency} (${carried.day}), more than 20 % apart`;
}
