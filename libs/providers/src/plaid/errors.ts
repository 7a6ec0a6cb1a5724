/** What Plaid's error codes mean for us (providers page and Plaid's error reference). Anything else goes by its HTTP status. */
import { verdictByStatus } from '../failure.js';
import type { Verdict } from '../failure.js';
import type { ProviderErrorClass, ProviderErrorCode } from '../port.js';

const PROVIDER = 'plaid';

type Row = readonly [code: ProviderErrorCode, class_: ProviderErrorClass, trait?: 'notSoon' | 'local'];

const MEANING: Readonly<Record<string, Row>> = {
  RATE_LIMIT_EXCEEDED: ['provider_rate_limited', 'retry'],
  INSTITUTION_DOWN: ['provider_unreachable', 'retry', 'local'],
  INSTITUTION_NOT_RESPONDING: ['provider_unreachable', 'retry', 'local'],
  INSTITUTION_NOT_AVAILABLE: ['provider_unreachable', 'retry', 'local'],
  INTERNAL_SERVER_ERROR: ['provider_error', 'retry'],
  PLANNED_MAINTENANCE: ['provider_unreachable', 'retry'],
  PRODUCT_NOT_READY: ['provider_error', 'retry', 'notSoon'],
  TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION: ['provider_error', 'retry', 'notSoon'],
  ITEM_LOGIN_REQUIRED: ['provider_auth', 'relink'],
  NO_ACCOUNTS: ['provider_auth', 'relink'],
  ACCESS_NOT_GRANTED: ['provider_auth', 'relink'],
  ADDITIONAL_CONSENT_REQUIRED: ['provider_auth', 'relink'],
  ITEM_LOCKED: ['provider_auth', 'relink'],
  INVALID_CREDENTIALS: ['provider_auth', 'relink'],
  ITEM_NOT_FOUND: ['provider_auth', 'relink'],
  PRODUCT_NOT_ENABLED: ['provider_auth', 'relink'],
  INVALID_ACCESS_TOKEN: ['provider_auth', 'relink'],
  INVALID_PUBLIC_TOKEN: ['provider_auth', 'relink'],
  INVALID_API_KEYS: ['provider_auth', 'final'],
  UNAUTHORIZED_ENVIRONMENT: ['provider_auth', 'final'],
};

/** Error codes after which an item is read through accounts and bank transactions: it has no investments, and that is no error. */
export const WITHOUT_INVESTMENTS: ReadonlySet<string> = new Set(['NO_INVESTMENT_ACCOUNTS', 'PRODUCTS_NOT_SUPPORTED', 'PRODUCT_NOT_SUPPORTED']);

export function judgePlaid(status: number, body: unknown, requestId: string | null): Verdict {
  const fields = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const errorCode = textOf(fields['error_code']);
  const byStatus = verdictByStatus(PROVIDER, status);
  if (errorCode === null) return { ...byStatus, requestId };
  const row = MEANING[errorCode] ?? (fields['error_type'] === 'RATE_LIMIT_EXCEEDED' ? MEANING['RATE_LIMIT_EXCEEDED'] : undefined);
  const detail = `${errorCode}: ${textOf(fields['error_message']) ?? 'no message'}`;
  if (row === undefined) return { ...byStatus, providerCode: errorCode, requestId, detail };
  const [code, class_, trait] = row;
  return { code, class: class_, providerCode: errorCode, requestId, detail, ...(trait === 'notSoon' ? { notSoon: true } : {}), ...(trait === 'local' ? { local: true } : {}) };
}

/** What an item's own error (in a webhook) means. */
export function plaidErrorClass(errorCode: string | null): ProviderErrorClass {
  return errorCode === null ? 'retry' : (MEANING[errorCode]?.[1] ?? 'retry');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
