/** Coinbase over HTTP, Advanced Trade and the ledgers of its wallets alike: every attempt carries a token of its own, since Coinbase takes each nonce once. */
import { randomBytes } from 'node:crypto';
import type { Result } from '@tidemark/kernel';
import type { ProviderDeps } from '../deps.js';
import type { CallContext, ProviderSettings } from '../port.js';
import { ProviderCalls } from '../resilience/provider-calls.js';
import type { Answer, FailedCall } from '../resilience/provider-calls.js';
import { fetchAnswer } from '../wire/fetch-answer.js';
import { judgeCoinbase } from './errors.js';
import { coinbaseToken } from './key.js';
import type { CoinbaseKey } from './key.js';

export type CoinbaseResult = Promise<Result<Answer, FailedCall>>;

/** Most accounts a page (docs.cdp.coinbase.com, List Accounts). */
const ACCOUNTS_A_PAGE = '250';
/** What a page of fills has by default; a greater limit is not documented. */
const FILLS_A_PAGE = '100';
/** Most rows a page of version 2 (docs.cdp.coinbase.com, Coinbase App pagination). */
const ROWS_A_PAGE = '100';

export class CoinbaseClient {
  private readonly calls: ProviderCalls;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly deps: ProviderDeps,
  ) {
    this.calls = new ProviderCalls(settings, deps, judgeCoinbase);
  }

  accounts(context: CallContext, key: CoinbaseKey, cursor: string | null): CoinbaseResult {
    return this.get('listAccounts', '/api/v3/brokerage/accounts', { limit: ACCOUNTS_A_PAGE, ...(cursor === null ? {} : { cursor }) }, context, key);
  }

  /** @param range instants, both included */
  fills(context: CallContext, key: CoinbaseKey, range: { readonly from: string; readonly to: string }, cursor: string | null): CoinbaseResult {
    const query = { limit: FILLS_A_PAGE, start_sequence_timestamp: range.from, end_sequence_timestamp: range.to, ...(cursor === null ? {} : { cursor }) };
    return this.get('listFills', '/api/v3/brokerage/orders/historical/fills', query, context, key);
  }

  /** What moved in one wallet, newest first. @param after id of the last row of the page before */
  ledger(context: CallContext, key: CoinbaseKey, walletId: string, after: string | null): CoinbaseResult {
    return this.get('listTransactions', `/v2/accounts/${encodeURIComponent(walletId)}/transactions`, { limit: ROWS_A_PAGE, order: 'desc', ...(after === null ? {} : { starting_after: after }) }, context, key);
  }

  private get(operation: string, path: string, query: Readonly<Record<string, string>>, context: CallContext, key: CoinbaseKey): CoinbaseResult {
    const url = new URL(`${this.settings.baseUrl}${path}`);
    const uri = `GET ${url.host}${url.pathname}`;
    url.search = new URLSearchParams(query).toString();
    return this.calls.run({
      operation,
      context,
      secrets: key.secrets,
      send: async (signal) => {
        const token = await coinbaseToken(key, uri, this.deps.clock.now(), randomBytes(16).toString('hex'));
        return fetchAnswer(url.href, { authorization: `Bearer ${token}` }, signal);
      },
    });
  }
}
