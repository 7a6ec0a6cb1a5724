import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import { PERMISSION_EXPIRING } from '../connection/connection.decide.js';
import { healthCommand } from './connection-health.decide.js';

const at = '2026-11-21T10:00:00.000Z';
const event = (type: string, data: object): EventEnvelope => ({
  specversion: '1.0', id: '0196f3a0-0000-7000-8000-000000000001', type, source: 'sync', subject: 's', time: at, dataschema: `urn:tidemark:${type}:1`, datacontenttype: 'application/json',
  userid: 'ada', epoch: 1, partition: 0, position: 1, streamversion: 1, recordedtime: at, data,
});
const webhook = (action: string, body: object = {}) => healthCommand(event('WebhookReceived', { action, kind: 'ITEM/X', provider: 'plaid', body }));

describe('what an event of sync says of a connection', () => {
  it('a sync that went well restores it', () => expect(healthCommand(event('SyncCompleted', {}))).toEqual({ type: 'restore', at, because: 'sync' }));

  it.each([['relink', 'require-reauthentication'], ['retry', 'degrade'], ['final', 'degrade']])('a failure of class %s: %s', (errorClass, type) => {
    expect(healthCommand(event('SyncFailed', { class: errorClass, code: 'provider_error', detail: 'no' }))).toMatchObject({ type, code: 'provider_error', detail: 'no', at });
  });

  it.each([['reauth_required', 'require-reauthentication'], ['degraded', 'degrade'], ['restored', 'restore'], ['expiring', 'degrade'], ['removed', 'remove']])('a webhook that means %s: %s', (action, type) => {
    expect(webhook(action)).toMatchObject({ type, at });
  });

  it.each(['sync', 'new_accounts', 'ignore', 'something new'])('a webhook that means %s says nothing of its health', (action) => expect(webhook(action)).toBeNull());
  it('other events say nothing', () => expect(healthCommand(event('SyncStarted', {}))).toBeNull());

  it('a permission that ends names its end where the provider does, and nothing else of the body', () => {
    expect(webhook('expiring', { consent_expiration_time: '2026-12-01T00:00:00Z', secret: 'x' })).toMatchObject({ code: PERMISSION_EXPIRING, detail: 'The permission given to plaid ends at 2026-12-01T00:00:00Z; link again before it does (ITEM/X)' });
    expect(webhook('expiring', { consent_expiration_time: 5 })).toMatchObject({ detail: expect.stringContaining('ends soon') });
  });
});
