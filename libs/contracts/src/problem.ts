/** The stable codes of refusals, and what a refusal carries between services. Only the gateway knows HTTP's numbers. */
export const PROBLEM_CODES = [
  'validation_failed', 'unauthenticated', 'forbidden', 'not_found', 'no_snapshot', 'idempotency_conflict', 'idempotency_in_progress', 'method_not_allowed', 'payload_too_large', 'answer_too_large', 'unsupported_media_type', 'rate_limited',
  'trading_not_supported', 'trading_disabled', 'provider_disabled', 'provider_not_available', 'refresh_limited', 'reauth_required', 'connection_not_active', 'conflict', 'webhook_refused',
  'provider_unreachable', 'provider_auth', 'provider_rate_limited', 'provider_malformed', 'provider_error', 'unavailable', 'timeout', 'internal',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface FieldError {
  /** Where, such as `balances/0/quantity`. */
  readonly field: string;
  /** What is wrong and what would be accepted. */
  readonly message: string;
}

export interface Problem {
  readonly code: ProblemCode;
  /** For people: what happened and what to do next. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Members of the problem beyond RFC 9457's own, such as `nextFreeRefreshAt`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export function problem(code: ProblemCode, detail: string, more: { errors?: readonly FieldError[]; extra?: Record<string, unknown> } = {}): Problem {
  return { code, detail, ...more };
}
