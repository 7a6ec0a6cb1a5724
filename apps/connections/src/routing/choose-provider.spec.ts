import { describe, expect, it } from '@jest/globals';
import { chooseProvider } from './choose-provider.js';
import type { RoutingRequest } from './choose-provider.js';
import { readCoverage } from './read-coverage.js';

const coverage = readCoverage();
const both = [{ id: 'plaid', adminsOnly: false }, { id: 'snaptrade', adminsOnly: false }];

function listed(name: string) {
  const entry = coverage.find(name);
  if (!entry) throw new Error(`${name} is not in the coverage map`);
  return { name: entry.name, listed: entry, offers: entry.providers };
}

const choose = (request: Partial<RoutingRequest> & Pick<RoutingRequest, 'institution'>) => chooseProvider({ needTrading: false, enabledProviders: both, isAdmin: false, ...request });
const unlisted = (offers = {}) => ({ name: 'Bank of Nowhere', listed: null, offers });

describe('routing of listed institutions', () => {
  it.each([
    ['Charles Schwab', 'snaptrade', 'SCHWAB', true],
    ['Fidelity', 'snaptrade', 'FIDELITY', false],
    ['Chase', 'plaid', 'ins_56', false],
    ['E*TRADE', 'snaptrade', 'ETRADE', true],
    ['Wells Fargo', 'plaid', 'ins_127991', false],
  ])('%s goes to %s as %s, trading %s', (name, provider, providerInstitutionId, tradingAllowed) => {
    expect(choose({ institution: listed(name) })).toMatchObject({ ok: true, value: { provider, providerInstitutionId, tradingAllowed } });
  });

  it('says why, and what else would have served', () => {
    expect(choose({ institution: listed('Schwab') })).toMatchObject({ value: { reason: 'snaptrade is the preferred provider for Charles Schwab', alternatives: ['plaid'] } });
    expect(choose({ institution: listed('Schwab'), needTrading: true })).toMatchObject({ value: { provider: 'snaptrade', reason: 'snaptrade is the preferred provider for Charles Schwab and can trade there', alternatives: [] } });
  });

  it.each(['Fidelity', 'Chase', 'Empower'])('refuses trading at %s, where no candidate can trade', (name) => {
    expect(choose({ institution: listed(name), needTrading: true })).toMatchObject({ ok: false, error: { code: 'trading_not_supported' } });
  });

  it('goes to the fallback that can trade when the preferred provider cannot', () => {
    const schwab = listed('Schwab');
    const turned = { ...schwab, listed: { preferredProvider: 'plaid', fallbackProvider: 'snaptrade' } };
    expect(choose({ institution: turned })).toMatchObject({ value: { provider: 'plaid', tradingAllowed: false, alternatives: ['snaptrade'] } });
    expect(choose({ institution: turned, needTrading: true })).toMatchObject({ value: { provider: 'snaptrade', tradingAllowed: true, reason: expect.stringContaining('cannot trade at Charles Schwab') } });
  });
});

describe('routing of unlisted institutions', () => {
  it('uses plaid for reading and snaptrade for trading', () => {
    expect(choose({ institution: unlisted() })).toMatchObject({ value: { provider: 'plaid', providerInstitutionId: null, tradingAllowed: false } });
    expect(choose({ institution: unlisted(), needTrading: true })).toMatchObject({ value: { provider: 'snaptrade', tradingAllowed: true } });
  });

  it('asks only providers whose catalogue has it', () => {
    const snaptradeOnly = unlisted({ snaptrade: { institutionId: 'NOWHERE', trading: true } });
    expect(choose({ institution: snaptradeOnly })).toMatchObject({ value: { provider: 'snaptrade', providerInstitutionId: 'NOWHERE', alternatives: [] } });
    const plaidOnly = unlisted({ plaid: { institutionId: 'ins_9', trading: false } });
    expect(choose({ institution: plaidOnly, needTrading: true })).toMatchObject({ ok: false, error: { code: 'trading_not_supported' } });
    const readOnly = unlisted({ snaptrade: { institutionId: 'NOWHERE', trading: false } });
    expect(choose({ institution: readOnly, needTrading: true })).toMatchObject({ ok: false, error: { code: 'trading_not_supported' } });
  });
});

