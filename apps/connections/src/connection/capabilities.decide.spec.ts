import { describe, expect, it } from '@jest/globals';
import { capabilitiesOf } from './capabilities.decide.js';
import type { CapabilityFacts } from './capabilities.decide.js';

const schwab: CapabilityFacts = { provider: 'snaptrade', accountType: 'investment', tradingAllowed: true, tradingGranted: true };

describe('what may be done with an account', () => {
  it.each<[string, Partial<CapabilityFacts>, boolean]>([
    ['the provider can, the rule allows and the link was granted it', {}, true],
    ['the provider does not say what was granted', { tradingGranted: null }, true],
    ['the link was granted reading only', { tradingGranted: false }, false],
    ['the coverage rule forbids it', { tradingAllowed: false }, false],
    ['the provider cannot', { provider: 'plaid' }, false],
    ['it is a cash account', { accountType: 'depository' }, false],
    ['the provider is one that nobody knows yet', { provider: 'newcomer' }, false],
  ])('trading where %s: %j', (_what, difference, trading) => {
    expect(capabilitiesOf({ ...schwab, ...difference }).trading).toBe(trading);
  });

  it.each(['depository', 'credit', 'loan'])('a %s account has no holdings to read', (accountType) => {
    expect(capabilitiesOf({ ...schwab, provider: 'plaid', accountType })).toEqual({ trading: false, realtime: false, positions: false, transactions: true });
  });

  it('a type that nobody knows yet is read for holdings', () => expect(capabilitiesOf({ ...schwab, accountType: 'vault' }).positions).toBe(true));
  it('a manual account has no transactions from anywhere', () => expect(capabilitiesOf({ ...schwab, provider: 'manual' })).toMatchObject({ trading: false, realtime: false, transactions: false }));
});
