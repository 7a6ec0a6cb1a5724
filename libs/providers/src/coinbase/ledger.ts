/**
 * /v2/accounts/{wallet}/transactions → transactions. Pure; field names as in docs.cdp.coinbase.com, Coinbase App transactions. A row is one
 * wallet's own change, signed, whatever its type: deposits, withdrawals, coins sent and received, rewards. Rows of the type
 * `advanced_trade_fill` are left out, since the fills tell more of the same trade. What was not completed moves nothing: what may still
 * happen is pending, what failed is no transaction.
 */
import { isCash } from '@tidemark/money';
import type { FetchedTransaction } from '../port.js';
import { redact } from '../redaction.js';
import { Identities } from '../transaction-identity.js';
import { at, decimalAt, fieldsAt, fieldsOf, listAt, misshapen, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { instantOf, optionalMoment } from '../wire/time.js';
import { assetOfCode } from './accounts.js';

const TOLD_BY_FILLS = 'advanced_trade_fill';
const NOTHING_CAME_OF_IT = new Set(['failed', 'expired', 'canceled', 'cancelled']);

export interface LedgerPage {
  readonly transactions: readonly FetchedTransaction[];
  /** Of the oldest row, whether it is a transaction or not; null on an empty page. */
  readonly oldest: { readonly id: string; readonly at: string } | null;
  readonly more: boolean;
}

export function ledgerPageOf(body: unknown): LedgerPage {
  const answer = fieldsOf(body, '');
  const rows = listAt(answer, 'data', '');
  const last = rows.at(-1);
  const pagination = optionalFields(answer, 'pagination', '');
  return {
    transactions: rows.flatMap(({ fields, path }) => rowOf(fields, path)),
    oldest: last === undefined ? null : { id: textAt(last.fields, 'id', last.path), at: instantOf(textAt(last.fields, 'created_at', last.path)) ?? misshapen(at(last.path, 'created_at'), 'an instant is expected') },
    more: pagination !== null && optionalText(pagination, 'next_uri', 'pagination') !== null,
  };
}

function rowOf(fields: Fields, path: string): FetchedTransaction[] {
  const type = textAt(fields, 'type', path);
  const status = optionalText(fields, 'status', path);
  if (type === TOLD_BY_FILLS || NOTHING_CAME_OF_IT.has(status ?? '')) return [];
  const moment = optionalMoment(fields, 'created_at', path) ?? misshapen(at(path, 'created_at'), 'an instant is expected');
  const money = fieldsAt(fields, 'amount', path);
  const amount = decimalAt(money, 'amount', `${path}.amount`);
  const code = textAt(money, 'currency', `${path}.amount`).toUpperCase();
  const asset = assetOfCode(code);
  const cash = isCash(asset);
  return [{
    identity: new Identities().of(textAt(fields, 'id', path), {}),
    date: moment.day,
    at: moment.at,
    settlementDate: null,
    ...(status === null || status === 'completed' ? {} : { pending: true }),
    providerType: type.slice(0, 120),
    providerSubtype: null,
    description: optionalText(fields, 'description', path)?.slice(0, 2000) ?? null,
    asset: cash ? null : asset,
    quantity: cash ? null : amount,
    price: null,
    fees: null,
    amount: cash ? amount : null,
    currency: cash ? code : null,
    original: redact({ ...fields }),
  }];
}
