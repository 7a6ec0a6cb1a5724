/**
 * /investments/holdings/get → balance lines by account. Pure. An option's quantity counts underlying units already, so no
 * line carries a multiplier; `cost_basis` is a total; cash is `type: cash` and nothing else (`is_cash_equivalent` alone is not).
 */
import type { BalanceLine } from '@tidemark/contracts';
import { compare, isZero } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { currencyAsset, unofficialCurrency } from '../asset-ids.js';
import { cashLine } from '../lines.js';
import { decimalAt, fieldsOf, listAt, misshapen, optionalDecimal, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';
import { currencyOf } from './currency.js';
import { securitiesOf, undescribed } from './securities.js';
import type { PlaidSecurity } from './securities.js';

const PROVIDER = 'plaid';

export interface PlaidHoldings {
  /** Accounts that the answer covers, as received; one without a line is empty. */
  readonly accounts: ReadonlyMap<string, Fields>;
  readonly lines: ReadonlyMap<string, readonly BalanceLine[]>;
  /** Holdings as received, by account. */
  readonly received: ReadonlyMap<string, readonly Fields[]>;
  readonly securities: ReadonlyMap<string, Fields>;
  readonly notes: readonly string[];
}

export function holdingsOf(body: unknown): PlaidHoldings {
  const answer = fieldsOf(body, '');
  const securities = securitiesOf(answer);
  const lines = new Map<string, BalanceLine[]>();
  const received = new Map<string, Fields[]>();
  const notes: string[] = [];
  const accounts = new Map(listAt(answer, 'accounts', '').map(({ fields, path }) => [textAt(fields, 'account_id', path), fields]));
  for (const { fields, path } of listAt(answer, 'holdings', '')) {
    const account = textAt(fields, 'account_id', path);
    if (!accounts.has(account)) misshapen(`${path}.account_id`, 'an account of the same answer is expected');
    const security = securities.get(textAt(fields, 'security_id', path)) ?? undescribed(textAt(fields, 'security_id', path));
    const line = lineOf(fields, path, security);
    const { unofficial } = currencyOf(fields, path);
    if (unofficial !== null && security.cash === null) notes.push(`${line.asset} is quoted in ${unofficial}, which is no ISO currency: recorded without price`);
    append(lines, account, line);
    append(received, account, fields);
  }
  return {
    accounts,
    lines,
    received,
    securities: new Map(listAt(answer, 'securities', '').map(({ fields, path }) => [textAt(fields, 'security_id', path), fields])),
    notes,
  };
}

function append<T>(into: Map<string, T[]>, key: string, item: T): void {
  const list = into.get(key);
  if (list) list.push(item);
  else into.set(key, [item]);
}

function lineOf(holding: Fields, path: string, security: PlaidSecurity): BalanceLine {
  const quantity = decimalAt(holding, 'quantity', path);
  const price = decimalAt(holding, 'institution_price', path);
  const value = decimalAt(holding, 'institution_value', path);
  if (security.cash !== null) return cashOf(holding, path, security, { quantity, price, value });
  const { iso } = currencyOf(holding, path);
  const priceAsOf = optionalInstant(holding, 'institution_price_datetime', path) ?? optionalInstant(holding, 'institution_price_as_of', path);
  const quoted = iso !== null && !isNoQuote({ quantity, price, value, priceAsOf, security });
  return {
    asset: security.asset,
    quantity,
    name: security.name,
    symbol: security.symbol?.slice(0, 120) ?? null,
    currency: iso,
    price: quoted ? price : null,
    priceAsOf: quoted ? priceAsOf : null,
    value: quoted ? value : null,
    costBasis: optionalDecimal(holding, 'cost_basis', path),
    vestedQuantity: optionalDecimal(holding, 'vested_quantity', path),
    identifiers: security.identifiers,
  };
}

/** Plaid's price is never null; a zero without a date, and without a close price of the security, is no statement of a price. */
function isNoQuote(of: { quantity: Decimal; price: Decimal; value: Decimal; priceAsOf: string | null; security: PlaidSecurity }): boolean {
  return isZero(of.price) && isZero(of.value) && !isZero(of.quantity) && of.priceAsOf === null && of.security.closePrice === null;
}

/** Cash in the currency that its ticker names (`CUR:EUR`), else in the holding's own; where a unit is not worth one, its value is the cash. */
function cashOf(holding: Fields, path: string, security: PlaidSecurity, held: { quantity: Decimal; price: Decimal; value: Decimal }): BalanceLine {
  const { iso, unofficial } = currencyOf(holding, path);
  const named = security.cash?.currency ?? null;
  const code = named ?? iso ?? unofficial;
  if (code === null) return { asset: security.asset, quantity: held.quantity, name: security.name, currency: null, price: null, value: null, identifiers: security.identifiers };
  const counted = named !== null || isZero(held.price) || compare(held.price, '1') === 0;
  return { ...cashLine(unofficial === code ? unofficialCurrency(PROVIDER, code) : currencyAsset(PROVIDER, code), counted ? held.quantity : held.value, code), name: security.name };
}
