/** A stored transaction as clients read it. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import type { StoredTransaction } from '../projections/transactions/query.js';

/** `quantity` and `amount` are what it does to units and cash, not what the provider wrote; that is in `original`. */
export function activityOf({ accountId, provider, normalised, recorded }: StoredTransaction): historyRpc.Activity {
  const { transactionId, date, at, kind, asset, units, price, fees, cash, currency, description, pending, external, providerType, providerSubtype } = normalised;
  return { transactionId, accountId, date, at, type: kind, asset, quantity: units, price, fees, amount: cash, currency, description, pending, external, provider, providerType, providerSubtype, original: recorded.original };
}
