/** A provider for specs: answers what the spec sets, fails as the spec says, counts what it was asked. */
import type { BalanceLine } from '@tidemark/contracts';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { FetchedAccount, FetchedTransaction, FetchedTransactions, ProviderError, ProviderPort, TransactionsRequest, WebhookMeaning, WebhookRefusal } from '@tidemark/providers';

type Asked = 'fetchAccounts' | 'fetchTransactions' | 'requestRefresh';
type Fault = ProviderError | (() => Promise<void>);

export function providerError(more: Partial<ProviderError> & { billed?: boolean } = {}): ProviderError & { billed: boolean } {
  return { code: 'provider_unreachable', class: 'retry', detail: 'the institution does not answer', providerCode: null, status: null, requestId: null, retryAfterMs: null, billed: false, ...more };
}

export function account(id: string, balances: readonly BalanceLine[], more: Partial<FetchedAccount> = {}): FetchedAccount {
  return {
    account: { providerAccountId: id, name: `Account ${id}`, officialName: null, type: 'investment', subtype: null, mask: '1234', numberHash: null, currency: 'USD' },
    currency: 'USD', providerAsOf: null, totals: { balance: null, available: null, holdingsValue: null, cashValue: null }, balances, providerMetadata: { account_number: '000123456789', kept: true }, ...more,
  };
}

export function transaction(identity: string, more: Partial<FetchedTransaction> = {}): FetchedTransaction {
  return { identity, date: '2026-11-10', providerType: 'buy', providerSubtype: null, description: null, asset: 'equity:AAPL', quantity: '1', price: '100', fees: null, amount: '-100', currency: 'USD', original: { id: identity, routing: '011401533' }, ...more };
}

function unused(): Promise<never> {
  throw new Error('sync never asks for this');
}

export class FakeProvider implements ProviderPort {
  accounts: FetchedAccount[] = [account('a', [{ asset: 'equity:AAPL', quantity: '10', price: '100', currency: 'USD' }, { asset: 'currency:USD', quantity: '0' }])];
  transactions: Record<string, FetchedTransaction[]> = { a: [transaction('t1'), transaction('t2', { amount: '-50' })] };
  withdrawn: Record<string, string[]> = {};
  wholeRange = true;
  cursor: string | null = null;
  billed = true;
  webhook: Result<WebhookMeaning, WebhookRefusal> = refuse({ reason: 'forged', detail: 'the signature does not match' });
  readonly asked: { readonly what: Asked; readonly from?: string; readonly cursor?: string | null }[] = [];
  private readonly faults: { what: Asked; fault: Fault }[] = [];

  readonly proof = 'publicToken';

  constructor(readonly id: string) {}

  /** The next call fails, or runs this first. */
  once(what: Asked, fault: Fault): void {
    this.faults.push({ what, fault });
  }

  count(what: Asked): number {
    return this.asked.filter((one) => one.what === what).length;
  }

  async fetchAccounts(): ReturnType<ProviderPort['fetchAccounts']> {
    const failed = await this.meet('fetchAccounts');
    return failed ? refuse(failed) : ok({ accounts: this.accounts, notes: [] });
  }

  async fetchTransactions(request: TransactionsRequest): Promise<Result<FetchedTransactions, ProviderError>> {
    const failed = await this.meet('fetchTransactions', { from: request.from, cursor: request.cursor });
    if (failed) return refuse(failed);
    const pages = Object.entries(this.transactions).map(([providerAccountId, all]) => ({ providerAccountId, transactions: all.filter((one) => one.date >= request.from && one.date <= request.to), withdrawn: this.withdrawn[providerAccountId] ?? [] }));
    return ok({ pages, cursor: this.cursor, wholeRange: this.wholeRange });
  }

  async requestRefresh(): ReturnType<ProviderPort['requestRefresh']> {
    const failed = await this.meet('requestRefresh');
    return failed ? refuse({ billed: false, ...failed }) : ok({ billed: this.billed });
  }

  async verifyWebhook(): ReturnType<ProviderPort['verifyWebhook']> {
    return this.webhook;
  }

  registerUser = unused;
  deleteUser = unused;
  startLink = unused;
  completeLink = unused;
  revoke = unused;

  async *institutions(): ReturnType<ProviderPort['institutions']> {
    yield ok([]);
  }

  private async meet(what: Asked, how: { from?: string; cursor?: string | null } = {}): Promise<ProviderError | null> {
    this.asked.push({ what, ...how });
    const at = this.faults.findIndex((one) => one.what === what);
    const [found] = at < 0 ? [] : this.faults.splice(at, 1);
    if (typeof found?.fault !== 'function') return found?.fault ?? null;
    await found.fault();
    return null;
  }
}
