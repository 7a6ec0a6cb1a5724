/** Plaid's errors: type, code, HTTP status and words as its documentation gives them. */
export interface PlaidErrorBody {
  error_type: string;
  error_code: string;
  error_message: string;
  display_message: string | null;
  documentation_url: string;
  suggested_action: null;
  request_id?: string;
}

type Row = readonly [type: string, status: number, message: string, display?: string];

const LIMIT = 'rate limit exceeded for attempts to access this item. please try again later';

const CATALOGUE = {
  INVALID_API_KEYS: ['INVALID_INPUT', 400, 'invalid client_id or secret provided'],
  INVALID_ACCESS_TOKEN: ['INVALID_INPUT', 400, 'could not find matching access token'],
  INVALID_PUBLIC_TOKEN: ['INVALID_INPUT', 400, 'could not find matching public token'],
  INVALID_LINK_TOKEN: ['INVALID_INPUT', 400, 'invalid link_token provided'],
  INVALID_INSTITUTION: ['INVALID_INPUT', 400, 'invalid institution_id provided'],
  INVALID_ACCOUNT_ID: ['INVALID_INPUT', 400, 'one or more of the requested account_ids are invalid'],
  INVALID_WEBHOOK_VERIFICATION_KEY_ID: ['INVALID_INPUT', 400, 'invalid key_id provided. note that key_ids are specific to Plaid environments, and verification requests must be made to the same environment that the webhook was sent from'],
  MISSING_FIELDS: ['INVALID_REQUEST', 400, 'the following required fields are missing'],
  INVALID_FIELD: ['INVALID_REQUEST', 400, 'a field has an invalid value'],
  INVALID_BODY: ['INVALID_REQUEST', 400, 'body could not be parsed as JSON'],
  NOT_FOUND: ['INVALID_REQUEST', 404, 'not found'],
  ITEM_LOGIN_REQUIRED: ['ITEM_ERROR', 400, "the login details of this item have changed (credentials, MFA, or required user action) and a user login is required to update this information. use Link's update mode to restore the item to a good state", 'Please sign in to your account again.'],
  ITEM_LOCKED: ['ITEM_ERROR', 400, 'the account is locked. prompt the user to visit the institution site and unlock their account', 'Your account is locked. Please unlock it at your institution.'],
  ITEM_NOT_FOUND: ['ITEM_ERROR', 400, 'The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.'],
  NO_ACCOUNTS: ['ITEM_ERROR', 400, 'no valid accounts were found for this item'],
  NO_INVESTMENT_ACCOUNTS: ['ITEM_ERROR', 400, 'there are no valid investment account(s) associated with this Item. see https://plaid.com/docs/api/products/#investments for more information'],
  PRODUCTS_NOT_SUPPORTED: ['ITEM_ERROR', 400, 'the following products are not supported by this institution'],
  PRODUCT_NOT_READY: ['ITEM_ERROR', 400, 'the requested product is not yet ready. please provide a webhook or try the request again later'],
  PRODUCT_NOT_ENABLED: ['ITEM_ERROR', 400, 'the item was not initialized with the requested product'],
  ACCESS_NOT_GRANTED: ['ITEM_ERROR', 400, 'access to this product was not granted for the account'],
  ADDITIONAL_CONSENT_REQUIRED: ['INVALID_INPUT', 400, 'client does not have user consent to access the requested product'],
  INSTITUTION_DOWN: ['INSTITUTION_ERROR', 400, 'this institution is not currently responding to this request. please try again soon', 'This financial institution is not currently responding to requests. We apologize for the inconvenience.'],
  INSTITUTION_NOT_RESPONDING: ['INSTITUTION_ERROR', 400, 'this institution is not currently responding to this request. please try again soon', 'This financial institution is not currently responding to requests. We apologize for the inconvenience.'],
  INTERNAL_SERVER_ERROR: ['API_ERROR', 500, 'an unexpected error occurred'],
  PLANNED_MAINTENANCE: ['API_ERROR', 503, 'the Plaid API is temporarily unavailable due to planned maintenance. visit https://status.plaid.com/ for more information'],
  RATE_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  RATE_LIMIT_EXCEEDED: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  ACCOUNTS_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  BALANCE_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  ITEM_GET_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  INVESTMENT_HOLDINGS_GET_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  INVESTMENT_TRANSACTIONS_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  INVESTMENTS_REFRESH_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  TRANSACTIONS_SYNC_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  INSTITUTIONS_GET_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  INSTITUTIONS_GET_BY_ID_LIMIT: ['RATE_LIMIT_EXCEEDED', 429, LIMIT],
  SANDBOX_WEBHOOK_INVALID: ['SANDBOX_ERROR', 400, 'webhook could not be fired: the item has no webhook address'],
} as const satisfies Record<string, Row>;

export type PlaidErrorCode = keyof typeof CATALOGUE;

export function isPlaidErrorCode(code: string | undefined): code is PlaidErrorCode {
  return code !== undefined && code in CATALOGUE;
}

export class PlaidError extends Error {
  readonly status: number;

  constructor(
    readonly code: PlaidErrorCode,
    readonly detail?: string,
  ) {
    super(code);
    this.status = CATALOGUE[code][1];
  }

  body(requestId: string): PlaidErrorBody {
    return { ...plaidErrorObject(this.code, this.detail), request_id: requestId };
  }
}

/** The error as it stands in items and webhooks. */
export function plaidErrorObject(code: PlaidErrorCode, detail?: string): PlaidErrorBody {
  const [type, , message, display]: Row = CATALOGUE[code];
  return {
    error_type: type,
    error_code: code,
    error_message: detail === undefined ? message : `${message}: ${detail}`,
    display_message: display ?? null,
    documentation_url: `https://plaid.com/docs/errors/#${type.toLowerCase()}`,
    suggested_action: null,
  };
}

/** What Plaid answers with a status or code that a test ordered. */
export function usualPlaidError(status: number | undefined, code: string | undefined): { status: number; body: unknown } {
  const byStatus: Record<number, PlaidErrorCode> = { 429: 'RATE_LIMIT', 503: 'PLANNED_MAINTENANCE', 404: 'NOT_FOUND', 400: 'ITEM_LOGIN_REQUIRED' };
  const known = isPlaidErrorCode(code) ? code : (byStatus[status ?? 500] ?? 'INTERNAL_SERVER_ERROR');
  const error = new PlaidError(known);
  const body = error.body('fault0000000000');
  return { status: error.status, body: code === undefined || isPlaidErrorCode(code) ? body : { ...body, error_code: code } };
}
