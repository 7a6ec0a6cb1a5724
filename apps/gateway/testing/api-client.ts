/** For tests: asks the gateway over HTTP and checks every answer against the OpenAPI document that it serves itself. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';

type Json = Record<string, any>;

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface AskOptions {
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  /** Sent as JSON; `raw` is sent as it is. */
  readonly body?: unknown;
  readonly raw?: string | Uint8Array;
}

export class ApiClient {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(
    readonly origin: string,
    readonly document: Json,
    private readonly token: string | null,
  ) {
    this.ajv.addSchema({ $id: 'openapi', ...document });
  }

  static async open(origin: string, userId?: string, scopes?: string[]): Promise<ApiClient> {
    const document = (await (await fetch(`${origin}/openapi.json`)).json()) as Json;
    const made = await fetch(`${origin}/api/v1/dev/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ userId, scopes }) });
    const { token } = (await made.json()) as { token: string };
    return new ApiClient(origin, document, token);
  }

  /** @throws where the answer is not what the document says */
  async ask(method: string, path: string, options: AskOptions = {}): Promise<Asked> {
    const token = options.token === undefined ? this.token : options.token;
    const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await fetch(`${this.origin}/api/v1${path}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
      ...(payload === undefined ? {} : { body: payload as never }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const asked = { status: response.status, headers: response.headers, body: type.includes('json') ? JSON.parse(text) : text };
    this.check(method, path, asked);
    return asked;
  }

  private check(method: string, path: string, { status, headers, body }: Asked): void {
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (status >= 400) {
      if (type !== 'application/problem+json') throw new Error(`${method} ${path}: ${status} is ${type}, not a problem`);
      return this.validate('/components/schemas/Problem', body, `${method} ${path} ${status}`);
    }
    const template = Object.keys(this.document['paths']).find((known) => new RegExp(`^${known.replace(/\{\w+\}/g, '[^/]+')}$`).test(`/api/v1${path.split('?')[0]}`));
    const documented = template && this.document['paths'][template][method.toLowerCase()]?.responses?.[status];
    if (!documented) throw new Error(`${method} ${path}: ${status} is not in the document`);
    if (status === 204) return;
    const escaped = template.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
    this.validate(`/paths/${escaped}/${method.toLowerCase()}/responses/${status}/content/${type.replaceAll('/', '~1')}/schema`, body, `${method} ${path} ${status}`);
  }

  private validate(pointer: string, body: unknown, what: string): void {
    const validator = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `openapi#${pointer}` });
    this.validators.set(pointer, validator);
    if (!validator(body)) throw new Error(`${what} is not what the document says: ${this.ajv.errorsText(validator.errors)}\n${JSON.stringify(body).slice(0, 500)}`);
  }
}
