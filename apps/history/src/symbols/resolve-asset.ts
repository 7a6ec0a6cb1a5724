/** Looks for the symbol of one asset at the price source: ticker, then numbers, then name; each find is validated by its profile before it counts. */
import type { Result } from '@tidemark/kernel';
import { ok } from '@tidemark/kernel';
import type { PriceFailure, PriceSource, SymbolMatch } from '../price-source/price-source.js';
import { judgeSymbol, SURE_NAME } from './accept.decide.js';
import type { FoundBy } from './accept.decide.js';
import { nameSimilarity, sameVariant } from './name-similarity.js';
import type { KnownOfAsset, Plan } from './plan.decide.js';

export interface Candidate {
  readonly symbol: string;
  readonly name: string;
  readonly confidence: string;
}

export type Resolved =
  | { readonly status: 'mapped'; readonly symbol: string; readonly kind: 'security' | 'crypto'; readonly currency: string; readonly name: string | null; readonly sector: string | null; readonly method: FoundBy; readonly confidence: string }
  | { readonly status: 'unmapped'; readonly reason: string; readonly tried: readonly FoundBy[]; readonly candidates: readonly Candidate[] };

/** A search answers many; the best few are worth a call each. */
const VALIDATED = 3;
const LISTED = 10;

/** One looking, with what it tried and what it was told on the way. */
class Search {
  readonly tried = new Set<FoundBy>();
  readonly reasons: string[] = [];
  readonly candidates = new Map<string, Candidate>();
  private readonly refused = new Set<string>();

  constructor(
    private readonly source: PriceSource,
    private readonly plan: Plan,
    private readonly known: KnownOfAsset,
  ) {}

  /** @returns null: not this way; the failure where the source did not answer and may later */
  async validate(symbol: string, by: FoundBy): Promise<Result<Resolved | null, PriceFailure>> {
    this.tried.add(by);
    if (this.refused.has(symbol)) return ok(null);
    const profile = await this.source.profile(symbol, this.plan.kind);
    if (!profile.ok) return this.passed(profile.error);
    if (profile.value === null) {
      this.reasons.push(`${this.source.id} has no symbol ${symbol}`);
      return ok(null);
    }
    const verdict = judgeSymbol(profile.value, this.known, by);
    if (verdict.accepted) return ok({ status: 'mapped', symbol, kind: this.plan.kind, currency: verdict.currency, name: profile.value.name, sector: profile.value.sector ?? null, method: by, confidence: verdict.confidence.toFixed(4) });
    this.refused.add(symbol);
    this.reasons.push(verdict.reason);
    this.note({ symbol, name: profile.value.name, currency: profile.value.currency });
    return ok(null);
  }

  note({ symbol, name }: SymbolMatch): void {
    if (this.candidates.size >= LISTED || !/^[A-Z0-9.\-^=/_]{1,60}$/.test(symbol)) return;
    const confidence = this.known.name === null || name === null ? 0 : nameSimilarity(this.known.name, name);
    this.candidates.set(symbol, { symbol, name: (name ?? symbol).slice(0, 300), confidence: confidence.toFixed(4) });
  }

  /** What the plan does not include is gone without; what may pass by itself is waited for. */
  passed(failure: PriceFailure): Result<null, PriceFailure> {
    if (failure.class === 'retry') return { ok: false, error: failure };
    this.reasons.push(failure.detail);
    return ok(null);
  }
}

export async function resolveAsset(source: PriceSource, plan: Plan, known: KnownOfAsset): Promise<Result<Resolved, PriceFailure>> {
  const search = new Search(source, plan, known);
  for (const ticker of plan.tickers) {
    const found = await search.validate(ticker, 'ticker');
    if (!found.ok || found.value) return found as Result<Resolved, PriceFailure>;
  }
  for (const { kind, value } of plan.numbers) {
    if (!source.identifiers.includes(kind)) continue;
    search.tried.add(kind);
    const found = await firstValid(search, kind, await source.byIdentifier(kind, value), known);
    if (!found.ok || found.value) return found as Result<Resolved, PriceFailure>;
  }
  if (plan.name !== null) {
    const found = await byName(search, plan.name, await source.byName(plan.name), known);
    if (!found.ok || found.value) return found as Result<Resolved, PriceFailure>;
  }
  const reason = search.reasons.length > 0 ? [...new Set(search.reasons)].join('; ') : 'nothing that the source could be asked by is known of it';
  const candidates = [...search.candidates.values()].sort((a, b) => Number(b.confidence) - Number(a.confidence));
  return ok({ status: 'unmapped', reason: reason.slice(0, 500), tried: [...search.tried], candidates });
}

type Found = Result<Resolved | null, PriceFailure>;

/** The listings of one security: the one in the position's currency first. */
async function firstValid(search: Search, by: FoundBy, matches: Result<readonly SymbolMatch[], PriceFailure>, known: KnownOfAsset): Promise<Found> {
  if (!matches.ok) return search.passed(matches.error);
  matches.value.forEach((match) => search.note(match));
  const ordered = [...matches.value].sort((a, b) => Number(b.currency === known.currency) - Number(a.currency === known.currency));
  for (const { symbol } of ordered.slice(0, VALIDATED)) {
    const found = await search.validate(symbol, by);
    if (!found.ok || found.value) return found;
  }
  return ok(null);
}

/** Only where one candidate is sure, in the position's currency, and no other is as sure. */
async function byName(search: Search, name: string, matches: Result<readonly SymbolMatch[], PriceFailure>, known: KnownOfAsset): Promise<Found> {
  search.tried.add('name');
  if (!matches.ok) return search.passed(matches.error);
  matches.value.forEach((match) => search.note(match));
  const sure = matches.value
    .map((match) => ({ ...match, likeness: match.name !== null && sameVariant(name, match.name) ? nameSimilarity(name, match.name) : 0 }))
    .filter(({ likeness, currency }) => likeness > SURE_NAME && (known.currency === null || currency === null || currency === known.currency))
    .sort((a, b) => b.likeness - a.likeness);
  const [best, second] = sure;
  if (!best) {
    search.reasons.push('no name at the source is like enough');
    return ok(null);
  }
  if (second && second.symbol !== best.symbol && best.likeness - second.likeness < 0.02) {
    search.reasons.push(`several symbols are called so: ${sure.slice(0, 4).map(({ symbol }) => symbol).join(', ')}`);
    return ok(null);
  }
  return search.validate(best.symbol, 'name');
}
