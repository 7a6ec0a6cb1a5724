/**
 * SnapTrade's official SDK behind our calls. Every status comes back as an answer (see `wireOptions`), so the SDK's own
 * handling of 429 (sleeping 5 + 10 + 20 s, then a bare Error) and its `SnaptradeError`, whose `url` holds the user's secret,
 * never come into play.
 */
import { Snaptrade, SnaptradeAuth } from 'snaptrade-typescript-sdk';
import type { SnapTradeLoginUserRequestBody } from 'snaptrade-typescript-sdk';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import type { CallContext, ProviderSettings } from '../port.js';
import { ProviderCalls } from '../resilience/provider-calls.js';
import type { Answer, FailedCall } from '../resilience/provider-calls.js';
import { wireAnswer, wireOptions } from '../wire/http.js';
import { judgeSnaptrade } from './errors.js';

export type SnaptradeResult = Promise<Result<Answer, FailedCall>>;

/** Whom SnapTrade knows our user as. */
export interface SnaptradeUser {
  readonly userId: string;
  readonly userSecret: string;
}

export class SnaptradeClient {
  private readonly api: Snaptrade<ReturnType<typeof SnaptradeAuth.commercialApiKey>>;
  private readonly calls: ProviderCalls;

  constructor(settings: ProviderSettings, deps: ProviderDeps) {
    const auth = SnaptradeAuth.commercialApiKey({ clientId: settings.clientId, consumerKey: settings.clientSecret });
    // The signature covers the path without the base: a trailing slash would break it.
    this.api = new Snaptrade({ auth, basePath: settings.baseUrl.replace(/\/+$/, ''), baseOptions: wireOptions(settings.timeoutMs) });
    this.calls = new ProviderCalls(settings, deps, judgeSnaptrade);
  }

  registerUser(context: CallContext, userId: string): SnaptradeResult {
    return this.calls.run({ operation: 'registerSnapTradeUser', context, secrets: [], send: async (signal) => wireAnswer(await this.api.authentication.registerSnapTradeUser({ userId }, { signal })) });
  }

  deleteUser(context: CallContext, user: SnaptradeUser): SnaptradeResult {
    return this.calls.run({ operation: 'deleteSnapTradeUser', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.authentication.deleteSnapTradeUser({ userId: user.userId }, { signal })) });
  }

  login(context: CallContext, user: SnaptradeUser, request: SnapTradeLoginUserRequestBody): SnaptradeResult {
    return this.calls.run({ operation: 'loginSnapTradeUser', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.authentication.loginSnapTradeUser({ ...user, ...request }, { signal })) });
  }

  authorization(context: CallContext, user: SnaptradeUser, authorizationId: string): SnaptradeResult {
    return this.calls.run({ operation: 'detailBrokerageAuthorization', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.connections.detailBrokerageAuthorization({ ...user, authorizationId }, { signal })) });
  }

  removeConnection(context: CallContext, user: SnaptradeUser, connectionId: string): SnaptradeResult {
    return this.calls.run({ operation: 'deleteConnection', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.connections.deleteConnection({ ...user, connectionId }, { signal })) });
  }

  refresh(context: CallContext, user: SnaptradeUser, authorizationId: string): SnaptradeResult {
    return this.calls.run({ operation: 'refreshBrokerageAuthorization', context, secrets: [user.userSecret], paid: true, send: async (signal) => wireAnswer(await this.api.connections.refreshBrokerageAuthorization({ ...user, authorizationId }, { signal })) });
  }

  accounts(context: CallContext, user: SnaptradeUser, authorizationId: string): SnaptradeResult {
    return this.calls.run({ operation: 'listBrokerageAuthorizationAccounts', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.connections.listBrokerageAuthorizationAccounts({ ...user, authorizationId }, { signal })) });
  }

  balances(context: CallContext, user: SnaptradeUser, accountId: string): SnaptradeResult {
    return this.calls.run({ operation: 'getUserAccountBalance', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.accountInformation.getUserAccountBalance({ ...user, accountId }, { signal })) });
  }

  positions(context: CallContext, user: SnaptradeUser, accountId: string): SnaptradeResult {
    return this.calls.run({ operation: 'getAllAccountPositions', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.accountInformation.getAllAccountPositions({ ...user, accountId }, { signal })) });
  }

  activities(context: CallContext, user: SnaptradeUser, accountId: string, range: { from: string; to: string; offset: number; limit: number }): SnaptradeResult {
    const request = { ...user, accountId, startDate: range.from, endDate: range.to, offset: range.offset, limit: range.limit };
    return this.calls.run({ operation: 'getAccountActivities', context, secrets: [user.userSecret], send: async (signal) => wireAnswer(await this.api.accountInformation.getAccountActivities(request, { signal })) });
  }

  brokerages(context: CallContext): SnaptradeResult {
    return this.calls.run({ operation: 'listAllBrokerages', context, secrets: [], send: async (signal) => wireAnswer(await this.api.referenceData.listAllBrokerages({ signal })) });
  }
}
