/** What the indexer's error answers mean: `{errors: [{msg}]}` with a status. Pure. Nobody signs in, so nothing is ever mended by a new link. */
import { verdictByStatus } from '../failure.js';
import type { Verdict } from '../failure.js';

const PROVIDER = 'dydx';

export function judgeDydx(status: number, body: unknown, requestId: string | null): Verdict {
  const { msg, code } = firstError(body);
  const known = verdictByStatus(PROVIDER, status);
  const detail = status === 404 ? 'dydx knows no such account' : status === 403 ? 'dydx refuses to answer here (restricted region or address)' : known.detail;
  return { ...known, detail: msg === null ? detail : `${detail} (${msg})`, providerCode: code, requestId };
}

function firstError(body: unknown): { readonly msg: string | null; readonly code: string | null } {
  const { errors } = (body ?? {}) as { errors?: unknown };
  const { msg, code } = ((Array.isArray(errors) ? errors[0] : null) ?? {}) as { msg?: unknown; code?: unknown };
  return { msg: typeof msg === 'string' && msg !== '' ? msg : null, code: typeof code === 'string' && code !== '' ? code.slice(0, 100) : null };
}
