/**
 * /accounts/{id}/positions/all and /accounts/{id}/balances → balance lines. Pure. An option's price is a share's with an
 * explicit multiplier; `cost_basis` is per unit held (per contract of an option), so the total is × |units|, without the
 * multiplier; units < 0 are short. A money-market fund marked `cash_equivalent` is in the cash already and counts once.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { absolute, isCurrency, round } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { currencyAsset } from '../asset-ids.js';
import { cashLine, product, worth } from '../lines.js';
import { decimalAt, fieldsAt, fieldsOf, listAt, listOf, optionalBoolean, optionalDecimal, optionalFields, optionalText } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';
import { instrumentOf } from './instruments.js';

const PROVIDER = 'snaptrade';

export interface Positions {
  readonly lines: readonly BalanceLine[];
  /** When SnapTrade fetched them from the brokerage. */
  readonly asOf: string | null;
  readonly notes: readonly string[];
}

export function positionsOf(body: unknown): Positions {
  const answer = fieldsOf(body, '');
  const freshness = optionalFields(answer, 'data_freshness', '');
  const notes: string[] = [];
  return {
    lines: listAt(answer, 'results', '').map(({ fields, path }) => positionLine(fields, path, notes)),
    asOf: freshness === null ? null : optionalInstant(freshness, 'as_of', 'data_freshness'),
    notes,
  };
}

function positionLine(position: Fields, path: string, notes: string[]): BalanceLine {
  const instrument = instrumentOf(fieldsAt(position, 'instrument', path), `${path}.instrument`);
  const quantity = decimalAt(position, 'units', path);
  const code = optionalText(position, 'currency', path) ?? optionalText(fieldsAt(position, 'instrument', path), 'currency', `${path}.instrument`);
  const currency = code !== null && isCurrency(code) ? code : null;
  const stated = optionalDecimal(position, 'price', path);
  const price = currency === null || instrument.notional ? null : stated;
  if (stated !== null && price === null) notes.push(`${instrument.asset} is recorded without price: ${instrument.notional ? `a ${instrument.kind}'s price is a notional` : `quoted in ${code ?? 'no currency'}, which is none of ISO's`}`);
  const costPerUnit = optionalDecimal(position, 'cost_basis', path);
  return {
    asset: instrument.asset,
    quantity,
    name: instrument.name,
    symbol: instrument.symbol,
    currency,
    price,
    ...(instrument.multiplier === null ? {} : { multiplier: instrument.multiplier }),
    value: worth(quantity, price, instrument.multiplier),
    costBasis: costPerUnit === null ? null : totalCost(costPerUnit, absolute(quantity)),
    ...(optionalBoolean(position, 'cash_equivalent', path) === true ? { countedAsCash: true } : {}),
    identifiers: instrument.identifiers,
  };
}

/** As many digits as only a quotient has that somebody had to end: no price is stated so finely. */
const QUOTIENT_DIGITS = 16;
/** Coarser than that no total is made. */
const FINE_DIGITS = 4;

/**
 * Cost per unit × units. An average of 163977.68 over 123 units ends nowhere and comes rounded; multiplied back, its last digit would
 * show as 163977.6799999999999999773. So a total of such an average is rounded, once, to the digits that it is certain to.
 */
function totalCost(perUnit: Decimal, units: Decimal): Decimal | null {
  const total = product(perUnit, units);
  const [whole = '', after = ''] = perUnit.split('.');
  const significant = `${whole}${after}`.replace(/^[-0]+/, '').length;
  const certain = after.length - (units.split('.')[0] as string).length - 1;
  return total === null || significant < QUOTIENT_DIGITS || certain < FINE_DIGITS ? total : round(total, certain);
}

/** Cash by currency, zero included; a currency whose cash SnapTrade does not state has no line. */
export function cashOf(body: unknown): { readonly lines: readonly BalanceLine[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const lines = listOf(body, '').flatMap(({ fields, path }) => {
    const currency = optionalFields(fields, 'currency', path);
    const code = currency === null ? null : optionalText(currency, 'code', `${path}.currency`);
    const cash = optionalDecimal(fields, 'cash', path);
    if (cash === null || code === null) {
      notes.push(`SnapTrade states no ${cash === null ? `cash in ${code ?? 'an unnamed currency'}` : 'currency of a cash balance'}`);
      return [];
    }
    return [cashLine(currencyAsset(PROVIDER, code), cash, code)];
  });
  return { lines, notes };
}
