import { describe, expect, it } from '@jest/globals';
import { decideWebhook } from './webhook.decide.js';
import type { WebhookSubject } from './webhook.decide.js';

const SENT = '2026-11-20T12:00:00.000Z';
const active: WebhookSubject = { connectionId: 'c', status: 'active', lastGoodSyncAt: Date.parse('2026-11-20T06:00:00.000Z') };
const decide = (action: 'sync' | 'reauth_required' | 'removed' | 'restored' | 'ignore' | 'degraded' | 'expiring' | 'new_accounts', subject: WebhookSubject | null = active, sentAt: string | null = SENT) => decideWebhook({ action, sentAt, kind: 'HOLDINGS/DEFAULT_UPDATE' }, subject);

describe('a verified webhook', () => {
  it.each(['sync', 'new_accounts', 'restored'] as const)('%s starts a sync', (action) => {
    expect(decide(action)).toEqual({ action, enqueue: true, block: false, wholeRange: false });
  });

  it.each(['INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE', 'ACCOUNT_TRANSACTIONS_INITIAL_UPDATE'])('%s makes the sync ask for the whole range', (kind) => {
    expect(decideWebhook({ action: 'sync', sentAt: SENT, kind }, active)).toMatchObject({ enqueue: true, wholeRange: true });
  });

  it('starts none while the link is pending: the first sync is to come', () => {
    expect(decide('sync', { ...active, status: 'pending' })).toEqual({ action: 'sync', enqueue: false, block: false, wholeRange: false });
  });

  it.each(['reauth_required', 'removed'] as const)('%s stops the schedule', (action) => {
    expect(decide(action)).toEqual({ action, enqueue: false, block: true, wholeRange: false });
  });

  it('that says the link is broken is overtaken by a sync that has worked since', () => {
    const later = { ...active, lastGoodSyncAt: Date.parse(SENT) + 1 };
    expect(decide('reauth_required', later)).toEqual({ action: 'overtaken', enqueue: false, block: false, wholeRange: false });
    expect(decide('degraded', later).action).toBe('overtaken');
    expect(decide('reauth_required', later, null).block).toBe(true);
    expect(decide('sync', later).enqueue).toBe(true);
  });

  it.each(['expiring', 'ignore', 'degraded'] as const)('%s is recorded and nothing more', (action) => {
    expect(decide(action)).toEqual({ action, enqueue: false, block: false, wholeRange: false });
  });

  it('of a connection we do not know, or no longer have, is not acted on', () => {
    expect(decide('sync', null)).toEqual({ action: 'unknown_connection', enqueue: false, block: false, wholeRange: false });
    expect(decide('sync', { ...active, status: 'disconnected' })).toEqual({ action: 'ignore', enqueue: false, block: false, wholeRange: false });
  });
});
