/** A bare SnapTrade request, signed right unless told otherwise: for what the SDK hides (429) or never does wrong. */
import { DEFAULT_CREDENTIALS, type RunningSandbox } from '../app.js';
import { requestSignature } from '../snaptrade/signature.js';

interface Deviations {
  query?: Record<string, string>;
  body?: object;
  consumerKey?: string;
  clientId?: string;
  timestamp?: number;
  /** Signs this path instead of the one that is called. */
  signedPath?: string;
  signature?: string;
}

export async function signedFetch(sandbox: RunningSandbox, method: string, path: string, wrong: Deviations = {}): Promise<Response> {
  const { clientId, consumerKey } = DEFAULT_CREDENTIALS.snaptrade;
  const query = new URLSearchParams({
    clientId: wrong.clientId ?? clientId,
    ...wrong.query,
    timestamp: String(wrong.timestamp ?? Math.floor(Date.now() / 1000)),
  }).toString();
  const signature = wrong.signature ?? requestSignature(wrong.consumerKey ?? consumerKey, wrong.signedPath ?? path, query, wrong.body);
  return fetch(`${sandbox.url}/snaptrade${path}?${query}`, {
    method,
    headers: { Signature: signature, ...(wrong.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(wrong.body === undefined ? {} : { body: JSON.stringify(wrong.body) }),
  });
}
