/** A price as it is now. A source says what was traded; whether to believe it is decided in quote-gate.decide.ts. */
import type { Decimal } from '@tidemark/money';

export interface Quote {
  /** As the price source names it, in upper case. */
  readonly symbol: string;
  readonly price: Decimal;
  /** When it was traded, milliseconds since 1970. */
  readonly at: number;
}

/** Gives quotes of the symbols that it was last told to follow, until it is closed. It reconnects by itself. */
export interface QuoteSource {
  follow(symbols: ReadonlySet<string>): void;
  close(): Promise<void>;
}

export interface QuoteListener {
  quote(quote: Quote): void;
  /** A message that could not be read. */
  malformed(): void;
}

export type OpenQuotes = (listener: QuoteListener) => QuoteSource;
