/**
 * Coinbase's list of accounts → accounts of ours. Pure but for the keyed hash, whose key is handed in. What Coinbase calls an account is
 * a wallet of one currency; all wallets of a portfolio are one account here, with a line a currency. A wallet's total is
 * `available_balance` + `hold`. `type` is ignored: Coinbase's own example has bitcoin typed as fiat.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { add, assetId, isCash, isCurrency, isZero, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { markOfNumber } from '../account-number.js';
import { marketAsset, providerAsset } from '../asset-ids.js';
import { cashLine, merged } from '../lines.js';
import type { FetchedAccount } from '../port.js';
import { redact } from '../redaction.js';
import { at, booleanAt, decimalAt, fieldsAt, fieldsOf, listAt, misshapen, optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';

const PROVIDER = 'coinbase';
/** Of wallets that name no portfolio. */
const UNNAMED = 'default';

export interface Wallet {
  readonly id: string;
  readonly portfolio: string;
  readonly currency: string;
  readonly total: Decimal;
  /** When anything of it last changed; null where it is not said. */
  readonly updatedAt: string | null;
  readonly received: Fields;
}

export interface WalletPage {
  readonly wallets: readonly Wallet[];
  /** Of the next page; null at the end. */
  readonly cursor: string | null;
}

export function walletPageOf(body: unknown): WalletPage {
  const answer = fieldsOf(body, '');
  const wallets = listAt(answer, 'accounts', '').map(({ fields, path }) => walletOf(fields, path));
  if (!booleanAt(answer, 'has_next', '')) return { wallets, cursor: null };
  return { wallets, cursor: optionalText(answer, 'cursor', '') ?? misshapen('cursor', 'a text is expected where has_next is true') };
}

function walletOf(fields: Fields, path: string): Wallet {
  const currency = textAt(fields, 'currency', path).toUpperCase();
  const hold = optionalFields(fields, 'hold', path);
  return {
    id: textAt(fields, 'uuid', path),
    portfolio: optionalText(fields, 'retail_portfolio_id', path) ?? UNNAMED,
    currency,
    total: add(balanceOf(fieldsAt(fields, 'available_balance', path), currency, `${path}.available_balance`), hold === null ? '0' : balanceOf(hold, currency, `${path}.hold`)),
    updatedAt: optionalInstant(fields, 'updated_at', path),
    received: fields,
  };
}

/** Value and currency; an amount of another currency cannot be added to the wallet's. */
function balanceOf(fields: Fields, currency: string, path: string): Decimal {
  const stated = optionalText(fields, 'currency', path);
  if (stated !== null && stated.toUpperCase() !== currency) return misshapen(at(path, 'currency'), 'the currency of the wallet is expected');
  return decimalAt(fields, 'value', path);
}

/** Fiat is cash; every other code is a crypto asset, or the provider's own where it has no form that one can have. */
export function assetOfCode(code: string): string {
  const upper = code.toUpperCase();
  const official: boolean = isCurrency(upper);
  if (official) return assetId('currency', upper);
  return marketAsset('crypto', upper) ?? providerAsset(PROVIDER, upper);
}

/** One account a portfolio, in the order in which they are listed. @param hashKey of the hash that stands for a portfolio */
export function portfoliosOf(wallets: readonly Wallet[], hashKey: Uint8Array | string): FetchedAccount[] {
  return [...Map.groupBy(wallets, ({ portfolio }) => portfolio)].map(([portfolio, own]) => portfolioOf(portfolio, own, hashKey));
}

function portfolioOf(portfolio: string, wallets: readonly Wallet[], hashKey: Uint8Array | string): FetchedAccount {
  const lines = merged(wallets.filter(isShown).map(({ currency, total }) => lineOf(currency, total)));
  const fiat = lines.filter(({ asset }) => isCash(asset));
  const codes = new Set(fiat.map((line) => line.currency ?? ''));
  const currency = codes.size === 1 ? ([...codes][0] ?? null) : 'USD';
  const named = portfolio === UNNAMED ? null : portfolio;
  return {
    account: {
      providerAccountId: portfolio, name: 'Coinbase portfolio', officialName: null, type: 'investment', subtype: 'crypto exchange', mask: null,
      numberHash: markOfNumber(named, hashKey).hash, currency,
    },
    currency,
    providerAsOf: null,
    // Coinbase gives no total of the whole: prices of the coins are not part of this answer.
    totals: { balance: null, available: null, holdingsValue: null, cashValue: codes.size === 1 ? sum(fiat.map(({ quantity }) => quantity)) : null },
    balances: lines,
    providerMetadata: redact({ wallets: wallets.filter(isShown).map(({ received }) => received) }),
  };
}

/** Coinbase lists a wallet for every coin that can be had; of those with nothing, only fiat says something: zero cash is a statement. */
export function isShown({ currency, total }: Wallet): boolean {
  return !isZero(total) || isCash(assetOfCode(currency));
}

function lineOf(code: string, total: Decimal): BalanceLine {
  const asset = assetOfCode(code);
  return isCash(asset) ? cashLine(asset, total, code) : { asset, quantity: total, symbol: code, currency: null, price: null, value: null, costBasis: null };
}
