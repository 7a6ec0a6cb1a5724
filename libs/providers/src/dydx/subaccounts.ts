/**
 * Subaccounts of the indexer → accounts of ours. Pure but for the keyed hash, whose key is handed in. As the indexer reckons it,
 * equity = signed USDC + Σ size × oracle price: a perpetual's size is signed, an asset's is not and has a side. Unsettled funding is in
 * the USDC already. The lines are just those terms, so that they sum to the equity to the last digit.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { add, assetId, compare, isNegative, isZero, negate, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { marketAsset, providerAsset } from '../asset-ids.js';
import { worth } from '../lines.js';
import type { FetchedAccount } from '../port.js';
import { redact } from '../redaction.js';
import { at, countAt, decimalAt, fieldsAt, fieldsOf, listAt, misshapen, optionalDecimal, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { hashOfOwner, PARENTS } from './credential.js';

const PROVIDER = 'dydx';
/** Everything is settled in it, and the indexer counts one as one dollar: its equity adds it to prices in dollars. */
const SETTLEMENT = 'USDC';
const CURRENCY = 'USD';

export interface Subaccount {
  readonly number: number;
  readonly equity: Decimal;
  readonly freeCollateral: Decimal | null;
  /** Signed sizes by market. */
  readonly perpetuals: readonly { readonly market: string; readonly size: Decimal; readonly entryPrice: Decimal | null }[];
  /** Signed sizes by symbol. */
  readonly assets: readonly { readonly symbol: string; readonly size: Decimal }[];
  readonly received: Fields;
}

export type OraclePrices = ReadonlyMap<string, Decimal>;

/** Of any of the three answers: all of an address, one subaccount, or a parent with its children. */
export function subaccountsOf(body: unknown): Subaccount[] {
  const answer = fieldsOf(body, '');
  if (answer['subaccounts'] !== undefined) return listAt(answer, 'subaccounts', '').map(({ fields, path }) => subaccountOf(fields, path));
  const one = fieldsAt(answer, 'subaccount', '');
  if (one['childSubaccounts'] === undefined) return [subaccountOf(one, 'subaccount')];
  return listAt(one, 'childSubaccounts', 'subaccount').map(({ fields, path }) => subaccountOf(fields, path));
}

function subaccountOf(fields: Fields, path: string): Subaccount {
  return {
    number: countAt(fields, 'subaccountNumber', path),
    equity: decimalAt(fields, 'equity', path),
    freeCollateral: optionalDecimal(fields, 'freeCollateral', path),
    perpetuals: entriesOf(fields, 'openPerpetualPositions', path).map(({ key, position, within }) => ({ market: key, size: signedSize(position, within), entryPrice: optionalDecimal(position, 'entryPrice', within) })),
    assets: entriesOf(fields, 'assetPositions', path).map(({ key, position, within }) => ({ symbol: key, size: sidedSize(position, within) })),
    received: fields,
  };
}

function entriesOf(parent: Fields, key: string, path: string): { key: string; position: Fields; within: string }[] {
  const map = fieldsAt(parent, key, path);
  return Object.keys(map).sort().map((name) => ({ key: name, position: fieldsAt(map, name, at(path, key)), within: at(at(path, key), name) }));
}

/** A perpetual's size has its sign; a side that says otherwise leaves open which of the two is right. */
function signedSize(position: Fields, path: string): Decimal {
  const size = decimalAt(position, 'size', path);
  const short = textAt(position, 'side', path) === 'SHORT';
  return isZero(size) || isNegative(size) === short ? size : misshapen(at(path, 'size'), 'a size with the sign of its side is expected');
}

/** An asset's size has none: the side is its sign. */
function sidedSize(position: Fields, path: string): Decimal {
  const size = decimalAt(position, 'size', path);
  if (isNegative(size)) return misshapen(at(path, 'size'), 'a size without sign is expected, beside its side');
  return textAt(position, 'side', path) === 'SHORT' ? negate(size) : size;
}

