/**
 * What an on-demand refresh costs and when one needs the user's explicit consent. Plaid bills every refresh and one in 24 hours goes
 * without asking; SnapTrade bills every refresh too and has no window: each is allowed, each is recorded. Syncs that nobody asked for
 * (scheduled, by webhook) make no paid call and never come here.
 */
export interface RefreshPolicy {
  readonly cost: { readonly amount: string; readonly currency: string };
  /** Within this many milliseconds after a billed refresh the next one needs consent; null where none ever does. */
  readonly windowMs: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

const WINDOWS: Readonly<Record<string, number>> = { plaid: DAY_MS };

export function refreshPolicy(provider: string, cost: RefreshPolicy['cost']): RefreshPolicy {
  return { cost, windowMs: WINDOWS[provider] ?? null };
}
