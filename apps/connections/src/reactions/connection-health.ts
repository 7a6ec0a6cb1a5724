/** Keeps each connection's state true to how its syncs go and to what its provider says. */
import type { EventEnvelope } from '@tidemark/contracts';
import type { Reactor } from '@tidemark/projections';
import { change, loadConnection } from '../connection/change.js';
import { connectionStream } from '../connection/connection.js';
import type { Parts } from '../parts.js';
import { revocationOf } from '../use-cases/complete-link.js';
import { noteRevocation } from '../use-cases/revocation.js';
import { HEALTH_TYPES, healthCommand } from './connection-health.decide.js';

const RULE = 'connection-health';

export function connectionHealth(parts: Parts): Reactor {
  return {
    name: RULE,
    logs: ['sync'],
    types: HEALTH_TYPES,
    // Syncs and webhooks of one connection are different streams, and one order.
    parkingKey: (event) => connectionOf(event) ?? event.subject,
    react: async (event) => {
      const command = healthCommand(event);
      const connectionId = connectionOf(event);
      if (!command || connectionId === null) return;
      const { state } = await loadConnection(parts, event.userid, connectionStream(connectionId));
      if (state.status === 'none') return;
      const toRevoke = command.type === 'remove' ? await revocationOf(parts, state, false) : null;
      const changed = await change(parts, {
        userId: event.userid,
        origin: { rule: RULE, cause: event },
        changes: [{ stream: connectionStream(connectionId), commands: [command] }],
        ...(toRevoke ? { alongside: (tx) => noteRevocation(tx, toRevoke) } : {}),
      });
      if (!changed.ok) throw new Error(`${changed.error.code}: ${changed.error.detail}`);
    },
  };
}

function connectionOf(event: EventEnvelope): string | null {
  return (event.data as { connectionId?: string | null }).connectionId ?? null;
}
