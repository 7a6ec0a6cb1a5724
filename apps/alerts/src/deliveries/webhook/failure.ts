/**
 * Why no answer came, in words for the user. Made of the error's code alone: messages of the network's errors hold addresses, and those of
 * a webhook may hold secrets.
 */
import { ADDRESS_REFUSED } from '../address/guarded-lookup.js';
import { failed } from '../delivery.js';
import type { Outcome } from '../delivery.js';

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'UND_ERR_ABORTED']);
const NAMES = new Set(['ENOTFOUND', 'ENODATA', 'EAI_AGAIN', 'ESERVFAIL', 'ETIMEOUT', 'EREFUSED', 'EFORMERR', 'EBADNAME', 'EBADRESP', 'ENONAME']);
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED']);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO$)/;

export function failureOf(error: unknown, timeoutMs: number): Outcome {
  const { name, code: given } = (error ?? {}) as { name?: unknown; code?: unknown };
  const code = typeof given === 'string' && /^[A-Z0-9_]{1,60}$/.test(given) ? given : 'no code';
  if (name === 'TimeoutError' || name === 'AbortError' || TIMEOUTS.has(code)) return failed(`no answer within ${timeoutMs / 1_000} s`, { slow: true });
  if (code === ADDRESS_REFUSED) return failed('its name leads to an address that is not on the public internet');
  if (NAMES.has(code)) return failed(`its name cannot be resolved (${code})`, { slow: code === 'ETIMEOUT' });
  if (code === 'ECONNREFUSED') return failed('the connection was refused');
  if (CLOSED.has(code)) return failed('the connection was closed before an answer came');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return failed('the headers of its answer are too large');
  if (name === 'HTTPParserError' || code.startsWith('HPE_') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return failed('its answer is not HTTP');
  return failed(TLS.test(code) ? `no secure connection could be made (${code})` : `the connection failed (${code})`);
}
