/** /transactions/sync → transactions of depository, credit and loan accounts. Pure. Plaid's sign: positive is money out. */
import { negate } from '@tidemark/money';
import type { FetchedTransaction } from '../port.js';
import { redact } from '../redaction.js';
import { booleanAt, decimalAt, fieldsOf, listAt, optionalBoolean, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { dayAt, optionalMoment } from '../wire/time.js';
import { currencyOf } from './currency.js';

export interface BankPage {
  readonly changed: readonly { readonly providerAccountId: string; readonly transaction: FetchedTransaction }[];
  readonly removed: readonly { readonly providerAccountId: string | null; readonly identity: string }[];
  /** Empty where Plaid has not gathered anything yet. */
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

export function bankPageOf(body: unknown): BankPage {
  const answer = fieldsOf(body, '');
  return {
    changed: ['added', 'modified'].flatMap((list) => listAt(answer, list, '').map(({ fields, path }) => ({ providerAccountId: textAt(fields, 'account_id', path), transaction: transactionOf(fields, path) }))),
    removed: listAt(answer, 'removed', '').map(({ fields, path }) => ({ providerAccountId: optionalText(fields, 'account_id', path), identity: textAt(fields, 'transaction_id', path) })),
    nextCursor: optionalText(answer, 'next_cursor', ''),
    hasMore: booleanAt(answer, 'has_more', ''),
  };
}

function transactionOf(fields: Fields, path: string): FetchedTransaction {
  const category = optionalFields(fields, 'personal_finance_category', path);
  const within = `${path}.personal_finance_category`;
  return {
    identity: textAt(fields, 'transaction_id', path),
    date: dayAt(fields, 'date', path),
    at: optionalMoment(fields, 'datetime', path)?.at ?? null,
    pending: optionalBoolean(fields, 'pending', path) ?? false,
    providerType: (category === null ? null : optionalText(category, 'primary', within))?.slice(0, 120) ?? 'UNCATEGORIZED',
    providerSubtype: (category === null ? null : optionalText(category, 'detailed', within))?.slice(0, 120) ?? null,
    description: (optionalText(fields, 'name', path) ?? optionalText(fields, 'original_description', path))?.slice(0, 2000) ?? null,
    asset: null,
    quantity: null,
    price: null,
    fees: null,
    amount: negate(decimalAt(fields, 'amount', path)),
    currency: currencyOf(fields, path).iso,
    original: redact(fields),
  };
}
