/** What each of SnapTrade's webhooks means for us. Pure, an open list: an unknown one is recorded and ignored. */
import type { WebhookMeaning } from '../port.js';
import { redact } from '../redaction.js';
import { optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';

const ACTIONS: Readonly<Record<string, WebhookMeaning['action']>> = {
  CONNECTION_DELETED: 'removed',
  CONNECTION_BROKEN: 'reauth_required',
  CONNECTION_FIXED: 'restored',
  CONNECTION_UPDATED: 'sync',
  NEW_ACCOUNT_AVAILABLE: 'new_accounts',
  ACCOUNT_TRANSACTIONS_INITIAL_UPDATE: 'sync',
  ACCOUNT_TRANSACTIONS_UPDATED: 'sync',
  ACCOUNT_HOLDINGS_UPDATED: 'sync',
  // One account of several: the next sync no longer sees it.
  ACCOUNT_REMOVED: 'sync',
  TRADE_DETECTION: 'sync',
  TRADE_UPDATE: 'sync',
};

/** @param signature stands for the message where it has no id; @throws (inside `shaped`) where the event's type is missing */
export function snaptradeMeaning(body: Fields, signature: string): WebhookMeaning {
  const kind = textAt(body, 'eventType', '').slice(0, 200);
  const id = optionalText(body, 'webhookId', '') ?? optionalText(body, 'webookId', '');
  return {
    kind,
    dedupeKey: `snaptrade:${id ?? signature}`.slice(0, 300),
    action: ACTIONS[kind] ?? 'ignore',
    providerConnectionId: optionalText(body, 'brokerageAuthorizationId', ''),
    providerAccountId: optionalText(body, 'accountId', ''),
    sentAt: optionalInstant(body, 'eventTimestamp', ''),
    by: null,
    detail: kind,
    body: redact(body),
  };
}
