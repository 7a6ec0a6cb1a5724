/** A stored transaction as clients read it. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import type { Day } from '@tidemark/market';
import { isZero, multiply } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { StoredTransaction } from '../projections/transactions/query.js';

type Activity = historyRpc.Activity;

export interface ActivityShown {
  /** In the sums of its day. */
  readonly counted: boolean;
  /** Null: each in its own currency. */
  readonly convert: { readonly currency: string; /** Units of it for one of `from` on a day; null where none is known. */ readonly rate: (from: string, day: Day) => Decimal | null } | null;
}

/** `quantity` and `amount` are what it does to units and cash, not what the provider wrote; that is in `original`. */
export function activityOf({ accountId, provider, normalised, recorded }: StoredTransaction, { counted, convert }: ActivityShown): Activity {
  const { transactionId, date, at, kind, asset, units, description, pending, external, providerType, providerSubtype } = normalised;
  const activity: Activity = {
    transactionId, accountId, date, at, type: kind, asset, quantity: units, price: normalised.price, fees: normalised.fees, amount: normalised.cash, currency: normalised.currency, description, pending, external, counted,
    unconverted: null, provider, providerType, providerSubtype, original: recorded.original,
  };
  return convert === null || convert.currency === normalised.currency ? activity : { ...activity, ...converted(activity, convert) };
}

function converted({ price, fees, amount, currency: own, date, accountId, asset }: Activity, { currency, rate }: NonNullable<ActivityShown['convert']>): Partial<Activity> {
  const at = own === null ? null : rate(own, date);
  const of = (given: Decimal | null) => (given === null || isZero(given) ? given : at === null ? null : multiply(given, at));
  const amounts = { price: of(price), fees: of(fees), amount: of(amount) };
  const lost = at === null && [price, fees, amount].some((given) => given !== null && !isZero(given));
  const detail = own === null ? 'What currency its amounts are in is not known.' : `No rate from ${own} to ${currency} is known on ${date}.`;
  return { ...amounts, currency, unconverted: { price, fees, amount, currency: own }, ...(lost ? { reason: { code: 'rate_missing', detail, accountId, ...(asset === null ? {} : { asset }), from: date, to: date } } : {}) };
}
