/** A client of the public API, as anybody could write it: bearer token, JSON, problems as errors that say what to do. */
export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
  /** What a write reached in the log, or null. */
  readonly position: string | null;
}

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'ApiProblem';
  }
}

export class Unreachable extends Error {
  constructor(url: string, cause: unknown) {
    super(`${url} does not answer. Is Tidemark running? Start it with \`npm start\`, or name its address.`, { cause });
    this.name = 'Unreachable';
  }
}

const TIMEOUT_MS = 30_000;

export class ApiClient {
  constructor(
    private readonly base: string,
    private readonly token: string | null = null,
  ) {}

  withToken(token: string): ApiClient {
    return new ApiClient(this.base, token);
  }

  get<T>(path: string, after?: string | null): Promise<ApiAnswer<T>> {
    return this.send<T>('GET', path, undefined, after ? { 'tidemark-position': after } : {});
  }

  post<T>(path: string, body: unknown): Promise<ApiAnswer<T>> {
    return this.send<T>('POST', path, body, {});
  }

  delete(path: string): Promise<ApiAnswer<unknown>> {
    return this.send('DELETE', path, undefined, {});
  }

  /** A file, as it came. */
  async text(path: string): Promise<string> {
    const answer = await this.reach(path, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: this.headers({}) });
    const text = await answer.text();
    if (!answer.ok) throw problemOf(answer.status, text, `GET ${path}`);
    return text;
  }

  /** The raw answer, for streams. */
  open(path: string, signal: AbortSignal): Promise<Response> {
    return this.reach(path, { signal, headers: this.headers({ accept: 'text/event-stream' }) });
  }

  private async send<T>(method: string, path: string, body: unknown, more: Record<string, string>): Promise<ApiAnswer<T>> {
    const answer = await this.reach(path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: this.headers(body === undefined ? more : { ...more, 'content-type': 'application/json' }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw problemOf(answer.status, text, `${method} ${path}`);
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as T, position: answer.headers.get('tidemark-position') };
  }

  private async reach(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.base}${path}`, request);
    } catch (error) {
      throw new Unreachable(this.base, error);
    }
  }

  private headers(more: Record<string, string>): Record<string, string> {
    return this.token ? { ...more, authorization: `Bearer ${this.token}` } : more;
  }
}

/** A problem in words, with every field that is wrong and why, a line each. */
export function problemOf(status: number, text: string, what: string): ApiProblem {
  try {
    const { code, detail, errors = [] } = JSON.parse(text) as { code?: string; detail?: string; errors?: readonly { field: string; message: string }[] };
    const fields = errors.filter(({ message }) => !detail?.includes(message)).map(({ field, message }) => `\n  ${field === '' ? 'the request' : field}: ${message}`);
    return new ApiProblem(status, code ?? 'unknown', `${what}: ${detail ?? text}${fields.join('')}`);
  } catch {
    return new ApiProblem(status, 'unknown', `${what}: status ${status}, ${text.slice(0, 200)}`);
  }
}
