/**
 * The dYdX v4 indexer over HTTP (docs.dydx.xyz, indexer HTTP API). No authentication; 100 requests in 10 s an IP address. Its Retry-After
 * counts milliseconds, where the standard has seconds: it is put right here, before anybody reads it.
 */
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import type { CallContext, ProviderSettings } from '../port.js';
import { ProviderCalls } from '../resilience/provider-calls.js';
import type { Answer, FailedCall } from '../resilience/provider-calls.js';
import { fetchAnswer } from '../wire/fetch-answer.js';
import type { WireAnswer } from '../wire/http.js';
import { PARENTS } from './credential.js';
import type { DydxOwner } from './credential.js';
import { judgeDydx } from './errors.js';

export type DydxResult = Promise<Result<Answer, FailedCall>>;

/** Rows a page, the indexer's own most. */
export const PAGE = 1_000;

/** The lists of what happened in a subaccount. */
export const HISTORIES = { fills: 'listFills', transfers: 'listTransfers', fundingPayments: 'listFundingPayments' } as const;
export type History = keyof typeof HISTORIES;

export class DydxClient {
  private readonly calls: ProviderCalls;

  constructor(
    private readonly settings: ProviderSettings,
    deps: ProviderDeps,
  ) {
    this.calls = new ProviderCalls(settings, deps, judgeDydx);
  }

  /** `{subaccounts}` of an address, or `{subaccount}`: one child, or a parent with `childSubaccounts`. */
  subaccounts(context: CallContext, { address, subaccount }: DydxOwner): DydxResult {
    if (subaccount === null) return this.get('getSubaccounts', `/v4/addresses/${address}`, {}, context, address);
    const kind = subaccount < PARENTS ? 'parentSubaccountNumber' : 'subaccountNumber';
    return this.get(subaccount < PARENTS ? 'getParentSubaccount' : 'getSubaccount', `/v4/addresses/${address}/${kind}/${subaccount}`, {}, context, address);
  }

  /** Every market with its oracle price. */
  markets(context: CallContext): DydxResult {
    return this.get('getPerpetualMarkets', '/v4/perpetualMarkets', {}, context, null);
  }

  /** Newest first. @param page from 1, or null for rows not younger than `before` */
  history(context: CallContext, what: History, of: { readonly address: string; readonly subaccountNumber: number }, query: Readonly<Record<string, string>>): DydxResult {
    const { address, subaccountNumber } = of;
    return this.get(HISTORIES[what], `/v4/${what}`, { address, subaccountNumber: String(subaccountNumber), limit: String(PAGE), ...query }, context, address);
  }

  private get(operation: string, path: string, query: Readonly<Record<string, string>>, context: CallContext, address: string | null): DydxResult {
    const search = new URLSearchParams(query).toString();
    const url = `${this.settings.baseUrl}${path}${search === '' ? '' : `?${search}`}`;
    return this.calls.run({ operation, context, secrets: address === null ? [] : [address], send: async (signal) => inSeconds(await fetchAnswer(url, {}, signal)) });
  }
}

export function inSeconds(answer: WireAnswer): WireAnswer {
  const asked = answer.headers['retry-after']?.trim();
  if (asked === undefined || !/^\d+(\.\d+)?$/.test(asked)) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(Number(asked) / 1000) } };
}
