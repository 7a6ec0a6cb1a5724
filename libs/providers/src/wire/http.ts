/**
 * What both SDKs (axios underneath) are told, so that the wire stays ours: the body arrives as text (numbers are parsed
 * losslessly later), every status is an answer rather than an exception (an AxiosError carries the secrets of its request, and
 * the SnapTrade SDK would sleep 35 s on a 429 of its own accord), redirects are not followed (they would carry secrets elsewhere).
 */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** An HTTP answer of any status. */
export interface WireAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What an SDK gives back under `wireOptions`, whatever its types say. */
interface AxiosLike {
  readonly status: number;
  readonly headers: unknown;
  readonly data: unknown;
}

/** @param timeoutMs of one attempt */
export function wireOptions(timeoutMs: number) {
  return {
    timeout: timeoutMs,
    responseType: 'text' as const,
    transformResponse: [(raw: unknown) => raw],
    validateStatus: () => true,
    maxRedirects: 0,
    maxContentLength: LARGEST_ANSWER,
  };
}

export function wireAnswer(response: AxiosLike): WireAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...(response.headers as object) })) {
    if (typeof value === 'string' || typeof value === 'number') headers[name.toLowerCase()] = String(value);
  }
  return { status: response.status, headers, text: typeof response.data === 'string' ? response.data : '' };
}

/** A request without SDK that got no answer; thrown by whoever sends it, with Node's error code. Holds no URL: it may carry a key. */
export class WireFault extends Error {
  constructor(
    readonly code: string,
    readonly timedOut: boolean,
  ) {
    super(`no answer (${code})`);
  }
}

/** The error code of a request that got no answer, or null where `error` is none of axios's or ours (then it is a bug and is thrown on). */
export function networkFault(error: unknown): { readonly code: string; readonly timedOut: boolean } | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof WireFault) return error;
  // axios takes over the name of the cause (`Error`), so its own mark is what tells.
  const { code, isAxiosError } = error as { code?: unknown; isAxiosError?: unknown };
  if (isAxiosError !== true && error.name !== 'SnaptradeError') return null;
  const name = typeof code === 'string' ? code : 'unknown';
  return { code: name, timedOut: ['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED'].includes(name) };
}
