/** The indexer's errors: `{errors: [{msg, …}]}`. */
export class DydxError extends Error {
  constructor(
    readonly status: number,
    message: string,
    private readonly more: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get body(): object {
    return { errors: [{ ...this.more, msg: this.message }] };
  }
}

/** @param field of the query or path. What express-validator says, which the indexer uses. */
export function invalid(field: string, message: string): DydxError {
  return new DydxError(400, message, { param: field, location: 'query' });
}

const BY_STATUS: Readonly<Record<number, string>> = { 400: 'Invalid request', 404: 'No subaccount found', 429: 'Too many requests' };

/** What is answered with a status or code that a test ordered. */
export function usualDydxError(status: number | undefined, code: string | undefined): { status: number; body: unknown } {
  const known = code === 'GEOBLOCKED' ? 403 : (status ?? 500);
  const error = known === 403 ? new DydxError(403, 'Because you appear to be a resident of, or trading from, a restricted jurisdiction, access is denied.', { code: code ?? 'GEOBLOCKED' }) : new DydxError(known, BY_STATUS[known] ?? 'Internal Server Error');
  return { status: error.status, body: error.body };
}
