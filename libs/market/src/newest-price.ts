/**
 * Which price a position has at an instant: the newest at or before it, of the market's closes of its symbol (dated at the close of their
 * day) and of the prices that this account's own snapshots carried. Never a later one. At the same instant the market's wins.
 */
export interface PriceCandidate {
  /** Any form of RFC 3339. */
  readonly at: string;
  readonly origin: 'market' | 'account';
}

/** @returns null where there is none at or before `at`. */
export function newestPrice<Candidate extends PriceCandidate>(candidates: Iterable<Candidate>, at: string): Candidate | null {
  const latest = Date.parse(at);
  let best: Candidate | null = null;
  let bestAt = -Infinity;
  for (const candidate of candidates) {
    const candidateAt = Date.parse(candidate.at);
    if (candidateAt > latest || Number.isNaN(candidateAt)) continue;
    if (candidateAt > bestAt || (candidateAt === bestAt && candidate.origin === 'market' && best?.origin !== 'market')) {
      best = candidate;
      bestAt = candidateAt;
    }
  }
  return best;
}

/**
 * Whether a close may price a position. One ticker can be two companies on two exchanges (T is AT&T in dollars, Telus in Canadian ones), so
 * a position that states its currency takes closes of that currency alone; one that states none takes them as they come. A coin is the
 * same everywhere.
 */
export function isSameListing(asset: string, stated: string | null | undefined, closeCurrency: string): boolean {
  return stated == null || stated === closeCurrency || asset.startsWith('crypto:');
}
