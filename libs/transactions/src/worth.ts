/** quantity × price, for where a provider gives no amount, and to tell a value from cash. Pure. */
import type { RecordedTransaction } from '@tidemark/contracts';
import { absolute, compare, isZero, multiply, round } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

/**
 * units × price × multiplier, signed as the units; null where it cannot be told. SnapTrade's options count contracts of 100 shares
 * (10 of a mini option) at a price a share; Plaid's count shares already. A bond's price may be per 100 of par or per unit: it is
 * not said in a transaction, so nothing is computed.
 */
export function worthOf(provider: string, recorded: RecordedTransaction, units: Decimal): Decimal | null {
  const { price, asset } = recorded;
  if (price === null || isZero(price) || asset === null || asset.startsWith('bond:')) return null;
  const multiplier = contractSize(provider, recorded);
  return multiplier === null ? null : multiply(multiply(units, price), multiplier);
}

function contractSize(provider: string, { asset, original }: RecordedTransaction): Decimal | null {
  if (asset === null || !asset.startsWith('option:') || provider === 'plaid') return '1';
  if (provider !== 'snaptrade') return null;
  const option = original['option_symbol'] as { readonly is_mini_option?: unknown } | null | undefined;
  return option?.is_mini_option === true ? '10' : '100';
}

/** Whether an amount is that value to the cent, whatever its sign. */
export function isWorth(amount: Decimal, worth: Decimal | null): boolean {
  return worth !== null && compare(absolute(round(amount, 2)), absolute(round(worth, 2))) === 0;
}
