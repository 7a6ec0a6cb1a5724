/**
 * Coinbase Advanced Trade as a `ProviderPort`. The person makes a CDP API key of their own and gives its name and private key; the
 * credential is just that. There is nothing of ours at Coinbase: no client id, no user, no webhooks, nothing to revoke.
 */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import { providerError } from '../failure.js';
import type { CallContext, CompletedLink, LinkProof, ProviderError, ProviderPort, ProviderSettings } from '../port.js';
import { CoinbaseClient } from './client.js';
import { portfoliosOf } from './accounts.js';
import { fetchCoinbaseAccounts, fetchCoinbaseTransactions, readWallets } from './fetch.js';
import type { CoinbaseSource } from './fetch.js';
import { coinbaseKey } from './key.js';

/** Where a person makes a key. */
const PORTAL = 'https://portal.cdp.coinbase.com/access/api';

export function coinbaseProvider(settings: ProviderSettings, deps: ProviderDeps): ProviderPort {
  const source: CoinbaseSource = { client: new CoinbaseClient(settings, deps), accountNumberKey: deps.accountNumberKey };
  const official = new URL(settings.baseUrl).hostname.endsWith('coinbase.com');
  return {
    id: settings.id,
    proof: 'credentials',
    registerUser: async () => ok(null),
    deleteUser: async () => ok(undefined),
    startLink: async () => ok({ kind: 'api_key', url: official ? PORTAL : `${settings.baseUrl}/access/api`, expiresAt: null }),
    completeLink: (request) => completeLink(source, request),
    // The key is the person's: destroying what we hold is all there is to do.
    revoke: async () => ok(undefined),
    fetchAccounts: (request) => fetchCoinbaseAccounts(source, request),
    fetchTransactions: (request) => fetchCoinbaseTransactions(source, request),
    // Every read is of this moment.
    requestRefresh: async () => ok({ billed: false }),
    verifyWebhook: async () => refuse({ reason: 'unverifiable', detail: 'coinbase sends no webhooks here' }),
    institutions: async function* () {
      yield ok([{ providerInstitutionId: 'coinbase', name: 'Coinbase', type: 'crypto' as const, tradingAllowed: false }]);
    },
  };
}

/** Reads with the key that was given: only one that works is ever stored. */
async function completeLink(source: CoinbaseSource, { call, proof }: { call: CallContext; proof: LinkProof }): Promise<Result<CompletedLink, ProviderError>> {
  const key = coinbaseKey(proof.credentials);
  if (!key.ok) return refuse(providerError({ code: 'provider_error', class: 'final', status: 400, detail: key.error }));
  const wallets = await readWallets(source.client, call, key.value);
  if (!wallets.ok) return wallets;
  const accounts = portfoliosOf(wallets.value, source.accountNumberKey).map(({ account }) => account);
  const [first] = accounts;
  if (first === undefined) return refuse(providerError({ code: 'provider_error', class: 'final', status: 404, detail: 'coinbase shows no account to this key: give the key access to a portfolio' }));
  const [given] = [proof.credentials?.['privateKey'] ?? ''];
  // The portfolio stands for the connection, so that a new key to the same one is the same connection.
  return ok({ providerConnectionId: first.providerAccountId, credential: { keyName: key.value.name, privateKey: given }, accounts, tradingGranted: false });
}
