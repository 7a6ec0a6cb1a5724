/**
 * A user asks to link an institution: a provider is chosen, the user registered there where it needs that, and a link made for the
 * person to approve. The event is appended last: whatever fails before leaves nothing behind but a link that lapses by itself.
 */
import type { connectionsRpc, Problem, RequestOf, RpcContext, RpcReply } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { StartedLink } from '@tidemark/providers';
import { answered, refused } from '@tidemark/service';
import { change } from '../connection/change.js';
import { connectionStream } from '../connection/connection.js';
import { findInstitution } from '../institutions/find-institution.js';
import { problemOf } from '../parts.js';
import type { ConfiguredProvider, Parts } from '../parts.js';
import { chooseProvider } from '../routing/choose-provider.js';
import { ensureUserCredential } from './user-credential.js';
import { connectionFieldsOf } from './views.js';

type Payload = RequestOf<typeof connectionsRpc.requestConnection>;

export async function linkAccount(parts: Parts, payload: Payload, context: RpcContext): Promise<RpcReply<connectionsRpc.LinkedConnection>> {
  const institution = await findInstitution(parts.database, parts.coverage, payload.institutionId);
  if (!institution) return refused(problem('not_found', `No institution is known as "${payload.institutionId.slice(0, 80)}". Look it up with GET /institutions?query=…`));
  const needTrading = payload.needTrading ?? false;
  const routed = chooseProvider({
    institution,
    needTrading,
    ...(payload.provider === undefined ? {} : { requestedProvider: payload.provider }),
    enabledProviders: [...parts.providers.values()].map(({ settings }) => ({ id: settings.id, adminsOnly: settings.adminsOnly })),
    isAdmin: isAdmin(parts, context),
  });
  if (!routed.ok) return refused(routed.error);
  const { provider: providerId, providerInstitutionId, tradingAllowed, reason, alternatives } = routed.value;
  const provider = parts.providers.get(providerId);
  if (!provider) return refused(problem('provider_disabled', `${providerId} is not set up here.`));
  const connectionId = parts.newId();
  const link = await startLink(parts, provider, { connectionId, userId: context.userId, institution: institution.name, providerInstitutionId, trading: tradingAllowed, redirectUri: payload.redirectUri });
  if (!link.ok) return refused(link.error);
  const changed = await change(parts, {
    userId: context.userId,
    origin: context,
    changes: [{
      stream: connectionStream(connectionId),
      commands: [{
        type: 'request', at: instant(parts.clock.now()), userId: context.userId, connectionId, institutionId: institution.id, institutionName: institution.name,
        provider: providerId, needTrading, tradingAllowed, routing: { reason, alternatives },
      }],
    }],
  });
  if (!changed.ok) return refused(changed.error);
  const [state] = changed.value.states;
  return state ? answered({ ...connectionFieldsOf(state), link: link.value }, changed.value.positions) : refused(problem('internal', 'nothing was requested'));
}

export function isAdmin(parts: Pick<Parts, 'adminUserIds'>, { userId, scopes }: RpcContext): boolean {
  return parts.adminUserIds.has(userId) || (scopes?.includes('ops') ?? false);
}

export interface LinkFor {
  readonly connectionId: string;
  readonly userId: string;
  readonly institution: string;
  readonly providerInstitutionId: string | null;
  readonly trading: boolean;
  readonly redirectUri?: string | undefined;
  /** On reconnect: the credential of the link that is to work again. */
  readonly existing?: Readonly<Record<string, string>>;
}

/** Registers the user where the provider needs it, then asks for a link. */
export async function startLink(parts: Parts, provider: ConfiguredProvider, request: LinkFor): Promise<Result<StartedLink, Problem>> {
  const { connectionId, userId, institution, providerInstitutionId, trading, redirectUri, existing } = request;
  const user = await ensureUserCredential(parts, provider, userId);
  if (!user.ok) return user;
  const started = await provider.port.startLink({
    call: { userId, connectionId, institution },
    providerInstitutionId,
    institutionName: institution,
    trading,
    webhookUrl: `${parts.publicUrl}/api/v1/webhooks/${provider.port.id}`,
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(existing === undefined ? {} : { existing }),
    ...(user.value === null ? {} : { userCredential: user.value }),
  });
  return started.ok ? ok(started.value) : refuse(problemOf(started.error));
}
