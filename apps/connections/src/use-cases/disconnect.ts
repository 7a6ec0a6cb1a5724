/**
 * A user takes a connection back. It is disconnected at once and for good; revoking at the provider and destroying the credential
 * follow, usually before the answer, and are tried again in the background while the provider is away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { connectionsRpc, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { answered, refused } from '@tidemark/service';
import { change, loadConnection } from '../connection/change.js';
import { connectionStream } from '../connection/connection.js';
import { notActive } from '../connection/connection.decide.js';
import type { Parts } from '../parts.js';
import { forgetUnlessClaimed } from './link-attempt.js';
import { revocationOf } from './complete-link.js';
import { noteRevocation, revokeNow } from './revocation.js';

const WAIT_FOR_PROVIDER_MS = 5_000;

export async function disconnect(parts: Parts, { connectionId, erase = false }: RequestOf<typeof connectionsRpc.removeConnection>, context: RpcContext): Promise<RpcReply<Record<string, never>>> {
  const { state } = await loadConnection(parts, context.userId, connectionStream(connectionId));
  if (state.status === 'none') return refused(notActive(state));
  const toRevoke = await revocationOf(parts, state, erase);
  const changed = await change(parts, {
    userId: context.userId,
    origin: context,
    changes: [{ stream: connectionStream(connectionId), commands: [{ type: 'remove', at: instant(parts.clock.now()), reason: 'asked by the user', erase }] }],
    alongside: async (tx, decided) => {
      await forgetUnlessClaimed(tx, connectionId);
      if (decided.length > 0 && toRevoke) await noteRevocation(tx, toRevoke);
    },
  });
  if (!changed.ok) return refused(changed.error);
  if (toRevoke) await Promise.race([revokeNow(parts, toRevoke.credentialRef), sleep(WAIT_FOR_PROVIDER_MS, false, { ref: false })]);
  return answered({}, changed.value.positions);
}
