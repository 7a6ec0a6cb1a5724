/** Plaid's official SDK behind our calls: one method per operation, each one attempt on the wire wrapped by `ProviderCalls`. */
import { Configuration, CountryCode, PlaidApi } from 'plaid';
import type { LinkTokenCreateRequest } from 'plaid';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import type { CallContext, ProviderSettings } from '../port.js';
import { ProviderCalls } from '../resilience/provider-calls.js';
import type { Answer, FailedCall } from '../resilience/provider-calls.js';
import { wireAnswer, wireOptions } from '../wire/http.js';
import { judgePlaid } from './errors.js';

export type PlaidResult = Promise<Result<Answer, FailedCall>>;

const PAGE = 500;

export class PlaidClient {
  private readonly api: PlaidApi;
  private readonly calls: ProviderCalls;

  constructor(settings: ProviderSettings, deps: ProviderDeps) {
    const headers = { 'PLAID-CLIENT-ID': settings.clientId, 'PLAID-SECRET': settings.clientSecret };
    this.api = new PlaidApi(new Configuration({ basePath: settings.baseUrl, baseOptions: { ...wireOptions(settings.timeoutMs), headers } }));
    this.calls = new ProviderCalls(settings, deps, judgePlaid);
  }

  createLinkToken(context: CallContext, request: LinkTokenCreateRequest): PlaidResult {
    const secrets = typeof request.access_token === 'string' ? [request.access_token] : [];
    return this.calls.run({ operation: 'linkTokenCreate', context, secrets, send: async (signal) => wireAnswer(await this.api.linkTokenCreate(request, { signal })) });
  }

  exchange(context: CallContext, publicToken: string): PlaidResult {
    return this.calls.run({ operation: 'itemPublicTokenExchange', context, secrets: [publicToken], send: async (signal) => wireAnswer(await this.api.itemPublicTokenExchange({ public_token: publicToken }, { signal })) });
  }

  item(context: CallContext, accessToken: string): PlaidResult {
    return this.calls.run({ operation: 'itemGet', context, secrets: [accessToken], send: async (signal) => wireAnswer(await this.api.itemGet({ access_token: accessToken }, { signal })) });
  }

  removeItem(context: CallContext, accessToken: string): PlaidResult {
    return this.calls.run({ operation: 'itemRemove', context, secrets: [accessToken], send: async (signal) => wireAnswer(await this.api.itemRemove({ access_token: accessToken }, { signal })) });
  }

  accounts(context: CallContext, accessToken: string): PlaidResult {
    return this.calls.run({ operation: 'accountsGet', context, secrets: [accessToken], send: async (signal) => wireAnswer(await this.api.accountsGet({ access_token: accessToken }, { signal })) });
  }

  holdings(context: CallContext, accessToken: string): PlaidResult {
    return this.calls.run({ operation: 'investmentsHoldingsGet', context, secrets: [accessToken], send: async (signal) => wireAnswer(await this.api.investmentsHoldingsGet({ access_token: accessToken }, { signal })) });
  }

  investmentTransactions(context: CallContext, accessToken: string, range: { from: string; to: string; offset: number }): PlaidResult {
    const request = { access_token: accessToken, start_date: range.from, end_date: range.to, options: { count: PAGE, offset: range.offset } };
    return this.calls.run({ operation: 'investmentsTransactionsGet', context, secrets: [accessToken], send: async (signal) => wireAnswer(await this.api.investmentsTransactionsGet(request, { signal })) });
  }

  syncTransactions(context: CallContext, accessToken: string, cursor: string | null): PlaidResult {
    const request = { access_token: accessToken, count: PAGE, ...(cursor === null ? {} : { cursor }) };
    return this.calls.run({ operation: 'transactionsSync', context, secrets: [accessToken], send: async (signal) => wireAnswer(await this.api.transactionsSync(request, { signal })) });
  }

  refreshInvestments(context: CallContext, accessToken: string): PlaidResult {
    return this.calls.run({ operation: 'investmentsRefresh', context, secrets: [accessToken], paid: true, send: async (signal) => wireAnswer(await this.api.investmentsRefresh({ access_token: accessToken }, { signal })) });
  }

  webhookKey(context: CallContext, keyId: string): PlaidResult {
    return this.calls.run({ operation: 'webhookVerificationKeyGet', context, secrets: [], send: async (signal) => wireAnswer(await this.api.webhookVerificationKeyGet({ key_id: keyId }, { signal })) });
  }

  institution(context: CallContext, institutionId: string): PlaidResult {
    const request = { institution_id: institutionId, country_codes: [CountryCode.Us] };
    return this.calls.run({ operation: 'institutionsGetById', context, secrets: [], send: async (signal) => wireAnswer(await this.api.institutionsGetById(request, { signal })) });
  }

  institutions(context: CallContext, offset: number): PlaidResult {
    const request = { count: PAGE, offset, country_codes: [CountryCode.Us] };
    return this.calls.run({ operation: 'institutionsGet', context, secrets: [], send: async (signal) => wireAnswer(await this.api.institutionsGet(request, { signal })) });
  }
}
