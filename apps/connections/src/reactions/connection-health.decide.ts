/** What an event of the log `sync` says about the health of its connection. Pure. */
import type { EventEnvelope, SyncFailed, WebhookReceived } from '@tidemark/contracts';
import { PERMISSION_EXPIRING } from '../connection/connection.decide.js';
import type { ConnectionCommand } from '../connection/connection.commands.js';

export const HEALTH_TYPES = ['SyncCompleted', 'SyncFailed', 'WebhookReceived'] as const;

/** The command for the connection, or null where the event says nothing about it. */
export function healthCommand(event: EventEnvelope): ConnectionCommand | null {
  const at = event.time;
  if (event.type === 'SyncCompleted') return { type: 'restore', at, because: 'sync' };
  if (event.type === 'SyncFailed') {
    const { class: errorClass, code, detail } = event.data as SyncFailed;
    return errorClass === 'relink' ? { type: 'require-reauthentication', at, code, detail } : { type: 'degrade', at, code, detail };
  }
  return event.type === 'WebhookReceived' ? webhookCommand(event.data as WebhookReceived, at) : null;
}

function webhookCommand({ action, kind, provider, body }: WebhookReceived, at: string): ConnectionCommand | null {
  switch (action) {
    case 'reauth_required':
      return { type: 'require-reauthentication', at, code: 'provider_auth', detail: `${provider} says that the person must sign in again (${kind})` };
    case 'degraded':
      return { type: 'degrade', at, code: 'provider_error', detail: `${provider} reports trouble with this connection (${kind})` };
    case 'restored':
      return { type: 'restore', at, because: 'provider' };
    case 'expiring':
      return { type: 'degrade', at, code: PERMISSION_EXPIRING, detail: `The permission given to ${provider} ends${endOf(body)}; link again before it does (${kind})` };
    case 'removed':
      return { type: 'remove', at, reason: `revoked at ${provider} (${kind})`, erase: false };
    default:
      return null;
  }
}

/** Plaid names the end in the body; other providers may not. */
function endOf(body: Readonly<Record<string, unknown>>): string {
  const end = body['consent_expiration_time'] ?? body['disconnect_time'];
  return typeof end === 'string' && end.length <= 40 ? ` at ${end}` : ' soon';
}
