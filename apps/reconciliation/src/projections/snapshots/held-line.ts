/** What a comparison needs of a line of a snapshot or of an answer. Pure. */
import type { BalanceLine } from '@tidemark/contracts';

export type HeldLine = Pick<BalanceLine, 'asset' | 'quantity' | 'name' | 'symbol' | 'currency' | 'price' | 'countedAsCash'>;

export function heldLine({ asset, quantity, name, symbol, currency, price, countedAsCash }: BalanceLine): HeldLine {
  return {
    asset,
    quantity,
    ...(name == null ? {} : { name }),
    ...(symbol == null ? {} : { symbol }),
    ...(currency == null ? {} : { currency }),
    ...(price == null ? {} : { price }),
    ...(countedAsCash === true ? { countedAsCash } : {}),
  };
}
