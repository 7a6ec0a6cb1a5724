import type { Capabilities } from '@tidemark/contracts';
import { traitsOf } from '../routing/provider-traits.js';

/** Accounts of these types hold money and no securities: they are read through balances and bank transactions. */
const WITHOUT_HOLDINGS: ReadonlySet<string> = new Set(['depository', 'credit', 'loan']);

export interface CapabilityFacts {
  readonly provider: string;
  /** As the provider describes the account: investment, depository, credit, loan, other. */
  readonly accountType: string;
  /** The coverage rule of this institution and provider. */
  readonly tradingAllowed: boolean;
  /** What the provider says the link was granted; null where it does not say. */
  readonly tradingGranted: boolean | null;
}

/** What may be done with an account, settled when it is imported. */
export function capabilitiesOf({ provider, accountType, tradingAllowed, tradingGranted }: CapabilityFacts): Capabilities {
  const traits = traitsOf(provider);
  const positions = !WITHOUT_HOLDINGS.has(accountType);
  return {
    trading: traits.trading && tradingAllowed && tradingGranted !== false && positions,
    realtime: traits.realtime,
    positions,
    transactions: provider !== 'manual',
  };
}
