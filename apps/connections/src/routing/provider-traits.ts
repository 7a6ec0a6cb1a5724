/** What a provider can do in principle; what it may do at one institution is the coverage rule's to say. */
export interface ProviderTraits {
  /** Orders can be placed through it. */
  readonly trading: boolean;
  /** It answers with current rather than daily cached data. */
  readonly realtime: boolean;
  /** Of two links to the same real account, the one of higher priority counts. */
  readonly priority: number;
}

const TRAITS: Readonly<Record<string, ProviderTraits>> = {
  snaptrade: { trading: true, realtime: true, priority: 3 },
  // The exchange itself answers; orders are not placed through it here.
  coinbase: { trading: false, realtime: true, priority: 3 },
  dydx: { trading: false, realtime: true, priority: 3 },
  plaid: { trading: false, realtime: false, priority: 2 },
  manual: { trading: false, realtime: false, priority: 1 },
};

/** A provider that is not known here yet may read and nothing more. */
const UNKNOWN: ProviderTraits = { trading: false, realtime: false, priority: 2 };

export function traitsOf(provider: string): ProviderTraits {
  return TRAITS[provider] ?? UNKNOWN;
}

export function isKnownProvider(provider: string): boolean {
  return provider in TRAITS;
}
