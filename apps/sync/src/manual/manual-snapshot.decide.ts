/**
 * A snapshot that a person types in for a manual account: every asset that they hold, at one instant. Each line is checked by itself
 * and every wrong field is named, so that nothing has to be found out one error at a time.
 */
import type { BalanceLine, BalanceSnapshotCaptured, FieldError } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { decimal, isCurrency, isNegative, multiply, parseAssetId, sum } from '@tidemark/money';

export interface ManualLine {
  readonly asset: string;
  readonly quantity: string;
  /** What the position is quoted in; its price and cost are in it too. Null or absent: they are in the account's, and the market's price may be in any. */
  readonly currency?: string | null;
  readonly costBasis?: string | null;
  /** Per unit (of an option: per share of the underlying). */
  readonly price?: string | null;
}

export interface ManualEntry {
  readonly now: number;
  readonly snapshotId: string;
  readonly userId: string;
  readonly account: { readonly accountId: string; readonly currency: string };
  readonly capturedAt?: string;
  readonly balances: readonly ManualLine[];
}

/** Clocks differ by a little; a minute is allowed. */
const AHEAD_MS = 60_000;
/** Shares a standard option contract (OCC) stands for. */
const CONTRACT = '100';

export function decideManualSnapshot(entry: ManualEntry): Result<BalanceSnapshotCaptured, readonly FieldError[]> {
  const errors: FieldError[] = [];
  const capturedAt = capturedInstant(entry, errors);
  const seen = new Set<string>();
  const balances = entry.balances.map((line, index) => {
    if (seen.has(line.asset)) errors.push({ field: `balances/${index}/asset`, message: `is there twice: give ${line.asset} once, with its whole quantity` });
    seen.add(line.asset);
    return manualLine(line, `balances/${index}`, errors);
  });
  if (errors.length > 0) return refuse(errors);
  const { accountId, currency } = entry.account;
  return ok({
    snapshotId: entry.snapshotId, userId: entry.userId, connectionId: null, accountId, provider: 'manual', syncId: null, capturedAt, providerAsOf: null, source: 'manual_entry', currency,
    totals: { balance: null, available: null, holdingsValue: null, cashValue: cashIn(currency, balances) },
    balances, providerMetadata: {},
  });
}

/** Null where cash of another currency is held: a sum would need a rate. */
function cashIn(currency: string, balances: readonly BalanceLine[]): string | null {
  const cash = balances.filter((line) => line.asset.startsWith('currency:'));
  return cash.every((line) => line.asset === `currency:${currency}`) ? sum(cash.map((line) => line.quantity)) : null;
}

function capturedInstant(entry: ManualEntry, errors: FieldError[]): string {
  if (entry.capturedAt === undefined) return instant(entry.now);
  const at = Date.parse(entry.capturedAt);
  // The runtime rolls 30 February over into March; that is not what was meant.
  if (Number.isNaN(at) || !instant(at).startsWith(entry.capturedAt.slice(0, 10))) errors.push({ field: 'capturedAt', message: 'is no day of the calendar: give an RFC 3339 UTC instant such as "2026-11-21T09:36:00.000Z"' });
  else if (at > entry.now + AHEAD_MS) errors.push({ field: 'capturedAt', message: `is in the future: give an instant up to ${instant(entry.now)}` });
  return Number.isNaN(at) ? instant(entry.now) : instant(at);
}

function manualLine(line: ManualLine, field: string, errors: FieldError[]): BalanceLine {
  const asset = parseAssetId(line.asset);
  if (!asset) errors.push({ field: `${field}/asset`, message: 'is no asset id: give currency:USD, equity:AAPL, etf:VTI, fund:VFIAX, crypto:BTC, option:NFLX180201C00355000 (OCC), bond:<CUSIP or ISIN> or provider:<provider>:<id>' });
  const cash = asset?.kind === 'currency';
  if (cash && !known(asset.symbol)) errors.push({ field: `${field}/asset`, message: `names no ISO 4217 currency: ${asset.symbol}` });
  const stated = line.currency ?? null;
  if (cash && known(asset.symbol) && stated !== null && stated !== asset.symbol) errors.push({ field: `${field}/currency`, message: `is another than that of ${line.asset}: leave it out` });
  else if (stated !== null && !known(stated)) errors.push({ field: `${field}/currency`, message: `is no ISO 4217 currency: ${stated}; give the currency that the position is quoted in, such as USD, or leave it out` });
  if (cash && line.price != null) errors.push({ field: `${field}/price`, message: 'cash has no price: leave it out' });
  if (line.price != null && isNegative(line.price)) errors.push({ field: `${field}/price`, message: 'must not be negative: a short position has a negative quantity' });
  const quantity = decimal(line.quantity);
  const price = line.price == null || cash ? null : decimal(line.price);
  const multiplier = asset?.kind === 'option' ? { multiplier: CONTRACT } : {};
  return {
    asset: line.asset,
    quantity,
    // One that states none is quoted in whatever its market has: the account's currency is that of its price and cost alone.
    ...(cash ? { currency: asset.symbol } : stated === null ? {} : { currency: stated }),
    price,
    ...multiplier,
    value: valueOf(cash, quantity, price, asset?.kind === 'option'),
    costBasis: line.costBasis == null ? null : decimal(line.costBasis),
  };
}

/** As a plain test: a type guard that fails would leave nothing of the symbol to be named. */
function known(code: string): boolean {
  return isCurrency(code);
}

/** Quantity × multiplier × price, once; unknown where no price was given. */
function valueOf(cash: boolean, quantity: string, price: string | null, option: boolean): string | null {
  if (cash) return quantity;
  if (price === null) return null;
  return multiply(multiply(quantity, option ? CONTRACT : '1'), price);
}
