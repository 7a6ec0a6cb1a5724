/**
 * /accounts/{id}/activities → transactions. Pure. Positive amounts are cash in and positive units are gained, as ours are.
 * `currency: null` means that the amounts are counted in a security (`currency_universal_symbol`, usually a stablecoin), so
 * the currency stays null. Types are an open list.
 */
import { isCurrency } from '@tidemark/money';
import type { FetchedTransaction } from '../port.js';
import { redact } from '../redaction.js';
import type { Identities } from '../transaction-identity.js';
import { countAt, fieldsOf, listAt, misshapen, optionalDecimal, optionalFields, optionalText } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalMoment } from '../wire/time.js';
import { assetOfActivity } from './instruments.js';

export interface ActivityPage {
  readonly transactions: readonly FetchedTransaction[];
  /** Of all pages; null where SnapTrade does not say. */
  readonly total: number | null;
}

/** @param identities of the account, asked in the order of the answer; @param secrets forms of the account number */
export function activityPageOf(body: unknown, identities: Identities, secrets: readonly string[]): ActivityPage {
  const answer = fieldsOf(body, '');
  const pagination = optionalFields(answer, 'pagination', '');
  return {
    transactions: listAt(answer, 'data', '').map(({ fields, path }) => transactionOf(fields, path, identities, secrets)),
    total: pagination === null || pagination['total'] === undefined || pagination['total'] === null ? null : countAt(pagination, 'total', 'pagination'),
  };
}

function transactionOf(fields: Fields, path: string, identities: Identities, secrets: readonly string[]): FetchedTransaction {
  const traded = optionalMoment(fields, 'trade_date', path);
  const settled = optionalMoment(fields, 'settlement_date', path);
  const moment = traded ?? settled ?? misshapen(`${path}.trade_date`, 'a day is expected here or in settlement_date');
  const currency = optionalFields(fields, 'currency', path);
  const code = currency === null ? null : optionalText(currency, 'code', `${path}.currency`);
  const original = redact(fields, secrets);
  return {
    identity: identities.of(optionalText(fields, 'id', path), contentOf(fields, path)),
    date: moment.day,
    at: moment.at,
    settlementDate: settled?.day ?? null,
    providerType: optionalText(fields, 'type', path)?.slice(0, 120) ?? 'UNKNOWN',
    providerSubtype: optionalText(fields, 'option_type', path)?.slice(0, 120) ?? null,
    description: optionalText(original, 'description', path)?.slice(0, 2000) ?? null,
    asset: assetOfActivity(fields, path),
    quantity: optionalDecimal(fields, 'units', path),
    price: optionalDecimal(fields, 'price', path),
    fees: optionalDecimal(fields, 'fee', path),
    amount: optionalDecimal(fields, 'amount', path),
    currency: code !== null && isCurrency(code) ? code : null,
    original,
  };
}

/** What makes an activity the one it is; ids may change, and fields that SnapTrade adds later must not make it another. */
function contentOf(fields: Fields, path: string): Record<string, unknown> {
  const own = Object.fromEntries(['trade_date', 'settlement_date', 'type', 'option_type', 'units', 'price', 'amount', 'fee', 'description', 'external_reference_id'].map((key) => [key, fields[key] ?? null]));
  const currency = optionalFields(fields, 'currency', path);
  return { ...own, currency: currency?.['code'] ?? null, asset: assetOfActivity(fields, path) };
}
