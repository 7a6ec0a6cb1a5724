/**
 * SnapTrade as a `ProviderPort`. A user's credential is `{userId, userSecret}`, made once; a connection's is the same with its
 * `authorizationId`, so that whoever reads a connection needs nothing else.
 */
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import { providerError } from '../failure.js';
import type { CallContext, CatalogueInstitution, CompletedLink, Credential, FetchRequest, LinkProof, LinkRequest, ProviderError, ProviderPort, ProviderSettings, StartedLink } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import { fieldsOf, misshapen, optionalText, textAt } from '../wire/shape.js';
import { listedAccountsOf } from './accounts.js';
import { brokeragesOf } from './brokerages.js';
import { SnaptradeClient } from './client.js';
import { USER_EXISTS } from './errors.js';
import { fetchSnaptradeAccounts, fetchSnaptradeTransactions, userOf } from './fetch.js';
import type { SnaptradeSource } from './fetch.js';
import { verifySnaptradeWebhook } from './webhook.js';

const PROVIDER = 'snaptrade';
const LOGIN_LINK_MS = 5 * 60_000;

export function snaptradeProvider(settings: ProviderSettings, deps: ProviderDeps): ProviderPort {
  const client = new SnaptradeClient(settings, deps);
  const source: SnaptradeSource = { client, accountNumberKey: deps.accountNumberKey };
  return {
    id: settings.id,
    proof: 'authorizationId',
    registerUser: (userId) => registerUser(client, userId, deps),
    deleteUser: (userId, credential) => deleteUser(client, userId, credential),
    startLink: (request) => startLink(client, request, deps),
    completeLink: (request) => completeLink(source, request),
    revoke: (request) => revoke(client, request),
    fetchAccounts: (request) => fetchSnaptradeAccounts(source, request),
    fetchTransactions: (request) => fetchSnaptradeTransactions(source, request),
    requestRefresh: (request) => requestRefresh(client, request),
    verifyWebhook: async (request) => verifySnaptradeWebhook(settings.clientSecret, request),
    institutions: () => institutions(client),
  };
}

/**
 * An answer that was lost on the way leaves a user whose secret nobody has. It cannot be asked for again, so the person is
 * registered under a second name; the credential says which one holds.
 */
async function registerUser(client: SnaptradeClient, userId: string, deps: ProviderDeps): Promise<Result<Credential, ProviderError>> {
  const context: CallContext = { userId, connectionId: null, institution: null };
  let answer = await client.registerUser(context, userId);
  if (!answer.ok && answer.error.providerCode === USER_EXISTS) {
    const suffix = Math.floor(deps.random() * 0xffffffff).toString(16).padStart(8, '0');
    deps.log.warn({ provider: PROVIDER, userId }, 'the user id is taken at SnapTrade and its secret is not known here; registering under another');
    answer = await client.registerUser(context, `${userId}.${suffix}`);
  }
  if (!answer.ok) return refuse(asProviderError(answer.error));
  return reading(PROVIDER, 'registerSnapTradeUser', answer.value, (body) => {
    const fields = fieldsOf(body, '');
    return { userId: textAt(fields, 'userId', ''), userSecret: textAt(fields, 'userSecret', '') };
  });
}

async function deleteUser(client: SnaptradeClient, userId: string, credential: Credential): Promise<Result<void, ProviderError>> {
  const answer = await client.deleteUser({ userId, connectionId: null, institution: null }, userOf(credential));
  return answer.ok || answer.error.status === 404 ? ok(undefined) : refuse(asProviderError(answer.error));
}

async function startLink(client: SnaptradeClient, request: LinkRequest, deps: ProviderDeps): Promise<Result<StartedLink, ProviderError>> {
  const user = userOf(request.userCredential ?? request.existing);
  const reconnect = request.existing?.['authorizationId'];
  const answer = await client.login(request.call, user, {
    ...(request.providerInstitutionId === null ? {} : { broker: request.providerInstitutionId }),
    immediateRedirect: true,
    ...(request.redirectUri === undefined ? {} : { customRedirect: request.redirectUri }),
    ...(reconnect === undefined ? {} : { reconnect }),
    connectionType: request.trading ? 'trade' : 'read',
    connectionPortalVersion: 'v4',
  });
  if (!answer.ok) return refuse(asProviderError(answer.error));
  const expiresAt = instant(deps.clock.now() + LOGIN_LINK_MS);
  return reading(PROVIDER, 'loginSnapTradeUser', answer.value, (body) => ({ kind: 'snaptrade_portal' as const, url: textAt(fieldsOf(body, ''), 'redirectURI', ''), expiresAt }));
}

/** The authorization is looked up with this user's own secret: another person's is not found. */
async function completeLink(source: SnaptradeSource, request: { call: CallContext; proof: LinkProof; userCredential?: Credential }): Promise<Result<CompletedLink, ProviderError>> {
  const { authorizationId } = request.proof;
  if (authorizationId === undefined) return refuse(providerError({ code: 'provider_error', class: 'final', detail: 'authorizationId is needed to complete a SnapTrade link' }));
  const user = userOf(request.userCredential);
  const found = await source.client.authorization(request.call, user, authorizationId);
  if (!found.ok) return refuse(asProviderError(found.error));
  const authorization = reading(PROVIDER, 'detailBrokerageAuthorization', found.value, (body) => {
    const fields = fieldsOf(body, '');
    const id = textAt(fields, 'id', '');
    return id === authorizationId ? { type: optionalText(fields, 'type', '') } : misshapen('id', 'the authorization that was asked for is expected');
  });
  if (!authorization.ok) return authorization;
  const answer = await source.client.accounts(request.call, user, authorizationId);
  if (!answer.ok) return refuse(asProviderError(answer.error));
  const listed = reading(PROVIDER, 'listBrokerageAuthorizationAccounts', answer.value, (body) => listedAccountsOf(body, source.accountNumberKey));
  if (!listed.ok) return listed;
  const { type } = authorization.value;
  return ok({
    providerConnectionId: authorizationId,
    credential: { ...user, authorizationId },
    accounts: listed.value.accounts.map(({ details }) => details),
    tradingGranted: type === null ? null : type === 'trade',
  });
}

async function revoke(client: SnaptradeClient, request: FetchRequest): Promise<Result<void, ProviderError>> {
  const answer = await client.removeConnection(request.call, userOf(request.credential), request.providerConnectionId);
  return answer.ok || answer.error.status === 404 ? ok(undefined) : refuse(asProviderError(answer.error));
}

async function requestRefresh(client: SnaptradeClient, request: FetchRequest): Promise<Result<{ billed: boolean }, ProviderError & { billed: boolean }>> {
  const answer = await client.refresh(request.call, userOf(request.credential), request.providerConnectionId);
  return answer.ok ? ok({ billed: true }) : refuse({ ...asProviderError(answer.error), billed: answer.error.mayBeBilled });
}

async function* institutions(client: SnaptradeClient): AsyncGenerator<Result<readonly CatalogueInstitution[], ProviderError>> {
  const answer = await client.brokerages({ userId: 'system', connectionId: null, institution: null });
  yield answer.ok ? reading(PROVIDER, 'listAllBrokerages', answer.value, brokeragesOf) : refuse(asProviderError(answer.error));
}
