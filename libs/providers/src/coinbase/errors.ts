/**
 * What Coinbase's error answers mean. Pure. Advanced Trade answers `{error, error_details, message}`, version 2 and limits
 * `{errors: [{id, message}]}`, a refused token the bare text `Unauthorized`. A key that is refused, or lacks the permission to view, is the person's to replace.
 */
import { verdictByStatus } from '../failure.js';
import type { Verdict } from '../failure.js';

const PROVIDER = 'coinbase';

export function judgeCoinbase(status: number, body: unknown, requestId: string | null): Verdict {
  const said = wordsOf(body);
  const known = { ...verdictByStatus(PROVIDER, status), providerCode: said.code, requestId };
  if (status === 401) return { ...known, code: 'provider_auth', class: 'relink', detail: `coinbase refused the API key${said.text}: it was revoked or never was; link again with a key that holds` };
  if (status === 403) return { ...known, code: 'provider_auth', class: 'relink', detail: `coinbase does not let this API key read${said.text}: link again with a key that has the permission to view` };
  return { ...known, detail: `${known.detail}${said.text}` };
}

function wordsOf(body: unknown): { readonly code: string | null; readonly text: string } {
  const { error, message, error_details: details, errors } = (body ?? {}) as { error?: unknown; message?: unknown; error_details?: unknown; errors?: unknown };
  const first = ((Array.isArray(errors) ? errors[0] : null) ?? {}) as { id?: unknown; message?: unknown };
  const texts = [error, message, details, first.id, first.message].filter((one): one is string => typeof one === 'string' && one !== '');
  const code = [error, first.id].find((one): one is string => typeof one === 'string' && one !== '');
  return { code: code?.slice(0, 100) ?? null, text: texts.length === 0 ? '' : ` (${[...new Set(texts)].join(': ')})` };
}
