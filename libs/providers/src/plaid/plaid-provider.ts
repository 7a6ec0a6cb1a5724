/** Plaid as a `ProviderPort`. A credential is `{accessToken, itemId}`; Plaid has no users of its own. */
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import { providerError } from '../failure.js';
import type { CallContext, CatalogueInstitution, CompletedLink, FetchRequest, LinkProof, LinkRequest, ProviderError, ProviderPort, ProviderSettings, StartedLink } from '../port.js';
import { asProviderError, reading } from '../reading.js';
import { fieldsOf, textAt } from '../wire/shape.js';
import { optionalInstant } from '../wire/time.js';
import { accountDetailsOf } from './accounts.js';
import { PlaidClient } from './client.js';
import { WITHOUT_INVESTMENTS } from './errors.js';
import { accessTokenOf, fetchPlaidAccounts, fetchPlaidTransactions } from './fetch.js';
import { institutionPageOf, supportedProducts } from './institutions.js';
import { linkTokenRequest } from './link-request.js';
import { PlaidWebhookKeys } from './webhook-keys.js';
import { verifyPlaidWebhook } from './webhook.js';

const PROVIDER = 'plaid';
/** The access that was there is gone already: what was asked for is so. */
const GONE = new Set(['ITEM_NOT_FOUND', 'INVALID_ACCESS_TOKEN']);
const SYSTEM: CallContext = { userId: 'system', connectionId: null, institution: null };

export function plaidProvider(settings: ProviderSettings, deps: ProviderDeps): ProviderPort {
  const client = new PlaidClient(settings, deps);
  const keys = new PlaidWebhookKeys(client);
  return {
    id: settings.id,
    proof: 'publicToken',
    registerUser: async () => ok(null),
    deleteUser: async () => ok(undefined),
    startLink: (request) => startLink(client, request),
    completeLink: (request) => completeLink(client, request, deps),
    revoke: (request) => revoke(client, request),
    fetchAccounts: (request) => fetchPlaidAccounts(client, request),
    fetchTransactions: (request) => fetchPlaidTransactions(client, request, instant(deps.clock.now()).slice(0, 10)),
    requestRefresh: (request) => requestRefresh(client, request),
    verifyWebhook: (request) => verifyPlaidWebhook(keys, request),
    institutions: () => institutions(client),
  };
}

async function startLink(client: PlaidClient, request: LinkRequest): Promise<Result<StartedLink, ProviderError>> {
  const supported = request.existing === undefined ? await productsOf(client, request) : ok(null);
  if (!supported.ok) return supported;
  const answer = await client.createLinkToken(request.call, linkTokenRequest(request, supported.value));
  if (!answer.ok) return refuse(asProviderError(answer.error));
  return reading(PROVIDER, 'linkTokenCreate', answer.value, (body) => {
    const fields = fieldsOf(body, '');
    return { kind: 'plaid_link' as const, token: textAt(fields, 'link_token', ''), expiresAt: optionalInstant(fields, 'expiration', '') };
  });
}

/** Null where the institution is not known by a Plaid id, or not to Plaid. */
async function productsOf(client: PlaidClient, request: LinkRequest): Promise<Result<readonly string[] | null, ProviderError>> {
  if (request.providerInstitutionId === null) return ok(null);
  const answer = await client.institution(request.call, request.providerInstitutionId);
  if (answer.ok) return reading(PROVIDER, 'institutionsGetById', answer.value, supportedProducts);
  return answer.error.providerCode === 'INVALID_INSTITUTION' ? ok(null) : refuse(asProviderError(answer.error));
}

async function completeLink(client: PlaidClient, { call, proof }: { call: CallContext; proof: LinkProof }, deps: ProviderDeps): Promise<Result<CompletedLink, ProviderError>> {
  if (proof.publicToken === undefined) return refuse(providerError({ code: 'provider_error', class: 'final', detail: 'publicToken is needed to complete a Plaid link' }));
  const exchanged = await client.exchange(call, proof.publicToken);
  if (!exchanged.ok) return refuse(asProviderError(exchanged.error));
  const item = reading(PROVIDER, 'itemPublicTokenExchange', exchanged.value, (body) => {
    const fields = fieldsOf(body, '');
    return { accessToken: textAt(fields, 'access_token', ''), itemId: textAt(fields, 'item_id', '') };
  });
  if (!item.ok) return item;
  const answer = await client.accounts(call, item.value.accessToken);
  const accounts = answer.ok ? reading(PROVIDER, 'accountsGet', answer.value, accountDetailsOf) : refuse(asProviderError(answer.error));
  // The token is exchanged and must not be lost, nor the item removed (on a reconnect it is the one that is in use): the first sync finds the accounts.
  if (!accounts.ok) deps.log.warn({ provider: PROVIDER, itemId: item.value.itemId, code: accounts.error.code, detail: accounts.error.detail }, 'linked, but the accounts could not be read yet');
  return ok({ providerConnectionId: item.value.itemId, credential: item.value, accounts: accounts.ok ? accounts.value : [], tradingGranted: false });
}

async function revoke(client: PlaidClient, request: FetchRequest): Promise<Result<void, ProviderError>> {
  const answer = await client.removeItem(request.call, accessTokenOf(request));
  return answer.ok || GONE.has(answer.error.providerCode ?? '') ? ok(undefined) : refuse(asProviderError(answer.error));
}

async function requestRefresh(client: PlaidClient, request: FetchRequest): Promise<Result<{ billed: boolean }, ProviderError & { billed: boolean }>> {
  const answer = await client.refreshInvestments(request.call, accessTokenOf(request));
  if (answer.ok) return ok({ billed: true });
  // A bank has nothing that this call refreshes; reading it is enough.
  if (WITHOUT_INVESTMENTS.has(answer.error.providerCode ?? '')) return ok({ billed: false });
  return refuse({ ...asProviderError(answer.error), billed: answer.error.mayBeBilled });
}

async function* institutions(client: PlaidClient): AsyncGenerator<Result<readonly CatalogueInstitution[], ProviderError>> {
  for (let offset = 0; ; ) {
    const answer = await client.institutions(SYSTEM, offset);
    const page = answer.ok ? reading(PROVIDER, 'institutionsGet', answer.value, institutionPageOf) : refuse(asProviderError(answer.error));
    yield page.ok ? ok(page.value.institutions) : page;
    if (!page.ok) return;
    offset += page.value.institutions.length;
    if (page.value.institutions.length === 0 || offset >= page.value.total) return;
  }
}
