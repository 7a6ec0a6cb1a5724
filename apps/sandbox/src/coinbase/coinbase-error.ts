/**
 * Errors in Coinbase's words: Advanced Trade answers `{error, error_details, message}`, a refused token the bare text `Unauthorized`,
 * and a limit `{errors: [{id, message}]}` (docs.cdp.coinbase.com, rate limiting).
 */
const CATALOGUE = {
  unauthorized: [401, 'Unauthorized'],
  permission: [403, { error: 'PERMISSION_DENIED', error_details: 'Missing required scopes', message: 'Missing required scopes' }],
  argument: [400, { error: 'INVALID_ARGUMENT', error_details: '', message: 'invalid argument' }],
  not_found: [404, { error: 'NOT_FOUND', error_details: '', message: 'not found' }],
  no_wallet: [404, { errors: [{ id: 'not_found', message: 'Not found' }] }],
  limit: [429, { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] }],
  unavailable: [503, { error: 'UNAVAILABLE', error_details: '', message: 'service unavailable' }],
  internal: [500, { error: 'INTERNAL', error_details: '', message: 'internal error' }],
} as const satisfies Record<string, readonly [number, unknown]>;

export type CoinbaseErrorCode = keyof typeof CATALOGUE;

export class CoinbaseError extends Error {
  readonly status: number;
  readonly body: unknown;

  /** @param why for the sandbox's own log: Coinbase does not say it */
  constructor(
    readonly code: CoinbaseErrorCode,
    why: string = code,
  ) {
    super(why);
    [this.status, this.body] = CATALOGUE[code];
  }
}

/** What is answered with a status or code that a test ordered. */
export function usualCoinbaseError(status: number | undefined, code: string | undefined): { status: number; body: unknown } {
  const byStatus: Record<number, CoinbaseErrorCode> = { 400: 'argument', 401: 'unauthorized', 403: 'permission', 404: 'not_found', 429: 'limit', 503: 'unavailable' };
  const error = new CoinbaseError(code !== undefined && code in CATALOGUE ? (code as CoinbaseErrorCode) : (byStatus[status ?? 500] ?? 'internal'));
  return { status: error.status, body: error.body };
}
