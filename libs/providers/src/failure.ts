/** What can go wrong with one attempt of a provider call, and what each kind means where the provider's own answer says nothing. */
import { redactText } from './redaction.js';
import type { ProviderError, ProviderErrorClass, ProviderErrorCode } from './port.js';
import type { Misshapen } from './wire/shape.js';

/** One failed attempt: the error for the caller, and how retry and breaker are to take it. */
export interface Failure {
  readonly error: ProviderError;
  /** Another attempt within the same call may succeed. */
  readonly again: boolean;
  /** The provider itself is in trouble (as opposed to one item, one institution or our own request). */
  readonly countsAgainstProvider: boolean;
  /** The request may have been acted on although no good answer came, so that a paid one is not repeated. */
  readonly mayHaveHappened: boolean;
  /** As above, and the provider does not say that it failed: what a paid call costs must be counted. */
  readonly mayBeBilled: boolean;
}

/** What a provider's own error answer says; made by that provider's pure table. */
export interface Verdict {
  readonly code: ProviderErrorCode;
  readonly class: ProviderErrorClass;
  readonly providerCode: string | null;
  readonly detail: string;
  readonly requestId: string | null;
  /** An error of class `retry` that short waiting does not cure (data still being gathered). */
  readonly notSoon?: boolean;
  /** A fault of one institution or item, although the status is 5xx. */
  readonly local?: boolean;
}

const DETAIL_LENGTH = 500;

export function providerError(parts: { code: ProviderErrorCode; class: ProviderErrorClass; detail: string } & Partial<ProviderError>, secrets: readonly string[] = []): ProviderError {
  return {
    providerCode: null,
    status: null,
    requestId: null,
    retryAfterMs: null,
    ...parts,
    detail: redactText(parts.detail, secrets).slice(0, DETAIL_LENGTH),
  };
}

/** No answer came at all. @param code Node's or axios's error code */
export function unreachable(provider: string, code: string, timedOut: boolean, timeoutMs: number): Failure {
  const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);
  const detail = timedOut ? `${provider} did not answer within ${timeoutMs} ms` : `${provider} could not be reached (${code})`;
  return { error: providerError({ code: 'provider_unreachable', class: 'retry', detail, providerCode: null }), again: true, countsAgainstProvider: true, mayHaveHappened: !neverSent, mayBeBilled: !neverSent };
}

/** An answer came that is no JSON: cut off, or a proxy's HTML page. */
export function unreadable(provider: string, status: number, reason: string, requestId: string | null): Failure {
  const detail = `${provider} answered something that cannot be read (status ${status}): ${reason}`;
  return { error: providerError({ code: 'provider_malformed', class: 'retry', detail, status, requestId }), again: true, countsAgainstProvider: true, mayHaveHappened: true, mayBeBilled: true };
}

/** Good JSON of the wrong shape: asking again gives the same, so nothing is retried within the call. */
export function misshapenError(provider: string, operation: string, fault: Misshapen): ProviderError {
  return providerError({ code: 'provider_malformed', class: 'final', detail: `${provider} ${operation}: ${fault.path}: ${fault.expected}` });
}

/** An error status whose meaning the provider's table gave. */
export function answered(status: number, verdict: Verdict, retryAfterMs: number | null, secrets: readonly string[]): Failure {
  const { code, detail, providerCode, requestId } = verdict;
  return {
    error: providerError({ code, class: verdict.class, detail, providerCode, requestId, status, retryAfterMs }, secrets),
    again: verdict.class === 'retry' && verdict.notSoon !== true,
    countsAgainstProvider: status >= 500 && verdict.local !== true,
    mayHaveHappened: status >= 500,
    mayBeBilled: false,
  };
}

/** The breaker is open: nothing was sent. */
export function suspended(provider: string, operation: string, retryAfterMs: number): Failure {
  const detail = `${provider} failed too often at ${operation}; calls are suspended for a short while`;
  return { error: providerError({ code: 'provider_unreachable', class: 'retry', detail, retryAfterMs }), again: false, countsAgainstProvider: false, mayHaveHappened: false, mayBeBilled: false };
}

/** Our own limit is used up: nothing was sent. */
export function throttled(provider: string, waitMs: number): Failure {
  const detail = `our own limit of requests to ${provider} is used up for the next ${Math.ceil(waitMs / 1000)} s`;
  return { error: providerError({ code: 'provider_rate_limited', class: 'retry', detail, retryAfterMs: waitMs }), again: false, countsAgainstProvider: false, mayHaveHappened: false, mayBeBilled: false };
}

/** What an error status means by itself, where the body says nothing we know. */
export function verdictByStatus(provider: string, status: number): Verdict {
  const known = { providerCode: null, requestId: null };
  if (status === 429) return { ...known, code: 'provider_rate_limited', class: 'retry', detail: `${provider} limits how often it may be asked` };
  if (status === 401) return { ...known, code: 'provider_auth', class: 'final', detail: `${provider} refused our credentials (status 401)` };
  if (status === 408 || status === 425) return { ...known, code: 'provider_error', class: 'retry', detail: `${provider} is not ready (status ${status})` };
  if (status === 502 || status === 503 || status === 504) return { ...known, code: 'provider_unreachable', class: 'retry', detail: `${provider} is not available (status ${status})` };
  if (status >= 500) return { ...known, code: 'provider_error', class: 'retry', detail: `${provider} failed (status ${status})` };
  return { ...known, code: 'provider_error', class: 'final', detail: `${provider} refused the request (status ${status})` };
}
