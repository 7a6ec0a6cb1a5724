/**
 * What a verified webhook makes us do. A webhook is a hint and never data: at most it starts a sync, which fetches the truth, so that
 * reordered or repeated ones do no harm. One that says the link is broken is ignored where a sync has succeeded since it was sent.
 */
import { unreachable } from '@tidemark/kernel';
import type { WebhookMeaning } from '@tidemark/providers';

export interface WebhookSubject {
  readonly connectionId: string;
  readonly status: 'pending' | 'active' | 'degraded' | 'reauth_required' | 'disconnected';
  /** When the newest successful sync began (milliseconds), null before the first. */
  readonly lastGoodSyncAt: number | null;
}

export interface WebhookDecision {
  /** Recorded in the event, and answered. `overtaken` and `unknown_connection` are ours, the rest is the adapter's. */
  readonly action: string;
  readonly enqueue: boolean;
  /** Stops scheduled syncs until the connection is restored. */
  readonly block: boolean;
  /** Older transactions have become readable: the next sync asks for the whole range. */
  readonly wholeRange: boolean;
}

const record = (action: string): WebhookDecision => ({ action, enqueue: false, block: false, wholeRange: false });

/** Both providers gather history in the background after a link and say so when it is there. */
const HISTORY_ARRIVED: ReadonlySet<string> = new Set(['INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE', 'ACCOUNT_TRANSACTIONS_INITIAL_UPDATE']);

export function decideWebhook(meaning: Pick<WebhookMeaning, 'action' | 'sentAt' | 'kind'>, subject: WebhookSubject | null): WebhookDecision {
  if (subject === null) return record('unknown_connection');
  if (subject.status === 'disconnected') return record('ignore');
  const { action } = meaning;
  switch (action) {
    case 'sync':
    case 'new_accounts':
    case 'restored':
      // A pending connection is not linked yet: its first sync will fetch everything anyway.
      return { ...record(action), enqueue: subject.status !== 'pending', wholeRange: HISTORY_ARRIVED.has(meaning.kind) };
    case 'reauth_required':
    case 'removed':
      return overtaken(meaning.sentAt, subject.lastGoodSyncAt) ? record('overtaken') : { ...record(action), block: true };
    case 'degraded':
      return overtaken(meaning.sentAt, subject.lastGoodSyncAt) ? record('overtaken') : record(action);
    case 'expiring':
    case 'ignore':
      return record(action);
    default:
      return unreachable(action, 'webhook action');
  }
}

function overtaken(sentAt: string | null, lastGoodSyncAt: number | null): boolean {
  return sentAt !== null && lastGoodSyncAt !== null && Date.parse(sentAt) < lastGoodSyncAt;
}
