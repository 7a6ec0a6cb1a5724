/** A provider in memory for the service's own tests: what it was asked, what it holds, and failures on demand. */
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { AccountDetails } from '@tidemark/contracts';
import type { CatalogueInstitution, Credential, ProviderError, ProviderPort, ProviderSettings } from '@tidemark/providers';
import type { ConfiguredProvider } from '../parts.js';

type Operation = 'registerUser' | 'deleteUser' | 'startLink' | 'completeLink' | 'revoke' | 'institutions';

export const DOWN: ProviderError = { code: 'provider_unreachable', class: 'retry', detail: 'the provider does not answer', providerCode: null, status: 503, requestId: null, retryAfterMs: null };

export class FakeProvider {
  readonly calls: { operation: Operation; detail: unknown }[] = [];
  readonly users = new Set<string>();
  /** Live links: provider connection id → user. */
  readonly links = new Map<string, string>();
  accounts: AccountDetails[] = [];
  catalogue: CatalogueInstitution[] = [];
  tradingGranted: boolean | null = null;
  /** Fails this operation until it is cleared. */
  failing: Operation | null = null;
  /** Runs inside an operation, to make something happen meanwhile. */
  meanwhile: (operation: Operation) => Promise<void> = async () => undefined;
  private readonly spent = new Set<string>();
  private made = 0;

  constructor(
    readonly id: string,
    private readonly hasUsers: boolean,
  ) {}

  count(operation: Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  configured(): ConfiguredProvider {
    const settings: ProviderSettings = {
      id: this.id, baseUrl: 'http://127.0.0.1:9', environment: 'test', timeoutMs: 1_000, retries: 0, requestsPerMinute: 1_000, enabled: true, adminsOnly: false,
      refreshCost: { amount: '0.01', currency: 'USD' }, clientId: 'client', clientSecret: 'client-secret',
    };
    return { port: this.port(), settings };
  }

  private async answer<T>(operation: Operation, detail: unknown, work: () => Result<T, ProviderError>): Promise<Result<T, ProviderError>> {
    this.calls.push({ operation, detail });
    await this.meanwhile(operation);
    return this.failing === operation ? refuse(DOWN) : work();
  }

  private port(): ProviderPort {
    const unused = () => Promise.reject(new Error('connections does not fetch'));
    return {
      id: this.id,
      proof: this.hasUsers ? 'authorizationId' : 'publicToken',
      registerUser: (userId) => this.answer('registerUser', userId, () => this.register(userId)),
      deleteUser: (userId) => this.answer('deleteUser', userId, () => ok(void this.users.delete(userId))),
      startLink: (request) => this.answer('startLink', request, () => ok({ kind: this.hasUsers ? ('snaptrade_portal' as const) : ('plaid_link' as const), ...(this.hasUsers ? { url: 'https://portal.example/login' } : { token: 'link-token' }), expiresAt: null })),
      completeLink: ({ call, proof }) => this.answer('completeLink', proof, () => this.complete(call.userId, proof)),
      revoke: ({ providerConnectionId }) => this.answer('revoke', providerConnectionId, () => ok(void this.links.delete(providerConnectionId))),
      fetchAccounts: unused,
      fetchTransactions: unused,
      requestRefresh: unused,
      verifyWebhook: unused,
      institutions: () => this.pages(),
    };
  }

  private register(userId: string): Result<Credential | null, ProviderError> {
    if (!this.hasUsers) return ok(null);
    if (this.users.has(userId)) return refuse({ ...DOWN, class: 'final', detail: 'the user exists' });
    this.users.add(userId);
    return ok({ userId, userSecret: `user-secret-of-${userId}` });
  }

  /** A public token is good for one exchange; an authorization id may be looked at again. */
  private complete(userId: string, proof: { publicToken?: string; authorizationId?: string }) {
    const { publicToken, authorizationId } = proof;
    if (publicToken !== undefined && this.spent.has(publicToken)) return refuse({ ...DOWN, code: 'provider_error' as const, class: 'final' as const, detail: 'INVALID_PUBLIC_TOKEN' });
    if (publicToken !== undefined) this.spent.add(publicToken);
    const providerConnectionId = authorizationId ?? (publicToken?.startsWith('update:') ? publicToken.slice(7) : `item-${(this.made += 1)}`);
    this.links.set(providerConnectionId, userId);
    return ok({ providerConnectionId, credential: { accessToken: `access-secret-${providerConnectionId}` }, accounts: this.accounts, tradingGranted: this.tradingGranted });
  }

  private async *pages(): AsyncGenerator<Result<readonly CatalogueInstitution[], ProviderError>> {
    for (let at = 0; at < Math.max(1, this.catalogue.length); at += 2) {
      this.calls.push({ operation: 'institutions', detail: at });
      if (this.failing === 'institutions') {
        yield refuse(DOWN);
        return;
      }
      yield ok(this.catalogue.slice(at, at + 2));
    }
  }
}