/** /v4/perpetualMarkets → oracle price by market. A market without one is left out. */
export function oraclePricesOf(body: unknown): OraclePrices {
  const markets = fieldsAt(fieldsOf(body, ''), 'markets', '');
  return new Map(Object.keys(markets).flatMap((ticker) => {
    const price = optionalDecimal(fieldsAt(markets, ticker, 'markets'), 'oraclePrice', `markets.${ticker}`);
    return price === null ? [] : [[ticker, price] as const];
  }));
}

/** Equity less the sum of the lines; null where a line has no value. Zero where prices and balances are of one moment. */
export function unexplained(subaccount: Subaccount, prices: OraclePrices): Decimal | null {
  const values = linesOf(subaccount, prices).map(({ value }) => value ?? null);
  return values.some((value) => value === null) ? null : subtract(subaccount.equity, sum(values.filter((value) => value !== null)));
}

function linesOf({ perpetuals, assets }: Subaccount, prices: OraclePrices): BalanceLine[] {
  const held = assets.filter(({ symbol, size }) => symbol === SETTLEMENT || !isZero(size)).map(({ symbol, size }): BalanceLine => {
    const settled = symbol === SETTLEMENT;
    return { asset: marketAsset('crypto', symbol) ?? providerAsset(PROVIDER, symbol), quantity: size, symbol, currency: settled ? CURRENCY : null, price: settled ? '1' : null, value: settled ? size : null, costBasis: null };
  });
  const open = perpetuals.filter(({ size }) => !isZero(size)).map(({ market, size, entryPrice }): BalanceLine => {
    const price = prices.get(market) ?? null;
    const asset = perpetualAsset(market);
    return { asset, quantity: size, name: `${market} perpetual`, symbol: market, currency: CURRENCY, price, value: worth(size, price, null), costBasis: entryPrice === null ? null : worth(size, entryPrice, null), identifiers: { providerSecurityId: market } };
  });
  return [...held, ...open];
}

/** A perpetual is no coin: its own asset, which no market but dYdX prices. */
export function perpetualAsset(market: string): string {
  return providerAsset(PROVIDER, market);
}

/** What dYdX calls an asset in its lists of transfers. */
export function coinAsset(symbol: string): string {
  return marketAsset('crypto', symbol) ?? providerAsset(PROVIDER, symbol);
}

export const SETTLEMENT_ASSET = assetId('crypto', SETTLEMENT);

/** One subaccount whole. @param address hashed, never kept in clear */
export function fetchedAccountOf(subaccount: Subaccount, prices: OraclePrices, { address, hashKey }: { readonly address: string; readonly hashKey: Uint8Array | string }): FetchedAccount {
  const { number, equity, freeCollateral, received } = subaccount;
  const lines = linesOf(subaccount, prices);
  const perpetuals = lines.filter(({ asset }) => asset.startsWith('provider:'));
  const parent = number % PARENTS;
  return {
    account: {
      providerAccountId: String(number), name: number < PARENTS ? `dYdX subaccount ${number}` : `dYdX subaccount ${number} (isolated, of ${parent})`, officialName: null, type: 'investment', subtype: 'perpetuals',
      mask: null, numberHash: hashOfOwner(address, number, hashKey), currency: CURRENCY,
    },
    currency: CURRENCY,
    providerAsOf: null,
    totals: { balance: equity, available: freeCollateral, holdingsValue: valueOf(perpetuals), cashValue: valueOf(lines.filter(({ asset }) => asset === SETTLEMENT_ASSET)) },
    balances: lines,
    providerMetadata: redact({ subaccount: received }, [address]),
  };
}

function valueOf(lines: readonly BalanceLine[]): Decimal | null {
  return lines.reduce<Decimal | null>((total, { value }) => (total === null || value === null || value === undefined ? null : add(total, value)), '0');
}

/** Whether the lines of every subaccount sum to its equity, as far as they have values. */
export function isOfOneMoment(subaccounts: readonly Subaccount[], prices: OraclePrices): boolean {
  return subaccounts.every((one) => compare(unexplained(one, prices) ?? '0', '0') === 0);
}
