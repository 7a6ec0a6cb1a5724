/**
 * Whether a symbol of the source is the asset that an account holds. A ticker is no name: `T` is another company in Toronto, and a ticker
 * that was given up is given to another. So the currency must be the position's, numbers must not contradict each other, and the names must have
 * something in common. What is not sure is not accepted; a person decides.
 */
import { majorCurrency } from '../prices/currency-unit.js';
import type { SymbolProfile } from '../price-source/price-source.js';
import { nameSimilarity, sameVariant } from './name-similarity.js';
import type { KnownOfAsset } from './plan.decide.js';

export type FoundBy = 'ticker' | 'cusip' | 'isin' | 'figi' | 'name';

export type Verdict = { readonly accepted: true; readonly currency: string; readonly confidence: number } | { readonly accepted: false; readonly reason: string };

/** Names of one company differ by source ("APPLE INC-COMMON"); two companies' have almost no pair of letters in common. */
const SAME_COMPANY = 0.3;
/** Where the name alone speaks for it. */
export const SURE_NAME = 0.9;

export function judgeSymbol(profile: SymbolProfile, known: KnownOfAsset, by: FoundBy): Verdict {
  const currency = profile.currency === null ? null : (majorCurrency(profile.currency)?.currency ?? null);
  if (currency === null) return refused(`the source does not say which currency ${profile.symbol} is quoted in`);
  // A coin is the same whatever it is paid with; its price is converted.
  if (profile.kind === 'crypto') return { accepted: true, currency, confidence: 1 };
  if (known.currency !== null && known.currency !== currency) return refused(`${profile.symbol} is quoted in ${currency}, and the position is in ${known.currency}`);
  const numbers = compared(profile, known);
  if (numbers === 'differ') return refused(`${profile.symbol} has another number at the source`);
  const similarity = known.name === null || profile.name === null ? null : nameSimilarity(known.name, profile.name);
  if (numbers === 'same' || by === 'cusip' || by === 'isin' || by === 'figi') return { accepted: true, currency, confidence: numbers === 'same' ? 1 : 0.95 };
  if (by === 'ticker') {
    if (similarity === null) return { accepted: true, currency, confidence: 0.85 };
    return similarity >= SAME_COMPANY ? { accepted: true, currency, confidence: 0.85 + 0.15 * similarity } : refused(`${profile.symbol} is called "${profile.name ?? ''}" at the source`);
  }
  const sure = similarity !== null && similarity > SURE_NAME && sameVariant(known.name ?? '', profile.name ?? '');
  return sure ? { accepted: true, currency, confidence: similarity } : refused(`"${profile.name ?? profile.symbol}" is not surely the same`);
}

function refused(reason: string): Verdict {
  return { accepted: false, reason };
}

function compared(profile: SymbolProfile, known: KnownOfAsset): 'same' | 'differ' | 'unknown' {
  const pairs = [[profile.cusip, known.cusip], [profile.isin, known.isin]].filter(([theirs, ours]) => theirs && ours);
  if (pairs.length === 0) return 'unknown';
  return pairs.every(([theirs, ours]) => theirs === ours?.toUpperCase()) ? 'same' : 'differ';
}
