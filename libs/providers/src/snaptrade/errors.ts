/** What SnapTrade's error answers mean: by status first, then by code (which is a number, or a word such as `throttled`). */
import { verdictByStatus } from '../failure.js';
import type { Verdict } from '../failure.js';
import type { ProviderErrorClass, ProviderErrorCode } from '../port.js';

const PROVIDER = 'snaptrade';

type Row = readonly [code: ProviderErrorCode, class_: ProviderErrorClass, trait?: 'notSoon' | 'local'];

const BY_STATUS: Readonly<Record<number, Row>> = {
  401: ['provider_auth', 'final'],
  402: ['provider_auth', 'relink'],
  403: ['provider_auth', 'final'],
  404: ['provider_error', 'final'],
  425: ['provider_error', 'retry', 'notSoon'],
  429: ['provider_rate_limited', 'retry'],
};

/** The connection is disabled; the person logs in again with `reconnect`. */
export const DISABLED = '3003';
/** The brokerage does not answer SnapTrade: the trouble of one brokerage. */
const BROKERAGE_DOWN = '3002';
/** The user id is taken. */
export const USER_EXISTS = '1010';

export function judgeSnaptrade(status: number, body: unknown, requestId: string | null): Verdict {
  const fields = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const providerCode = textOf(fields['code'] ?? fields['default_code']);
  const said = textOf(fields['detail'] ?? fields['default_detail']);
  const byStatus = verdictByStatus(PROVIDER, status);
  const detail = said === null ? byStatus.detail : `SnapTrade ${status}${providerCode === null ? '' : `/${providerCode}`}: ${said}`;
  const row = BY_STATUS[status];
  if (row === undefined) return { ...byStatus, providerCode, requestId, detail, ...(providerCode === BROKERAGE_DOWN ? { local: true } : {}) };
  const [code, class_, trait] = row;
  return { code, class: class_, providerCode, requestId, detail, ...(trait === 'notSoon' ? { notSoon: true } : {}) };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
