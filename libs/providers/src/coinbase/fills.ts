/**
 * /orders/historical/fills → transactions. Pure. The wire gives price, size, commission and side, and no amount; field names as in
 * docs.cdp.coinbase.com, List Fills. `size_in_quote`: the size counts the quote currency, so the units are size ÷ price, stored at 18
 * digits. The commission is in the quote currency and comes on top of size × price.
 *
 * A trade against a currency of ISO is one transaction with cash; one against a coin (BTC-USDC) moves two assets and no cash, so it is
 * two: `base_leg` and `quote_leg`, words of ours. Trade types other than FILL (REVERSAL, CORRECTION, SYNTHETIC) are documented by name
 * alone: they are kept as they came, and what they move is left open.
 */
import { add, divide, isCurrency, isZero, negate } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { product as exactProduct } from '../lines.js';
import type { FetchedTransaction } from '../port.js';
import { redact } from '../redaction.js';
import { Identities } from '../transaction-identity.js';
import { at, decimalAt, fieldsOf, listAt, misshapen, optionalBoolean, optionalDecimal, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalMoment } from '../wire/time.js';
import { assetOfCode } from './accounts.js';

/** What a trade of this type does is known. */
const PLAIN = 'FILL';

export interface FillPage {
  readonly fills: readonly { readonly portfolio: string | null; readonly transactions: readonly FetchedTransaction[] }[];
  /** Of the next page; null at the end. */
  readonly cursor: string | null;
}

export function fillPageOf(body: unknown): FillPage {
  const answer = fieldsOf(body, '');
  const fills = listAt(answer, 'fills', '').map(({ fields, path }) => ({ portfolio: optionalText(fields, 'retail_portfolio_id', path), transactions: transactionsOf(fields, path) }));
  return { fills, cursor: fills.length === 0 ? null : optionalText(answer, 'cursor', '') };
}

function transactionsOf(fields: Fields, path: string): FetchedTransaction[] {
  const type = optionalText(fields, 'trade_type', path) ?? PLAIN;
  const side = textAt(fields, 'side', path).toUpperCase();
  const product = textAt(fields, 'product_id', path).toUpperCase();
  const [base, quote, ...rest] = product.split('-');
  const plain = type === PLAIN && (side === 'BUY' || side === 'SELL') && base !== undefined && quote !== undefined && rest.length === 0;
  const common = commonOf(fields, path, { type, side, product });
  if (!plain) return [{ ...common, asset: base === undefined || quote === undefined ? null : assetOfCode(base), quantity: null, amount: null, currency: null }];
  const { units, worth, derived } = sizesOf(fields, path, side === 'BUY');
  const fees = common.fees ?? '0';
  const fiat: boolean = isCurrency(quote);
  // Where the size is cash, the cash is exact and said; else size × price is left to whoever reads the row, who then says that it was computed.
  if (fiat) return [{ ...common, asset: assetOfCode(base), quantity: units, amount: derived ? add(negate(worth), negate(fees)) : null, currency: quote }];
  const identity = `${common.identity}:quote`;
  return [
    { ...common, providerSubtype: 'base_leg', asset: assetOfCode(base), quantity: units, fees: null, price: null, amount: null, currency: null },
    { ...common, identity, providerSubtype: 'quote_leg', asset: assetOfCode(quote), quantity: add(negate(worth), negate(fees)), fees: null, price: null, amount: null, currency: null },
  ];
}

/** @returns units and what they were worth without the commission, both signed as the units go */
function sizesOf(fields: Fields, path: string, bought: boolean): { readonly units: Decimal; readonly worth: Decimal; readonly derived: boolean } {
  const size = decimalAt(fields, 'size', path);
  const price = decimalAt(fields, 'price', path);
  const derived = optionalBoolean(fields, 'size_in_quote', path) === true;
  if (derived && isZero(price)) return misshapen(at(path, 'price'), 'a price other than zero is expected where the size counts the quote currency');
  const units = derived ? divide(size, price) : size;
  const worth = derived ? size : (exactProduct(size, price) ?? misshapen(at(path, 'size'), 'a size that can be held is expected'));
  return bought ? { units, worth, derived } : { units: negate(units), worth: negate(worth), derived };
}

function commonOf(fields: Fields, path: string, { type, side, product }: { type: string; side: string; product: string }) {
  const moment = optionalMoment(fields, 'trade_time', path) ?? misshapen(at(path, 'trade_time'), 'an instant is expected');
  const original = redact({ ...fields });
  return {
    identity: new Identities().of(textAt(fields, 'entry_id', path), {}),
    date: moment.day,
    at: moment.at,
    settlementDate: null,
    providerType: type.slice(0, 120),
    providerSubtype: side.slice(0, 120),
    description: `${side} ${product}`.slice(0, 2000),
    price: optionalDecimal(fields, 'price', path),
    fees: optionalDecimal(fields, 'commission', path),
    original,
  };
}
