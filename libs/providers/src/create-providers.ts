/** The enabled providers by id; the only place that knows which adapters there are. */
import { BrokenInvariant } from '@tidemark/kernel';
import { coinbaseProvider } from './coinbase/coinbase-provider.js';
import type { ProviderDeps } from './deps.js';
import { dydxProvider } from './dydx/dydx-provider.js';
import { plaidProvider } from './plaid/plaid-provider.js';
import type { ProviderPort, ProviderSettings } from './port.js';
import { snaptradeProvider } from './snaptrade/snaptrade-provider.js';

const ADAPTERS: Readonly<Record<string, (settings: ProviderSettings, deps: ProviderDeps) => ProviderPort>> = {
  plaid: plaidProvider,
  snaptrade: snaptradeProvider,
  coinbase: coinbaseProvider,
  dydx: dydxProvider,
};

export function createProviders(settings: readonly ProviderSettings[], deps: ProviderDeps): Map<string, ProviderPort> {
  const providers = new Map<string, ProviderPort>();
  for (const one of settings) {
    if (!one.enabled) continue;
    const make = ADAPTERS[one.id];
    if (make === undefined) throw new BrokenInvariant(`there is no adapter for provider ${one.id}`);
    providers.set(one.id, make(one, deps));
  }
  return providers;
}
