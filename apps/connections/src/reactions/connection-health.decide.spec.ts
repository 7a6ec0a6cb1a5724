import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import { PERMISSION_EXPIRING } from '../connection/connection.decide.js';
import { healthCommand } from './connection-health.decide.js';

const at = '2026-11-21T10:00:00.000Z';
const event = (type: string, data: object): EventEnvelope => ({
  specversion: '1.0', id: '0196f3a0-0000-7000-8000-000000000001', type, source: 'sync', subject: 's', time: at, dataschema: `urn:tidemark:${type}:1`, datacontenttype: 'application/json',
  userid: 'ada', epoch: 1, partition: 0, position: 1, streamversion: 1, recordedtime: at, data,
});
const webhook = (action: string, by?: string | null) => healthCommand(event('WebhookReceived', { action, kind: 'ITEM/X', provider: 'plaid', body: {}, ...(by === undefined ? {} : { by }) }));

describe('what an event of sync says of a connection', () => {
  it('a sync that went well restores it', () => expect(healthCommand(event('SyncCompleted', {}))).toEqual({ type: 'restore', at }));

  it.each([['relink', 'require-reauthentication'], ['retry', 'degrade'], ['final', 'degrade']])('a failure of class %s: %s', (errorClass, type) => {
    expect(healthCommand(event('SyncFailed', { class: errorClass, code: 'provider_error', detail: 'no', retryAt: null }))).toMatchObject({ type, code: 'provider_error', detail: 'no', at });
  });

  it('one failure that is tried again says nothing yet, the next in a row does', () => {
    const failed = (attempt?: number) => healthCommand(event('SyncFailed', { class: 'retry', code: 'provider_error', detail: 'no', retryAt: at, ...(attempt ? { attempt } : {}) }));
    expect([failed()?.type, failed(1)?.type, failed(2)?.type]).toEqual([undefined, undefined, 'degrade']);
  });

  it.each([['reauth_required', 'require-reauthentication'], ['degraded', 'degrade'], ['restored', 'restore'], ['expiring', 'degrade'], ['removed', 'remove']])('a webhook that means %s: %s', (action, type) => {
    expect(webhook(action)).toMatchObject({ type, at });
  });

  it.each(['sync', 'new_accounts', 'ignore', 'something new'])('a webhook that means %s says nothing of its health', (action) => expect(webhook(action)).toBeNull());
  it('other events say nothing', () => expect(healthCommand(event('SyncStarted', {}))).toBeNull());

  it('a permission that ends names its end where the provider does', () => {
    expect(webhook('expiring', '2026-12-01T00:00:00.000Z')).toMatchObject({ code: PERMISSION_EXPIRING, detail: 'The permission given to plaid ends at 2026-12-01T00:00:00.000Z; link again before it does (ITEM/X)' });
    for (const by of [null, undefined]) expect(webhook('expiring', by)).toMatchObject({ detail: expect.stringContaining('ends soon') });
  });
});
