/** What an event of the log `sync` says about the health of its connection. Pure. */
import type { EventEnvelope, SyncFailed, WebhookReceived } from '@tidemark/contracts';
import { PERMISSION_EXPIRING } from '../connection/connection.decide.js';
import type { ConnectionCommand } from '../connection/connection.commands.js';

export const HEALTH_TYPES = ['SyncCompleted', 'SyncFailed', 'WebhookReceived'] as const;

/** The command for the connection, or null where the event says nothing about it. */
export function healthCommand(event: EventEnvelope): ConnectionCommand | null {
  const at = event.time;
  if (event.type === 'SyncCompleted') return { type: 'restore', at };
  if (event.type === 'SyncFailed') {
    const failed = event.data as SyncFailed;
    const { code, detail } = failed;
    if (failed.class === 'relink') return { type: 'require-reauthentication', at, code, detail };
    return isPassing(failed) ? null : { type: 'degrade', at, code, detail };
  }
  return event.type === 'WebhookReceived' ? webhookCommand(event.data as WebhookReceived, at) : null;
}

/** One failure that is about to be tried again says nothing yet of the connection; the next in a row, or giving up, does. */
function isPassing({ retryAt, attempt = 1 }: SyncFailed): boolean {
  return retryAt !== null && attempt === 1;
}

function webhookCommand({ action, kind, provider, by }: WebhookReceived, at: string): ConnectionCommand | null {
  switch (action) {
    case 'reauth_required':
      return { type: 'require-reauthentication', at, code: 'provider_auth', detail: `${provider} says that the person must sign in again (${kind})` };
    case 'degraded':
      return { type: 'degrade', at, code: 'provider_error', detail: `${provider} reports trouble with this connection (${kind})` };
    case 'restored':
      return { type: 'restore', at };
    case 'expiring':
      return { type: 'degrade', at, code: PERMISSION_EXPIRING, detail: `The permission given to ${provider} ends ${by ? `at ${by}` : 'soon'}; link again before it does (${kind})` };
    case 'removed':
      return { type: 'remove', at, reason: `revoked at ${provider} (${kind})`, erase: false };
    default:
      return null;
  }
}
