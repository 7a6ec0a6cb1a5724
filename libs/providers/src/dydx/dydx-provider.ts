/**
 * dYdX v4 as a `ProviderPort`, through its public indexer. There is nobody to sign in and nothing to revoke: an address is all that is
 * needed, and whoever knows it may read it.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import { providerError } from '../failure.js';
import type { CallContext, CompletedLink, Credential, LinkProof, ProviderError, ProviderPort, ProviderSettings } from '../port.js';
import { DydxClient } from './client.js';
import { dydxOwner, hashOfOwner } from './credential.js';
import { fetchDydxAccounts, fetchDydxTransactions, readSubaccounts } from './fetch.js';
import type { DydxSource } from './fetch.js';
import { fetchedAccountOf } from './subaccounts.js';

/** Where a person sees the address. */
const PORTFOLIO = 'https://dydx.trade/portfolio';

export function dydxProvider(settings: ProviderSettings, deps: ProviderDeps): ProviderPort {
  const source: DydxSource = { client: new DydxClient(settings, deps), accountNumberKey: deps.accountNumberKey };
  const official = /\.dydx\.(trade|exchange)$/.test(new URL(settings.baseUrl).hostname);
  return {
    id: settings.id,
    proof: 'credentials',
    registerUser: async () => ok(null),
    deleteUser: async () => ok(undefined),
    startLink: async () => ok({ kind: 'api_key', url: official ? PORTFOLIO : `${settings.baseUrl}/portfolio`, expiresAt: null }),
    completeLink: (request) => completeLink(source, request),
    revoke: async () => ok(undefined),
    fetchAccounts: (request) => fetchDydxAccounts(source, request),
    fetchTransactions: (request) => fetchDydxTransactions(source, request),
    // Every read is of this moment.
    requestRefresh: async () => ok({ billed: false }),
    verifyWebhook: async () => refuse({ reason: 'unverifiable', detail: 'dydx sends no webhooks' }),
    institutions: async function* () {
      yield ok([{ providerInstitutionId: 'dydx', name: 'dYdX', type: 'crypto' as const, tradingAllowed: false }]);
    },
  };
}

/** Looks the address up: one without a subaccount is refused, since a mistyped one may be well formed. */
async function completeLink(source: DydxSource, { call, proof }: { call: CallContext; proof: LinkProof }): Promise<Result<CompletedLink, ProviderError>> {
  const owner = dydxOwner(proof.credentials);
  if (!owner.ok) return refuse(providerError({ code: 'provider_error', class: 'final', status: 400, detail: owner.error }));
  const { address, subaccount } = owner.value;
  const found = await readSubaccounts(source.client, call, owner.value);
  if (!found.ok) return found;
  const accounts = found.value.map((one) => fetchedAccountOf(one, new Map(), { address, hashKey: source.accountNumberKey }).account);
  if (accounts.length === 0) return refuse(providerError({ code: 'provider_error', class: 'final', status: 404, detail: 'dydx knows no subaccount of this address' }));
  const credential: Credential = subaccount === null ? { address } : { address, subaccountNumber: String(subaccount) };
  // The address is public and names a person's whole holdings all the same: what stands for it outside is its keyed hash.
  return ok({ providerConnectionId: hashOfOwner(address, subaccount, source.accountNumberKey), credential, accounts, tradingGranted: false });
}
