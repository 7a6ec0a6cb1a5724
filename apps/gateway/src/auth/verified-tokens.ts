/**
 * Tokens that were found good a moment ago, so that a client's next requests need no signature checked again: that, and the thread it is
 * done on, costs more than the rest of a small request. Nothing gets in but by a full check, and what is in is good for less time than a
 * check is anyway: an issuer's keys are kept for ten minutes, a token here for one, and never past its end. Kept by hash, so that no token
 * outlives its request in memory.
 */
import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import type { Caller } from './caller.js';

const KEPT_MS = 60_000;
/** Some 300 bytes each. */
const MOST = 10_000;

export class VerifiedTokens {
  private readonly kept: LRUCache<string, { readonly caller: Caller; readonly since: number }>;

  /** @param toleranceSeconds how long after its end a token is still taken @param most the least recently used ones go first */
  constructor(
    private readonly toleranceSeconds: number,
    most: number = MOST,
  ) {
    this.kept = new LRUCache({ max: most });
  }

  /** Null: it has to be checked. @param now milliseconds since the epoch */
  callerOf(token: string, now: number): Caller | null {
    const found = this.kept.get(nameOf(token));
    if (!found) return null;
    const { caller, since } = found;
    const fresh = now >= since && now < since + KEPT_MS;
    return fresh && caller.expiresAt > Math.floor(now / 1_000) - this.toleranceSeconds ? caller : null;
  }

  /** @param now when it was checked */
  keep(token: string, caller: Caller, now: number): void {
    this.kept.set(nameOf(token), { caller, since: now });
  }
}

const nameOf = (token: string): string => hash('sha256', token, 'base64url');
