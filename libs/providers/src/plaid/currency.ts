/** ISO and unofficial currency codes exclude each other at Plaid; an unofficial one (`BTC`, a country's second currency) is never taken for ISO. */
import { isCurrency } from '@tidemark/money';
import { optionalText } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';

export interface PlaidCurrency {
  /** ISO 4217, or null where the code is unofficial, unknown or not given. */
  readonly iso: string | null;
  /** The code as received, where it is not ISO. */
  readonly unofficial: string | null;
}

export function currencyOf(fields: Fields, path: string): PlaidCurrency {
  const iso = optionalText(fields, 'iso_currency_code', path);
  if (iso !== null && isCurrency(iso)) return { iso, unofficial: null };
  return { iso: null, unofficial: iso ?? optionalText(fields, 'unofficial_currency_code', path) };
}
