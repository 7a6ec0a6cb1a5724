/**
 * The one port through which Tidemark reads a provider. An adapter speaks the provider's wire format through its official SDK and
 * answers in Tidemark's terms; retries, timeouts, breakers and redaction are around it, not in it.
 */
import type { AccountDetails, BalanceLine, RecordedTransaction } from '@tidemark/contracts';
import type { Result } from '@tidemark/kernel';
import type { Decimal } from '@tidemark/money';

/** What can be done: try again by itself, have the person link again, or nothing. */
export type ProviderErrorClass = 'retry' | 'relink' | 'final';
export type ProviderErrorCode = 'provider_unreachable' | 'provider_auth' | 'provider_rate_limited' | 'provider_malformed' | 'provider_error';

export interface ProviderError {
  readonly code: ProviderErrorCode;
  readonly class: ProviderErrorClass;
  /** For people; holds no secret, no account number, no URL with credentials. */
  readonly detail: string;
  /** The provider's own code, such as `ITEM_LOGIN_REQUIRED` or `1076`. */
  readonly providerCode: string | null;
  readonly status: number | null;
  readonly requestId: string | null;
  /** From Retry-After or the provider's rate-limit headers. */
  readonly retryAfterMs: number | null;
}

/** Secrets of one connection, as the credential store keeps them. The shape belongs to the adapter; nobody else looks inside. */
export type Credential = Readonly<Record<string, string>>;

/** Who a call is for; goes into the log line of every provider call. */
export interface CallContext {
  readonly userId: string;
  readonly connectionId: string | null;
  readonly institution: string | null;
  readonly accountId?: string;
}

export interface LinkRequest {
  readonly call: CallContext;
  readonly providerInstitutionId: string | null;
  readonly institutionName: string;
  readonly trading: boolean;
  readonly redirectUri?: string;
  readonly webhookUrl?: string;
  /** Present on reconnect: update mode for this credential. */
  readonly existing?: Credential;
  /** The provider-wide credential of this user where the provider has one (SnapTrade user secret), made by `registerUser`. */
  readonly userCredential?: Credential;
}

export interface StartedLink {
  readonly kind: 'plaid_link' | 'snaptrade_portal' | 'oauth' | 'api_key' | 'none';
  readonly url?: string;
  readonly token?: string;
  readonly expiresAt: string | null;
}

export interface LinkProof {
  readonly publicToken?: string;
  readonly authorizationId?: string;
  readonly code?: string;
  readonly credentials?: Readonly<Record<string, string>>;
}

export interface CompletedLink {
  /** Plaid item id, SnapTrade authorization id. No secret. */
  readonly providerConnectionId: string;
  readonly credential: Credential;
  readonly accounts: readonly AccountDetails[];
  /** What the provider says the connection may do, e.g. SnapTrade's connection type. */
  readonly tradingGranted: boolean | null;
}

/** One account with everything that was read of it in one sync. */
export interface FetchedAccount {
  readonly account: AccountDetails;
  readonly currency: string | null;
  readonly providerAsOf: string | null;
  readonly totals: { readonly balance: Decimal | null; readonly available: Decimal | null; readonly holdingsValue: Decimal | null; readonly cashValue: Decimal | null };
  readonly balances: readonly BalanceLine[];
  readonly providerMetadata: Readonly<Record<string, unknown>>;
  /** Set where the provider did not say what the account holds: it exists, but no snapshot may be made of it (empty is not zero). */
  readonly incomplete?: string;
}

/** `transactionId` is given by sync, which knows our account id; the adapter gives identity and content. */
export type FetchedTransaction = Omit<RecordedTransaction, 'transactionId'>;

export interface TransactionPage {
  readonly providerAccountId: string;
  readonly transactions: readonly FetchedTransaction[];
  /** Identities that the provider itself says are withdrawn (Plaid /transactions/sync `removed`). */
  readonly withdrawn: readonly string[];
  /** Of this account alone: true where `transactions` are all of the range. Absent: as the whole answer says. */
  readonly wholeRange?: boolean;
}

export interface FetchedTransactions {
  readonly pages: readonly TransactionPage[];
  /** To be given back at the next fetch (Plaid /transactions/sync cursor); null where the provider has none. */
  readonly cursor: string | null;
  /** True where the answer is every transaction of the range, so that one which is absent was withdrawn; false as soon as one page is not. */
  readonly wholeRange: boolean;
  readonly notes?: readonly string[];
}

