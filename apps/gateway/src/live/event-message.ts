/** Events as a client sees them: what happened to which connection, in a few words. The whole events are at `/events`. */
import type { AccountUpdated, AlertRaised, ConnectionDegraded, DuplicateFlagged, EventEnvelope, SyncCompleted, SyncFailed, SyncStarted } from '@tidemark/contracts';
import type { Static } from 'typebox';
import type { AlertMessage, Channel, CONNECTION_CHANGES, ConnectionMessage, SyncMessage } from './live-messages.js';

type Change = (typeof CONNECTION_CHANGES)[number];
type EventMessage = (Static<typeof SyncMessage> | Static<typeof ConnectionMessage> | Static<typeof AlertMessage>) & { readonly channel: Channel };

const CHANGES: Readonly<Record<string, Change>> = {
  ConnectionLinked: 'linked',
  ConnectionDegraded: 'degraded',
  ReauthenticationRequired: 'reauth_required',
  ConnectionRestored: 'restored',
  ConnectionRemoved: 'removed',
  AccountDiscovered: 'account_discovered',
  AccountUpdated: 'account_updated',
  AccountClosed: 'account_closed',
  DuplicateFlagged: 'duplicate_flagged',
};

/** By log, the types that make a message. */
export const TOLD: Readonly<Record<string, readonly string[]>> = { sync: ['SyncStarted', 'SyncCompleted', 'SyncFailed'], connections: Object.keys(CHANGES), alerts: ['AlertRaised'] };

/** @returns null for what no channel tells */
export function messageOf(event: EventEnvelope): EventMessage | null {
  const at = event.recordedtime;
  const change = CHANGES[event.type];
  if (change) {
    const { connectionId, accountId } = event.data as Partial<AccountUpdated> & { connectionId: string };
    return { channel: 'connections', data: { change, connectionId, ...(accountId === undefined ? {} : { accountId }), ...detailsOf(event) }, at };
  }
  switch (event.type) {
    case 'SyncStarted': {
      const { connectionId, syncId, provider } = event.data as SyncStarted;
      return { channel: 'sync', data: { status: 'started', connectionId, syncId, provider }, at };
    }
    case 'SyncCompleted': {
      const { connectionId, syncId, provider, snapshots, transactions } = event.data as SyncCompleted;
      return { channel: 'sync', data: { status: 'completed', connectionId, syncId, provider, snapshots, transactions }, at };
    }
    case 'SyncFailed': {
      const { connectionId, syncId, provider, code, detail, retryAt } = event.data as SyncFailed;
      return { channel: 'sync', data: { status: 'failed', connectionId, syncId, provider, code, detail, retryAt }, at };
    }
    case 'AlertRaised': {
      const { alertId, ruleId, name, kind, accountId, connectionId, cause, message, figures, muted, deliveries } = event.data as AlertRaised;
      if (muted || !deliveries.some((one) => one.kind === 'live')) return null;
      return { channel: 'alerts', data: { alertId, ruleId, name, kind, accountId, connectionId, raisedAt: event.time, cause, message, figures }, at };
    }
    default:
      return null;
  }
}

function detailsOf(event: EventEnvelope): { code?: string; detail?: string; duplicateOf?: string | null } {
  if (event.type === 'DuplicateFlagged') return { duplicateOf: (event.data as DuplicateFlagged).duplicateOf };
  if (event.type !== 'ConnectionDegraded' && event.type !== 'ReauthenticationRequired') return {};
  const { code, detail } = event.data as ConnectionDegraded;
  return { code, detail };
}
