/** What was received, so that a test can ask "was it called, and how often?". Secrets never get in. */
const MOST_KEPT = 5_000;
const SECRET_FIELD = /secret|token|consumer|signature|password|client_id|number/i;

export interface ReceivedRequest {
  provider: string;
  operation: string;
  method: string;
  path: string;
  at: string;
  /** null while it is running, or where no answer was given. */
  status: number | null;
  durationMs: number | null;
  requestId: string;
  /** The item, authorization or account it was about, where known. */
  subject: string | null;
  fault: string | null;
  body: unknown;
}

export class RequestLog {
  readonly #received: ReceivedRequest[] = [];
  readonly #counts = new Map<string, number>();

  add(request: ReceivedRequest): ReceivedRequest {
    this.#received.push(request);
    this.#counts.set(request.provider, (this.#counts.get(request.provider) ?? 0) + 1);
    if (this.#received.length > MOST_KEPT) this.#received.splice(0, MOST_KEPT / 2);
    return request;
  }

  list(filter: { provider?: string; operation?: string } = {}): ReceivedRequest[] {
    return this.#received.filter(
      (request) =>
        (filter.provider === undefined || request.provider === filter.provider) &&
        (filter.operation === undefined || request.operation === filter.operation),
    );
  }

  /** By provider, those that are no longer kept too. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#received.length = 0;
    this.#counts.clear();
  }
}

/** The path with its secret query values struck out. */
export function cleanPath(url: string): string {
  return url.replace(/([?&][^=&]*(?:secret|token|signature|apikey)[^=&]*=)[^&]*/gi, '$1[removed]');
}

/** A copy of a body without its secrets. */
export function cleanBody(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(cleanBody);
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, SECRET_FIELD.test(key) && typeof value === 'string' ? '[removed]' : cleanBody(value)]),
  );
}
