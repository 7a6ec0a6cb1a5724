/** Why an attempt failed, in the terms of `SyncFailed`, or that the job is to be dropped or to wait. */
import type { ProviderError } from '@tidemark/providers';

export interface SyncFailure {
  readonly kind: 'failed';
  readonly code: 'provider_unreachable' | 'provider_auth' | 'provider_rate_limited' | 'provider_malformed' | 'provider_error';
  readonly class: 'retry' | 'relink' | 'final';
  /** For people; no secret. */
  readonly detail: string;
  readonly retryAfterMs: number | null;
}

/** The view has not come as far as the request, or a part of ours is away: no attempt is counted. */
export interface NotYet {
  readonly kind: 'not_yet';
  readonly waitMs: number;
  readonly detail: string;
}

/** The connection is gone: nothing is left to do. */
export interface Dropped {
  readonly kind: 'dropped';
  readonly detail: string;
}

export type Stop = SyncFailure | NotYet | Dropped;

export function failure(code: SyncFailure['code'], errorClass: SyncFailure['class'], detail: string, retryAfterMs: number | null = null): SyncFailure {
  return { kind: 'failed', code, class: errorClass, detail: detail.slice(0, 2_000), retryAfterMs };
}

export function ofProvider(error: ProviderError): SyncFailure {
  const code = error.providerCode === null || error.detail.includes(error.providerCode) ? '' : ` (${error.providerCode})`;
  return failure(error.code, error.class, `${error.detail}${code}`, error.retryAfterMs);
}
