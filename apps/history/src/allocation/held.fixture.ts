/** Holdings as a spec writes them down. */
import type { BalanceLine } from '@tidemark/contracts';
import { decimal } from '@tidemark/money';
import type { HeldAccount, KnownClose, MarketNow } from './held-lines.js';

export const NOW = '2026-11-20T22:00:00.000Z';

/** A market that knows these closes of Friday 2026-11-20 (USD) and these rates to USD. */
export function market(closes: Readonly<Record<string, string | KnownClose>> = {}, rates: Readonly<Record<string, string>> = {}): MarketNow {
  return {
    at: NOW,
    base: 'USD',
    close: (asset) => {
      const close = closes[asset];
      return close === undefined ? null : typeof close === 'string' ? { day: '2026-11-20', close, currency: 'USD' } : close;
    },
    rate: (currency) => (currency === 'USD' ? '1' : (rates[currency] ?? null)),
  };
}

export function account(accountId: string, lines: readonly BalanceLine[] | null, given: Partial<HeldAccount> = {}): HeldAccount {
  return { accountId, name: `Account ${accountId}`, provider: 'plaid', snapshot: lines && { capturedAt: '2026-11-20T15:00:00.000Z', currency: 'USD', lines }, ...given };
}

/** `quantity asset @ price`, the price as of the snapshot. */
export function line(text: string, more: Partial<BalanceLine> = {}): BalanceLine {
  const [quantity = '', asset = '', , price] = text.split(' ');
  return { asset, quantity: decimal(quantity), ...(price === undefined ? {} : { price: decimal(price) }), ...more };
}
