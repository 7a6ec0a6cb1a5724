/**
 * The one port through which prices come in. A source answers in the terms of the product: closes unadjusted, as they were quoted on their
 * day; splits of the issuer beside them; amounts as decimal strings. Retries, timeouts and breakers are inside; what is cached, asked
 * together or not asked at all is decided in ../prices.
 */
import type { Result } from '@tidemark/kernel';
import type { Day } from '@tidemark/market';
import type { Decimal } from '@tidemark/money';
import type { PriceKind } from './price-kind.js';

/** As the source gives it, checked by nobody yet: see ../prices/gate.decide.ts. */
export interface SourceClose {
  readonly day: Day;
  readonly close: Decimal;
}

/** From `day` on, `numerator` units stand where `denominator` stood. */
export interface SourceSplit {
  readonly day: Day;
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

/** What a source knows of a symbol; null where it says nothing. */
export interface SymbolProfile {
  readonly symbol: string;
  readonly kind: 'security' | 'crypto';
  readonly name: string | null;
  readonly currency: string | null;
  readonly cusip: string | null;
  readonly isin: string | null;
  /** As the source words it; absent where it knows none. */
  readonly sector?: string | null;
}

export interface SymbolMatch {
  readonly symbol: string;
  readonly name: string | null;
  readonly currency: string | null;
}

export type SecurityIdKind = 'cusip' | 'isin' | 'figi';

/**
 * `retry`: may pass by itself. `final`: it will not (a plan without this symbol, a wrong key). `detail` is for people and holds no secret.
 */
export interface PriceFailure {
  readonly class: 'retry' | 'final';
  readonly detail: string;
  readonly retryAfterMs: number | null;
}

export type Answer<T> = Promise<Result<T, PriceFailure>>;

export interface PriceSource {
  /** Stands in events and mappings. */
  readonly id: string;
  /** The most days that one call for closes answers. */
  readonly daysACall: number;
  /** Kinds of security numbers that it can look up. */
  readonly identifiers: readonly SecurityIdKind[];
  /** Closes between two days, both included, in any order. An unknown symbol has none. */
  closes(symbol: string, kind: PriceKind, from: Day, to: Day): Answer<{ readonly currency: string | null; readonly closes: readonly SourceClose[] }>;
  /** Every split that it knows of. */
  splits(symbol: string): Answer<readonly SourceSplit[]>;
  /** Null: there is no such symbol. */
  profile(symbol: string, kind: PriceKind): Answer<SymbolProfile | null>;
  byIdentifier(kind: SecurityIdKind, value: string): Answer<readonly SymbolMatch[]>;
  byName(name: string): Answer<readonly SymbolMatch[]>;
  /**
   * The closes of one day of every symbol it has, in one call; absent where the source has no such call. Asked only for the last day that
   * closed, so that no later split can stand in it.
   */
  readonly closesOn?: (day: Day) => Answer<ReadonlyMap<string, Decimal>>;
  /** Every split between two days, of all symbols, in one call. */
  readonly splitsBetween?: (from: Day, to: Day) => Answer<readonly (SourceSplit & { readonly symbol: string })[]>;
}

/** One line per attempted call, for metrics and the estimate of cost. */
export interface PriceCall {
  readonly source: string;
  readonly operation: string;
  readonly result: string;
  /** Requests that went out, repeats included: each costs. */
  readonly requests: number;
  readonly latencyMs: number;
}
