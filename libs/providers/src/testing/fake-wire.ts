/** A small HTTP server for specs: answers what a spec queued for a path, else what it set as usual, and keeps what it received. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An answer as raw text (so that numbers keep their digits), or a way to misbehave. */
export type Reply =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly text: string }
  | { readonly misbehave: 'never' | 'reset' | 'cut' };

export class FakeWire {
  readonly received: Received[] = [];
  private readonly usual = new Map<string, Reply | ((request: Received) => Reply)>();
  private readonly queued = new Map<string, Reply[]>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response));
  }

  static async start(): Promise<FakeWire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeWire(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** @param path as requested, such as `/accounts/get` */
  on(path: string, reply: Reply | ((request: Received) => Reply)): this {
    this.usual.set(path, reply);
    return this;
  }

  /** Once, before the usual answer. */
  once(path: string, ...replies: Reply[]): this {
    this.queued.set(path, [...(this.queued.get(path) ?? []), ...replies]);
    return this;
  }

  asked(path: string): readonly Received[] {
    return this.received.filter((request) => request.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.url);
    const seen: Received = { method: request.method ?? '', path: url.pathname, query: url.searchParams, rawQuery: url.search.slice(1), headers: request.headers, body: Buffer.concat(chunks).toString() };
    this.received.push(seen);
    const usual = this.usual.get(url.pathname);
    const reply = this.queued.get(url.pathname)?.shift() ?? (typeof usual === 'function' ? usual(seen) : usual) ?? { status: 404, text: '{"detail":"the spec set no answer"}' };
    if (!('misbehave' in reply)) {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.text);
    } else if (reply.misbehave === 'reset') request.socket.destroy();
    else if (reply.misbehave === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"accounts":[{"account_id":"a', () => request.socket.destroy());
    }
  }
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, text: JSON.stringify(value) };
}
