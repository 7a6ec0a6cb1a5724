/** The total that shares are of: the same sum as the portfolio's value, account by account. */
import { sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { why } from '../returns/figure.js';
import type { Why } from '../returns/figure.js';
import { heldLines } from './held-lines.js';
import type { HeldAccount, HeldLine, MarketNow } from './held-lines.js';

export interface Held {
  readonly lines: readonly HeldLine[];
  /** Of what is known; null where nothing is. */
  readonly total: Decimal | null;
  readonly complete: boolean;
  /** What is missing, line by line. */
  readonly reasons: readonly Why[];
}

/** @param accounts those that count */
export function valueHeld(accounts: readonly HeldAccount[], market: MarketNow): Held {
  const held = accounts.map((account) => ({ account, lines: heldLines(account, market) }));
  const lines = held.flatMap((one) => one.lines);
  const total = sumKnown(held.map(({ account, lines: own }) => (account.snapshot ? sumKnown(own.map((line) => line.value)) : null)));
  const unseen = held.filter(({ account }) => !account.snapshot).map(({ account }) => ({ ...why('no_history', 'No snapshot of this account has been captured yet.'), accountId: account.accountId }));
  const missing = lines.flatMap((line) => (line.missing ? [missingReason(line, line.missing, market)] : []));
  return { lines, total, complete: unseen.length + missing.length === 0, reasons: [...unseen, ...missing] };
}

/** The sum of the parts that are known. Of no parts it is 0; of parts none of which is known it is unknown. */
export function sumKnown(parts: readonly (Decimal | null)[]): Decimal | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 && parts.length > 0 ? null : sum(known);
}

function missingReason(line: HeldLine, code: 'price_missing' | 'rate_missing', { at, base }: MarketNow): Why {
  const detail =
    code === 'price_missing' ? `No price of ${line.asset} is known at ${at}.`
    : line.currency === null ? `The currency of ${line.asset} is not known.`
    : `No rate from ${line.currency} to ${base} is known at ${at}.`;
  return { ...why(code, detail), accountId: line.account.accountId, asset: line.asset };
}
