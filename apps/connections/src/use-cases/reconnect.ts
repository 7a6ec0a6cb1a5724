/** A connection asks for a new sign-in (or its owner does): a link in the provider's update mode, for the same connection. */
import type { connectionsRpc, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { connectionRef } from '@tidemark/credentials';
import { answered, refused } from '@tidemark/service';
import { loadConnection } from '../connection/change.js';
import { notActive } from '../connection/connection.decide.js';
import { connectionStream } from '../connection/connection.js';
import { findInstitution } from '../institutions/find-institution.js';
import type { Parts } from '../parts.js';
import { startLink } from './link-account.js';
import { expectReconnect } from './link-attempt.js';
import { connectionFieldsOf } from './views.js';

export async function reconnect(parts: Parts, { connectionId }: RequestOf<typeof connectionsRpc.reconnectConnection>, context: RpcContext): Promise<RpcReply<connectionsRpc.LinkedConnection>> {
  const { state } = await loadConnection(parts, context.userId, connectionStream(connectionId));
  if (state.status === 'none' || state.status === 'disconnected') return refused(notActive(state));
  const provider = parts.providers.get(state.provider);
  if (!provider) return refused(problem('provider_disabled', `${state.provider} is switched off here. Try again when it is back.`));
  const institution = await findInstitution(parts.database, parts.coverage, state.institutionId);
  // A link that was never completed lapses after minutes: a new one is for the first time, not in update mode.
  const existing = state.link ? await parts.credentials.get(connectionRef(connectionId)) : null;
  const link = await startLink(parts, provider, {
    connectionId,
    userId: context.userId,
    institution: state.institutionName,
    providerInstitutionId: institution?.offers[state.provider]?.institutionId ?? null,
    trading: state.tradingAllowed,
    ...(existing ? { existing } : {}),
  });
  if (!link.ok) return refused(link.error);
  if (state.link) await expectReconnect(parts.database, { connectionId, userId: context.userId });
  return answered({ ...connectionFieldsOf(state), link: link.value });
}
