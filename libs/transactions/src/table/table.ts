/**
 * The one table that drives normalisation: a row for every word of every provider, to be read beside the provider's own list.
 * A row naming type and subtype wins over one with `*` as subtype, that over one with `*` as type, that over `*` for both.
 */
import { COINBASE } from './coinbase.js';
import { DYDX } from './dydx.js';
import type { TableEntry, TransactionSource } from './entry.js';
import { MANUAL } from './manual.js';
import { PLAID_BANK } from './plaid-bank.js';
import { PLAID_INVESTMENTS } from './plaid-investments.js';
import { SNAPTRADE } from './snaptrade.js';

export const TRANSACTION_TABLE: readonly TableEntry[] = [...PLAID_INVESTMENTS, ...PLAID_BANK, ...SNAPTRADE, ...COINBASE, ...DYDX, ...MANUAL];

const ANY = '*';
const BY_WORDS = new Map<string, TableEntry[]>();
for (const entry of TRANSACTION_TABLE) {
  const key = wordsOf(entry.provider, entry.source, entry.type, entry.subtype);
  const same = BY_WORDS.get(key);
  if (same) same.push(entry);
  else BY_WORDS.set(key, [entry]);
}

function wordsOf(provider: string, source: string, type: string, subtype: string): string {
  return `${provider}\n${source}\n${type}\n${subtype}`;
}

/** The rows for a provider's words, one for each `when`; empty where the words are unknown. */
export function entriesFor(provider: string, source: TransactionSource, type: string, subtype: string | null): readonly TableEntry[] {
  const named = subtype === null || subtype === '' ? ANY : subtype;
  for (const [first, second] of [[type, named], [type, ANY], [ANY, named], [ANY, ANY]] as const) {
    const found = BY_WORDS.get(wordsOf(provider, source, first, second));
    if (found) return found;
  }
  return [];
}

/** Plaid writes categories of bank transactions in capitals and types of investments in small letters. */
export function sourceByWords(provider: string, type: string): TransactionSource {
  return provider === 'plaid' && /^[A-Z][A-Z_]*$/.test(type) ? 'bank' : 'investments';
}

export function isKnownType(provider: string, type: string, subtype: string | null): boolean {
  return entriesFor(provider, sourceByWords(provider, type), type, subtype).length > 0;
}