export interface FetchRequest {
  readonly call: CallContext;
  readonly credential: Credential;
  readonly providerConnectionId: string;
}

export interface TransactionsRequest extends FetchRequest {
  /** Days, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly cursor: string | null;
}

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a verified webhook means for us. */
export interface WebhookMeaning {
  /** Provider's own name, such as `HOLDINGS/DEFAULT_UPDATE`. */
  readonly kind: string;
  /** The same message again has the same key. */
  readonly dedupeKey: string;
  readonly action: 'sync' | 'reauth_required' | 'removed' | 'restored' | 'ignore' | 'degraded' | 'expiring' | 'new_accounts';
  readonly providerConnectionId: string | null;
  readonly providerAccountId: string | null;
  readonly sentAt: string | null;
  /** Where the person must act by then (PENDING_EXPIRATION). */
  readonly by: string | null;
  readonly detail: string;
  /** The body with secrets removed. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type WebhookRefusal = { readonly reason: 'forged' | 'stale' | 'malformed' | 'unverifiable'; readonly detail: string };

export interface CatalogueInstitution {
  readonly providerInstitutionId: string;
  readonly name: string;
  readonly type: 'brokerage' | 'bank' | 'retirement' | 'crypto' | 'other';
  readonly tradingAllowed: boolean;
}

export interface ProviderPort {
  readonly id: string;
  /** What proves to it that the person approved. */
  readonly proof: keyof LinkProof;
  /** Registers the user at the provider where it has users of its own; null where it has none. The caller stores the secret before it goes on. */
  registerUser(userId: string): Promise<Result<Credential | null, ProviderError>>;
  /** Erasure: deletes the provider's user. */
  deleteUser(userId: string, userCredential: Credential): Promise<Result<void, ProviderError>>;
  startLink(request: LinkRequest): Promise<Result<StartedLink, ProviderError>>;
  completeLink(request: { call: CallContext; proof: LinkProof; userCredential?: Credential }): Promise<Result<CompletedLink, ProviderError>>;
  /** Revokes at the provider. An already revoked connection is a success. */
  revoke(request: FetchRequest): Promise<Result<void, ProviderError>>;
  /** Every account of the connection, whole: balances, positions, cash. All or nothing. */
  fetchAccounts(request: FetchRequest): Promise<Result<{ accounts: readonly FetchedAccount[]; notes: readonly string[] }, ProviderError>>;
  /** Every page to the end. All or nothing. */
  fetchTransactions(request: TransactionsRequest): Promise<Result<FetchedTransactions, ProviderError>>;
  /** Asks the provider to fetch from the institution now; the paid call. */
  requestRefresh(request: FetchRequest): Promise<Result<{ billed: boolean }, ProviderError & { billed: boolean }>>;
  verifyWebhook(request: WebhookRequest): Promise<Result<WebhookMeaning, WebhookRefusal>>;
  /** Every institution that the provider reaches, page by page. */
  institutions(): AsyncIterable<Result<readonly CatalogueInstitution[], ProviderError>>;
}

/** Settings of one provider; one schema, parsed at start. */
export interface ProviderSettings {
  readonly id: string;
  readonly baseUrl: string;
  readonly environment: string;
  readonly timeoutMs: number;
  /** How long an open breaker sends nothing before it tries again. */
  readonly breakerMs?: number;
  readonly retries: number;
  readonly requestsPerMinute: number;
  /** The provider counts its limit in windows of so many milliseconds (Coinbase a second, dYdX ten); a minute where absent. */
  readonly limitWindowMs?: number;
  readonly enabled: boolean;
  readonly adminsOnly: boolean;
  readonly refreshCost: { readonly amount: Decimal; readonly currency: string };
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One line per provider call. */
export interface CallRecord {
  readonly provider: string;
  readonly operation: string;
  readonly institution: string | null;
  readonly requestId: string | null;
  readonly userId: string;
  readonly connectionId: string | null;
  readonly accountId: string | null;
  readonly latencyMs: number;
  readonly attempts: number;
  readonly result: 'ok' | ProviderErrorCode;
  readonly cost: { readonly amount: Decimal; readonly currency: string };
}
