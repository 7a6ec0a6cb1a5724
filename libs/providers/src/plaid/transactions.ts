/**
 * /investments/transactions/get → transactions. Pure. Plaid's `amount` is positive where cash leaves; ours where it comes in.
 * `quantity` is positive for a buy already. `amount` is final: it is not computed from price, quantity and fees.
 */
import { negate } from '@tidemark/money';
import type { FetchedTransaction } from '../port.js';
import { redact } from '../redaction.js';
import { countAt, decimalAt, fieldsOf, listAt, optionalDecimal, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { dayAt, optionalMoment } from '../wire/time.js';
import { currencyOf } from './currency.js';
import { securitiesOf, undescribed } from './securities.js';
import type { PlaidSecurity } from './securities.js';
import { currencyAsset } from '../asset-ids.js';

export interface InvestmentPage {
  readonly accountIds: readonly string[];
  readonly transactions: readonly { readonly providerAccountId: string; readonly transaction: FetchedTransaction }[];
  /** Of all pages, as Plaid counts now. */
  readonly total: number;
}

export function investmentPageOf(body: unknown): InvestmentPage {
  const answer = fieldsOf(body, '');
  const securities = securitiesOf(answer);
  return {
    accountIds: listAt(answer, 'accounts', '').map(({ fields, path }) => textAt(fields, 'account_id', path)),
    transactions: listAt(answer, 'investment_transactions', '').map(({ fields, path }) => ({
      providerAccountId: textAt(fields, 'account_id', path),
      transaction: transactionOf(fields, path, securities),
    })),
    total: countAt(answer, 'total_investment_transactions', ''),
  };
}

function transactionOf(fields: Fields, path: string, securities: ReadonlyMap<string, PlaidSecurity>): FetchedTransaction {
  const { iso } = currencyOf(fields, path);
  const securityId = optionalText(fields, 'security_id', path);
  return {
    identity: textAt(fields, 'investment_transaction_id', path),
    date: dayAt(fields, 'date', path),
    at: optionalMoment(fields, 'transaction_datetime', path)?.at ?? null,
    providerType: textAt(fields, 'type', path).slice(0, 120),
    providerSubtype: optionalText(fields, 'subtype', path)?.slice(0, 120) ?? null,
    description: optionalText(fields, 'name', path)?.slice(0, 2000) ?? null,
    asset: securityId === null ? null : assetOf(securities.get(securityId) ?? undescribed(securityId), iso),
    quantity: optionalDecimal(fields, 'quantity', path),
    price: optionalDecimal(fields, 'price', path),
    fees: optionalDecimal(fields, 'fees', path),
    amount: negate(decimalAt(fields, 'amount', path)),
    currency: iso,
    original: redact(fields),
  };
}

function assetOf(security: PlaidSecurity, iso: string | null): string {
  const currency = security.cash === null ? null : (security.cash.currency ?? iso);
  return currency === null ? security.asset : currencyAsset('plaid', currency);
}
