/** What each of Plaid's webhooks means for us. Pure, an open list: an unknown one is recorded and ignored. */
import type { WebhookMeaning } from '../port.js';
import { redact } from '../redaction.js';
import { optionalFields, optionalText, textAt } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';
import { plaidErrorClass } from './errors.js';

type Action = WebhookMeaning['action'];

const ACTIONS: Readonly<Record<string, Action>> = {
  'HOLDINGS/DEFAULT_UPDATE': 'sync',
  'INVESTMENTS_TRANSACTIONS/DEFAULT_UPDATE': 'sync',
  'INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE': 'sync',
  'TRANSACTIONS/SYNC_UPDATES_AVAILABLE': 'sync',
  'ITEM/LOGIN_REPAIRED': 'restored',
  'ITEM/PENDING_EXPIRATION': 'expiring',
  'ITEM/PENDING_DISCONNECT': 'expiring',
  'ITEM/USER_PERMISSION_REVOKED': 'removed',
  // One account of several: the next sync no longer sees it.
  'ITEM/USER_ACCOUNT_REVOKED': 'sync',
  'ITEM/NEW_ACCOUNTS_AVAILABLE': 'new_accounts',
  'ITEM/WEBHOOK_UPDATE_ACKNOWLEDGED': 'ignore',
};

/** @throws (inside `shaped`) where the type or code of the webhook is missing */
export function plaidMeaning(body: Fields, sent: { readonly sentAt: string; readonly dedupeKey: string }): WebhookMeaning {
  const kind = `${textAt(body, 'webhook_type', '')}/${textAt(body, 'webhook_code', '')}`.slice(0, 200);
  const error = optionalFields(body, 'error', '');
  const errorCode = error === null ? null : optionalText(error, 'error_code', 'error');
  const action = kind === 'ITEM/ERROR' ? actionOfError(errorCode) : (ACTIONS[kind] ?? 'ignore');
  return {
    ...sent,
    kind,
    action,
    providerConnectionId: optionalText(body, 'item_id', ''),
    providerAccountId: optionalText(body, 'account_id', ''),
    by: action === 'expiring' ? (optionalInstant(body, 'consent_expiration_time', '') ?? optionalInstant(body, 'disconnect_time', '')) : null,
    detail: errorCode === null ? (optionalText(body, 'reason', '') ?? kind) : `${kind}: ${errorCode}`,
    body: redact(body),
  };
}

function actionOfError(errorCode: string | null): Action {
  return plaidErrorClass(errorCode) === 'relink' ? 'reauth_required' : 'degraded';
}
