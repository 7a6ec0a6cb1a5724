import { describe, expect, it } from '@jest/globals';
import { providerSettings } from './settings.js';

const KEYS = { PLAID_CLIENT_ID: 'c', PLAID_SECRET: 's', SNAPTRADE_CLIENT_ID: 'C', SNAPTRADE_CONSUMER_KEY: 'k' };

describe('provider settings', () => {
  it('have defaults for all but the keys', () => {
    const settings = providerSettings(KEYS);
    if (!settings.ok) throw new Error(JSON.stringify(settings.error));
    expect(settings.value).toEqual([
      { id: 'plaid', baseUrl: 'https://sandbox.plaid.com', environment: 'sandbox', timeoutMs: 30_000, retries: 3, breakerMs: 15_000, requestsPerMinute: 2_000, enabled: true, adminsOnly: false, refreshCost: { amount: '0.01', currency: 'USD' }, clientId: 'c', clientSecret: 's' },
      { id: 'snaptrade', baseUrl: 'https://api.snaptrade.com', environment: 'production', timeoutMs: 30_000, retries: 3, breakerMs: 15_000, requestsPerMinute: 250, enabled: true, adminsOnly: false, refreshCost: { amount: '0.05', currency: 'USD' }, clientId: 'C', clientSecret: 'k' },
      { id: 'coinbase', baseUrl: 'https://api.coinbase.com', environment: 'production', timeoutMs: 30_000, retries: 3, breakerMs: 15_000, requestsPerMinute: 1_800, limitWindowMs: 1_000, enabled: true, adminsOnly: false, refreshCost: { amount: '0', currency: 'USD' }, clientId: '', clientSecret: '' },
      { id: 'dydx', baseUrl: 'https://indexer.dydx.trade', environment: 'production', timeoutMs: 30_000, retries: 3, breakerMs: 15_000, requestsPerMinute: 600, limitWindowMs: 10_000, enabled: true, adminsOnly: false, refreshCost: { amount: '0', currency: 'USD' }, clientId: '', clientSecret: '' },
    ]);
  });

  it('take what is set, trailing slashes included', () => {
    const settings = providerSettings({ ...KEYS, PLAID_SECRET: ' from a file\n', PLAID_BASE_URL: 'http://127.0.0.1:3100/plaid/', PLAID_RETRIES: '0', PLAID_TIMEOUT_MS: '500', PLAID_REFRESH_COST: '0.020', PLAID_ADMINS_ONLY: 'TRUE', SNAPTRADE_ENABLED: 'false', SNAPTRADE_CONSUMER_KEY: undefined });
    if (!settings.ok) throw new Error(JSON.stringify(settings.error));
    expect(settings.value[0]).toMatchObject({ clientSecret: 'from a file', baseUrl: 'http://127.0.0.1:3100/plaid', retries: 0, timeoutMs: 500, refreshCost: { amount: '0.02' }, adminsOnly: true });
    expect(settings.value[1]).toMatchObject({ enabled: false, clientSecret: '' });
  });

  it('ask for no keys of ours at exchanges where people bring their own', () => {
    const settings = providerSettings({ ...KEYS, COINBASE_BASE_URL: 'http://127.0.0.1:3100/coinbase/', DYDX_ENV: 'testnet', DYDX_ENABLED: 'false' });
    if (!settings.ok) throw new Error(JSON.stringify(settings.error));
    expect(settings.value.slice(2)).toMatchObject([{ id: 'coinbase', baseUrl: 'http://127.0.0.1:3100/coinbase', enabled: true }, { id: 'dydx', baseUrl: 'https://indexer.v4testnet.dydx.exchange', enabled: false }]);
    const wrong = providerSettings({ ...KEYS, DYDX_ENV: 'moon' });
    expect(wrong.ok ? [] : wrong.error.map(({ variable }) => variable)).toEqual(['DYDX_ENV']);
  });

  it('never take the path of a file for the secret', () => {
    const settings = providerSettings({ ...KEYS, PLAID_SECRET: undefined, PLAID_SECRET_FILE: '/run/secrets/plaid' });
    expect(settings.ok ? [] : settings.error.map(({ variable }) => variable)).toEqual(['PLAID_SECRET']);
  });

  it('name every wrong variable at once, without its value', () => {
    const settings = providerSettings({ PLAID_CLIENT_ID: 'c', PLAID_ENV: 'moon', PLAID_TIMEOUT_MS: 'soon', PLAID_RETRIES: '-1', PLAID_ENABLED: 'yes', PLAID_REFRESH_COST: '-5', SNAPTRADE_BASE_URL: 'ftp://hidden', SNAPTRADE_CLIENT_ID: 'C', SNAPTRADE_CONSUMER_KEY: 'k' });
    if (settings.ok) throw new Error('refusal expected');
    expect(settings.error.map(({ variable }) => variable).sort()).toEqual(['PLAID_ENABLED', 'PLAID_ENV', 'PLAID_REFRESH_COST', 'PLAID_RETRIES', 'PLAID_TIMEOUT_MS', 'SNAPTRADE_BASE_URL']);
    expect(settings.error.every(({ accepts }) => accepts.length > 0)).toBe(true);
    expect(JSON.stringify(settings.error)).not.toContain('hidden');
    const none = providerSettings({});
    expect(none.ok ? [] : none.error.map(({ variable }) => variable)).toEqual(['PLAID_CLIENT_ID', 'PLAID_SECRET', 'SNAPTRADE_CLIENT_ID', 'SNAPTRADE_CONSUMER_KEY']);
  });
});
