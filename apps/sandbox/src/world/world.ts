/**
 * The one document that says what is true at every simulated institution. Providers only translate it.
 * Its published form is `world.schema.json`; every amount is a decimal string, every quantity in the units a
 * person would name (shares, contracts, coins), every transaction amount as the account feels it (+ = cash in).
 */
import type { Decimal } from '@tidemark/money';
import type { TransactionKind } from './transaction-kinds.js';

export type Provider = 'plaid' | 'snaptrade' | 'coinbase' | 'dydx';
export type LoginState = 'ok' | 'login_required' | 'locked';
export type AccountType = 'investment' | 'depository' | 'credit' | 'loan' | 'other';
export type SecurityKind = 'equity' | 'adr' | 'etf' | 'fund' | 'cef' | 'money_market' | 'bond' | 'option' | 'crypto' | 'future' | 'other';

export interface World {
  version: 1;
  name?: string;
  webhooks?: WebhookSettings;
  rateLimits?: RateLimitSettings;
  institutions: Institution[];
  persons: Person[];
  /** CDP API keys that are there from the beginning; approving a link makes more. */
  coinbaseKeys?: CoinbaseKeyOfWorld[];
  securities: Security[];
  accounts: Account[];
  transactions: Transaction[];
  corporateActions: CorporateAction[];
  prices: { daily: DailyPrice[]; intraday: IntradayPrice[]; walk?: PriceWalk };
  fx: FxRate[];
}

export interface WebhookSettings {
  /** Where Plaid's webhooks go when an item has no address of its own. */
  plaid?: string | null;
  /** Where SnapTrade's go (its dashboard holds one address a client). */
  snaptrade?: string | null;
  /** Send them by themselves when something happens, as the providers do. Default true. */
  automatic?: boolean;
}

export interface RateLimitSettings {
  enabled?: boolean;
  /** Calls a minute; keys are operations such as `investmentsHoldingsGet`, or `snaptrade` for its one limit; `coinbase` counts a second, `dydx` ten. */
  overrides?: Record<string, { perItem?: number; perClient?: number }>;
}

export interface Institution {
  id: string;
  name: string;
  type: 'brokerage' | 'bank' | 'retirement' | 'crypto' | 'other';
  url?: string | null;
  plaid?: {
    id: string;
    products: string[];
    oauth?: boolean;
    routingNumbers?: string[];
    status?: 'healthy' | 'down' | 'not_responding';
  };
  snaptrade?: {
    id: string;
    slug: string;
    allowsTrading: boolean;
    allowsFractionalUnits?: boolean;
    enabled?: boolean;
    maintenanceMode?: boolean;
    degraded?: boolean;
    realTime?: boolean;
  };
  /** It is Coinbase itself. */
  coinbase?: Record<string, never>;
  /** It is the dYdX chain. */
  dydx?: Record<string, never>;
}

export interface CoinbaseKeyOfWorld {
  name: string;
  accounts: string[];
  /** PEM (SPKI). */
  publicKey: string;
  /** Has the permission to view. Default true. */
  view?: boolean;
}

export interface Person {
  id: string;
  name: string;
}

export interface Security {
  id: string;
  kind: SecurityKind;
  /** The ticker; for an option its compact OCC symbol; null where the institution gives none. */
  symbol: string | null;
  name: string;
  currency: string;
  price: Decimal | null;
  priceAsOf?: string | null;
  cusip?: string | null;
  isin?: string | null;
  sedol?: string | null;
  figi?: string | null;
  mic?: string | null;
  sector?: string | null;
  industry?: string | null;
  /** Its symbol at the price source; null = not listed there. Default: by ticker, kind and exchange (`ASML.AS`, `BTCUSD`). */
  market?: string | null;
  option?: { contractType: 'call' | 'put'; strike: Decimal; expiration: string; underlying: string; multiplier: Decimal };
  bond?: { couponRate?: Decimal; maturity?: string; issued?: string; faceValue?: Decimal };
  /** Wire words that replace the usual ones, for tests of unknown types. */
  wire?: { plaidType?: string; snaptradeKind?: string };
}

export interface CashBalance {
  currency: string;
  amount: Decimal;
  buyingPower?: Decimal | null;
}

export interface Holding {
  security: string;
  /** Shares, coins or option contracts; negative = short. */
  quantity: Decimal;
  price?: Decimal | null;
  /** What the institution says it is worth, where that is not quantity × price × multiplier. */
  value?: Decimal;
  /** Total paid for the position. */
  costBasis?: Decimal | null;
  vestedQuantity?: Decimal | null;
  vestedValue?: Decimal | null;
  asOf?: string | null;
}

export interface Account {
  id: string;
  person: string;
  institution: string;
  /** Which providers see it; default: every provider that reaches the institution. */
  providers?: Provider[];
  type: AccountType;
  subtype: string | null;
  name: string;
  officialName?: string | null;
  mask: string | null;
  /** The full account number: wherever it turns up outside, something leaked. */
  number: string;
  currency: string;
  /** Absent `current` of an investment account = holdings + cash; null = the institution does not say. */
  balances?: { current?: Decimal | null; available?: Decimal | null; limit?: Decimal | null };
  cash?: CashBalance[];
  holdings?: Holding[];
  /** What it held before the first of its transactions: with it the world knows every day of the account (`trueHistory`). */
  opening?: { cash?: CashBalance[]; holdings?: { security: string; quantity: Decimal }[] };
  closed?: boolean;
  login?: LoginState;
  /** Can its holdings be read? Default: it is an investment account. */
  investments?: boolean;
  openedOn?: string;
  paper?: boolean;
  coinbase?: { portfolio?: string; holds?: { currency: string; amount: Decimal }[] };
  /** Of the chain's: cash in USDC, holdings of perpetuals (kind `future`, the market as symbol) at oracle prices. */
  dydx?: { address: string; subaccountNumber: number };
}

export interface Transaction {
  id: string;
  account: string;
  date: string;
  at?: string;
  settledOn?: string;
  kind: TransactionKind;
  security?: string | null;
  /** + gained, − lost. */
  quantity?: Decimal;
  price?: Decimal;
  /** + = cash in, − = cash out; fees included: it is final. `wire.amount` is what the providers show instead, where they show another. */
  amount: Decimal;
  fees?: Decimal | null;
  currency: string;
  description: string;
  pending?: boolean;
  pendingOf?: string;
  cancels?: string;
  /** The institution says the same a second time, as a row of its own; it happened once. */
  repeats?: string;
  merchant?: string | null;
  fxRate?: Decimal;
  wire?: { plaidType?: string; plaidSubtype?: string; snaptradeType?: string; coinbaseType?: string; coinbaseLedger?: string; dydxType?: string; sizeInQuote?: boolean; amount?: Decimal };
}

export interface CorporateAction {
  id: string;
  security: string;
  date: string;
  kind: 'split' | 'merger' | 'spin_off' | 'dividend' | 'symbol_change' | 'delisting';
  numerator?: Decimal;
  denominator?: Decimal;
  amount?: Decimal;
  into?: string;
}

export interface DailyPrice {
  security: string;
  date: string;
  close: Decimal;
  open?: Decimal;
  high?: Decimal;
  low?: Decimal;
}

/** Days from `from` on without a close of their own get a made-up one: a walk from this seed through the security's price on its day. */
export interface PriceWalk {
  seed: number;
  from: string;
}

export interface IntradayPrice {
  security: string;
  at: string;
  price: Decimal;
}

export interface FxRate {
  date: string;
  base: string;
  quote: string;
  rate: Decimal;
}
