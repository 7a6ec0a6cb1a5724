import { describe, expect, it } from '@jest/globals';
import { plaidMeaning } from './webhook-meaning.js';

const SENT = { sentAt: '2026-11-20T21:05:00.000Z', dedupeKey: 'k' };
const meaning = (kind: string, rest: object = {}) => {
  const [type, code] = kind.split('/');
  return plaidMeaning({ webhook_type: type, webhook_code: code, item_id: 'i', ...rest }, SENT);
};

describe('what Plaid’s webhooks mean', () => {
  it.each([
    ['HOLDINGS/DEFAULT_UPDATE', 'sync'],
    ['INVESTMENTS_TRANSACTIONS/DEFAULT_UPDATE', 'sync'],
    ['INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE', 'sync'],
    ['TRANSACTIONS/SYNC_UPDATES_AVAILABLE', 'sync'],
    ['ITEM/LOGIN_REPAIRED', 'restored'],
    ['ITEM/USER_PERMISSION_REVOKED', 'removed'],
    ['ITEM/USER_ACCOUNT_REVOKED', 'sync'],
    ['ITEM/NEW_ACCOUNTS_AVAILABLE', 'new_accounts'],
    ['ITEM/WEBHOOK_UPDATE_ACKNOWLEDGED', 'ignore'],
    ['ITEM/SOMETHING_NEW', 'ignore'],
  ])('%s is %s', (kind, action) => expect(meaning(kind)).toMatchObject({ kind, action, providerConnectionId: 'i' }));

  it.each([
    ['ITEM_LOGIN_REQUIRED', 'reauth_required'],
    ['ITEM_LOCKED', 'reauth_required'],
    ['INSTITUTION_DOWN', 'degraded'],
    ['A_NEW_ONE', 'degraded'],
  ])('an item’s error %s is %s', (code, action) => expect(meaning('ITEM/ERROR', { error: { error_code: code } })).toMatchObject({ action, detail: `ITEM/ERROR: ${code}` }));

  it('says until when the person must act', () => {
    expect(meaning('ITEM/PENDING_EXPIRATION', { consent_expiration_time: '2026-12-01T13:25:17.766Z' })).toMatchObject({ action: 'expiring', by: '2026-12-01T13:25:17.766Z' });
    expect(meaning('ITEM/PENDING_DISCONNECT', { disconnect_time: '2026-12-02T00:00:00Z', reason: 'INSTITUTION_MIGRATION' })).toMatchObject({ action: 'expiring', by: '2026-12-02T00:00:00.000Z', detail: 'INSTITUTION_MIGRATION' });
  });
});
