/**
 * A GET without an SDK, told what `wireOptions` tells the SDKs: the body stays text, every status is an answer, redirects are not
 * followed (they would carry an authorization elsewhere), and an endless body is cut off.
 */
import { WireFault } from './http.js';
import type { WireAnswer } from './http.js';

const LARGEST_ANSWER = 64 * 1024 * 1024;

/** @param headers may hold an authorization: nothing of them comes out in what is thrown. @throws WireFault where no whole answer came */
export async function fetchAnswer(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<WireAnswer> {
  try {
    const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json', ...headers } });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await textOf(response) };
  } catch (error) {
    throw faultOf(error);
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > LARGEST_ANSWER) throw new WireFault('TOO_LARGE', false);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What `fetch` throws is a TypeError whose cause has Node's code, or a DOMException named after what its signal was aborted for. */
function faultOf(error: unknown): unknown {
  if (error instanceof WireFault) return error;
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError' || name === 'AbortError') return new WireFault('ETIMEDOUT', true);
  return name === 'TypeError' && cause !== undefined ? new WireFault(typeof cause.code === 'string' ? cause.code : 'unknown', false) : error;
}