describe('a provider that was asked for', () => {
  it('is taken when it reaches the institution', () => {
    expect(choose({ institution: listed('Schwab'), requestedProvider: 'plaid' })).toMatchObject({ value: { provider: 'plaid', tradingAllowed: false, reason: 'plaid was asked for and reaches Charles Schwab' } });
  });

  it('may be a further one, which nothing else is routed to', () => {
    const exchanges = [...both, { id: 'coinbase', adminsOnly: false }, { id: 'dydx', adminsOnly: false }];
    const coinbase = listed('Coinbase');
    expect(choose({ institution: coinbase, enabledProviders: exchanges })).toMatchObject({ value: { provider: 'snaptrade', alternatives: ['plaid', 'coinbase'] } });
    expect(choose({ institution: coinbase, enabledProviders: exchanges, requestedProvider: 'coinbase' })).toMatchObject({ value: { provider: 'coinbase', providerInstitutionId: 'coinbase', tradingAllowed: false, reason: 'coinbase was asked for and reaches Coinbase' } });
    expect(choose({ institution: coinbase, enabledProviders: [{ id: 'coinbase', adminsOnly: false }] })).toMatchObject({ value: { provider: 'coinbase' } });
    expect(choose({ institution: coinbase, enabledProviders: exchanges, requestedProvider: 'coinbase', needTrading: true })).toMatchObject({ ok: false, error: { code: 'trading_not_supported' } });
    expect(choose({ institution: listed('dydx'), enabledProviders: exchanges })).toMatchObject({ value: { provider: 'dydx', alternatives: [] } });
  });

  it('is refused when it does not, naming the one that does', () => {
    expect(choose({ institution: listed('Chase'), requestedProvider: 'snaptrade' })).toMatchObject({ ok: false, error: { code: 'provider_not_available', detail: expect.stringContaining('plaid does') } });
  });

  it('is refused when it cannot trade, naming the one that can', () => {
    expect(choose({ institution: listed('Schwab'), requestedProvider: 'plaid', needTrading: true })).toMatchObject({ ok: false, error: { code: 'trading_not_supported', detail: expect.stringContaining('snaptrade can') } });
  });
});

describe('providers that are switched off or restricted', () => {
  const plaidOnly = [{ id: 'plaid', adminsOnly: false }];
  const restricted = [{ id: 'plaid', adminsOnly: false }, { id: 'snaptrade', adminsOnly: true }];

  it('are passed over for reading, and the reason says so', () => {
    expect(choose({ institution: listed('Schwab'), enabledProviders: plaidOnly })).toMatchObject({ value: { provider: 'plaid', reason: expect.stringContaining('is not available to you') } });
  });

  it('are no reason for trading_not_supported: it could trade if they were on', () => {
    expect(choose({ institution: listed('Schwab'), enabledProviders: plaidOnly, needTrading: true })).toMatchObject({ ok: false, error: { code: 'provider_disabled' } });
    expect(choose({ institution: listed('Chase'), enabledProviders: [] })).toMatchObject({ ok: false, error: { code: 'provider_disabled' } });
  });

  it('are open to administrators where they are for administrators only', () => {
    expect(choose({ institution: listed('Schwab'), enabledProviders: restricted, needTrading: true })).toMatchObject({ ok: false, error: { code: 'provider_disabled', detail: expect.stringContaining('administrators only') } });
    expect(choose({ institution: listed('Schwab'), enabledProviders: restricted, needTrading: true, isAdmin: true })).toMatchObject({ value: { provider: 'snaptrade' } });
  });
});
