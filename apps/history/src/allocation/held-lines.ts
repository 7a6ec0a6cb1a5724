/**
 * What is held now, line by line, each valued as the portfolio's value is (the rule of libs/market: the newest price at or before now of the
 * market's close of its symbol and the price that its own snapshot carried; cash by its quantity; what is counted as cash already in no
 * sum), so that allocation, risk and value add up to the same total.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { closeOf, isSameListing, newestPrice } from '@tidemark/market';
import { decimal, isCash, isZero, multiply } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';

/** A market close of an asset's symbol, newest as of the last closed day. */
export interface KnownClose {
  /** `YYYY-MM-DD`, the day it was quoted on. */
  readonly day: string;
  readonly close: Decimal;
  readonly currency: string;
}

export interface MarketNow {
  readonly at: string;
  readonly base: string;
  close(asset: AssetId): KnownClose | null;
  /** Units of `base` for one of `currency`; null where no rate is known. */
  rate(currency: string): Decimal | null;
}

export interface HeldAccount {
  readonly accountId: string;
  readonly name: string;
  readonly provider: string;
  /** The newest snapshot; null where there is none yet. */
  readonly snapshot: { readonly capturedAt: string; readonly currency: string; readonly lines: readonly BalanceLine[] } | null;
}

export interface HeldLine {
  readonly account: HeldAccount;
  readonly asset: AssetId;
  readonly name: string | null;
  readonly cash: boolean;
  /** Of its value; null where nobody knows. */
  readonly currency: string | null;
  /** In the base currency. */
  readonly value: Decimal | null;
  readonly missing: 'price_missing' | 'rate_missing' | null;
}

/** The lines of an account that belong in its sum. */
export function heldLines(account: HeldAccount, market: MarketNow): HeldLine[] {
  const { snapshot } = account;
  if (!snapshot) return [];
  return snapshot.lines.filter((line) => !line.countedAsCash).map((line) => heldLine(account, snapshot, line, market));
}

function heldLine(account: HeldAccount, snapshot: NonNullable<HeldAccount['snapshot']>, line: BalanceLine, market: MarketNow): HeldLine {
  const cash = isCash(line.asset);
  const stated = cash ? line.asset.slice('currency:'.length) : line.currency === undefined ? snapshot.currency : line.currency;
  const newest = cash ? null : priceOf(line, stated, snapshot.capturedAt, market);
  const currency = newest?.currency ?? stated;
  const own = cash ? decimal(line.quantity) : worth(line, newest?.price ?? line.price ?? null);
  const value = own === null || isZero(own) ? own : inBase(own, currency, market);
  const missing = own === null ? 'price_missing' : value === null ? 'rate_missing' : null;
  return { account, asset: line.asset, name: line.name ?? line.symbol ?? null, cash, currency, value, missing };
}

/** A close is in its own currency; what the snapshot carried is in the line's. Null: no price is dated yet. */
function priceOf(line: BalanceLine, stated: string | null, capturedAt: string, market: MarketNow): { price: Decimal; currency: string | null } | null {
  const close = market.close(line.asset);
  const candidates = [
    ...(close && isSameListing(line.asset, line.currency, close.currency) ? [{ origin: 'market' as const, at: closeOf(close.day), price: close.close, currency: close.currency }] : []),
    ...(line.price == null ? [] : [{ origin: 'account' as const, at: line.priceAsOf ?? capturedAt, price: line.price, currency: stated }]),
  ];
  // Null, and yet a price: one of a minute ahead of our clock is what the account was told, and better than none.
  return newestPrice(candidates, market.at);
}

function worth(line: BalanceLine, price: Decimal | null): Decimal | null {
  if (price === null) return isZero(line.quantity) ? '0' : null;
  return multiply(multiply(line.quantity, line.multiplier ?? '1'), price);
}

function inBase(amount: Decimal, currency: string | null, market: MarketNow): Decimal | null {
  if (currency === null || currency === market.base) return currency === null ? null : amount;
  const rate = market.rate(currency);
  return rate === null ? null : multiply(amount, rate);
}
