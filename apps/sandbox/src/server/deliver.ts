/** Posts a webhook and says how it went; the receiver's trouble is the receiver's, never the sandbox's. */
import type { Sandbox } from './sandbox.js';

/** Forgeries: another key's signature, a body changed after signing, another algorithm in the header. */
export const FORGERIES = ['signature', 'body', 'alg'] as const;

export interface SendOptions {
  url?: string;
  staleBySeconds?: number;
  forge?: (typeof FORGERIES)[number];
  /** How often the very same request is sent. */
  repeat?: number;
}

export interface Delivered {
  url: string;
  /** The receiver's status, null where it could not be reached. */
  status: number | null;
  error?: string;
}

const PATIENCE_MS = 10_000;

export async function deliver(
  sandbox: Sandbox,
  provider: string,
  url: string,
  body: string,
  headers: Record<string, string>,
  options: SendOptions,
): Promise<Delivered[]> {
  const delivered: Delivered[] = [];
  for (let i = 0; i < (options.repeat ?? 1); i += 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await response.arrayBuffer();
      delivered.push({ url, status: response.status });
    } catch (cause) {
      const error = cause instanceof Error ? `${cause.message}${cause.cause instanceof Error ? `: ${cause.cause.message}` : ''}` : String(cause);
      sandbox.log.warn('a webhook was not delivered', { provider, url, error });
      delivered.push({ url, status: null, error });
    }
  }
  return delivered;
}
