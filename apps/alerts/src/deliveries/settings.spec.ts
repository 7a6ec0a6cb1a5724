import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@tidemark/service';
import { targetErrors } from './check-targets.js';
import { deliverySettings, deliverySettingsOf } from './settings.js';
import { describeDeliveries, hostOf } from './target.js';

const settings = (env: Record<string, string> = {}) => deliverySettingsOf(readConfig(deliverySettings, env));
const MAIL = { SMTP_URL: 'smtp://mail.example.com', SMTP_FROM: 'Tidemark <alerts@example.com>' };

describe('the settings of deliveries', () => {
  it('have defaults: 10 s an attempt, 24 hours in all, no mail, nothing private', () => {
    expect(settings()).toMatchObject({ webhookTimeoutMs: 10_000, retryForMs: 86_400_000, concurrency: 128, mail: null, allow: { names: new Set(), networks: [] } });
  });

  it.each([
    [{ ALERTS_ALLOW_PRIVATE: '10.0.0.0/99' }, /ALERTS_ALLOW_PRIVATE must be a comma separated list of host names, IP addresses and networks/], [{ ALERTS_RETRY_FOR: 'a day' }, /ALERTS_RETRY_FOR must be a length of time/],
    [{ ALERTS_WEBHOOK_TIMEOUT: '0s' }, /ALERTS_WEBHOOK_TIMEOUT must be/], [{ ALERTS_WEBHOOK_TIMEOUT: '2h' }, /ALERTS_WEBHOOK_TIMEOUT must be/], [{ SMTP_URL: 'https://mail' }, /SMTP_URL must be an address that begins with smtp:\/\/ or smtps:\/\//],
    [{ SMTP_URL: 'smtp://mail.example.com' }, /SMTP_FROM is required where SMTP_URL is set/], [{ ...MAIL, SMTP_FROM: 'nobody' }, /SMTP_FROM must be an e-mail address/],
  ])('%j is refused, and named', (env, message) => expect(() => settings(env as Record<string, string>)).toThrow(message));
});

describe('whom a rule may tell', () => {
  it('is said field by field, without what an address holds besides its host', () => {
    const targets = [{ kind: 'live' as const }, { kind: 'webhook' as const, url: 'https://10.0.0.1/tok-1?token=tok-2' }, { kind: 'webhook' as const, url: 'https://example.com/ok' }, { kind: 'email' as const, to: 'a@b.com,c@d.com' }];
    const errors = targetErrors(targets, settings(MAIL));
    expect(errors).toEqual([
      { field: 'deliveries/1/url', message: 'must be an address on the public internet: 10.0.0.1 is a private address' },
      { field: 'deliveries/3/to', message: 'must be one e-mail address such as ann@example.com' },
    ]);
    expect(targetErrors(targets, settings({ ALERTS_ALLOW_PRIVATE: '10.0.0.0/8' }))).toEqual([{ field: 'deliveries/3/kind', message: 'must be webhook or live: no mail server is set up here (SMTP_URL)' }]);
  });

  it('is shown as a host, whatever the address; its delivery has one id for ever', () => {
    expect([hostOf('https://u:p@Hooks.Example.com.:8443/tok?t=1#x'), hostOf('tok')]).toEqual(['hooks.example.com', '(no address)']);
    expect(describeDeliveries('019aa000-0000-7000-8000-000000000001', [{ kind: 'webhook', url: 'https://example.com/tok' }, { kind: 'live' }])).toEqual([
      { deliveryId: '276fa9ee-98b6-558b-b8d7-9cd617f326fd', kind: 'webhook', target: 'example.com' }, { deliveryId: '34545416-cf7f-5fdf-88b2-a9c7a2906f2c', kind: 'live', target: 'live' },
    ]);
  });
});
