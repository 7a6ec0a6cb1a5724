/** A client of the public API for tests: says what it got where it did not get what it needed. */
import { waitUntil } from '@tidemark/testing';
import type { connectionsRpc, syncRpc } from '@tidemark/contracts';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
  readonly position: string | null;
  readonly stale: boolean;
}

export interface SandboxWorld {
  rateLimits?: { enabled: boolean };
  webhooks?: Record<string, unknown>;
  accounts: { id: string; institution: string; holdings?: { security: string; quantity: string }[] }[];
}

export class Client {
  private constructor(
    readonly apiUrl: string,
    readonly sandboxUrl: string,
    readonly userId: string,
    readonly token: string,
  ) {}

  static async of(stack: { apiUrl: string; sandboxUrl: string }, userId: string): Promise<Client> {
    const answer = await fetch(`${stack.apiUrl}/api/v1/dev/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ userId }) });
    if (!answer.ok) throw new Error(`no token: ${await answer.text()}`);
    return new Client(stack.apiUrl, stack.sandboxUrl, userId, ((await answer.json()) as { token: string }).token);
  }

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const answer = await fetch(`${this.apiUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as T, position: answer.headers.get('tidemark-position'), stale: answer.headers.get('tidemark-stale') === 'true' };
  }

  /** @throws where the status is not a success */
  async must<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await this.call<T>(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.sandboxUrl}/_control${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /_control${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  }

  /** Changes the sandbox's world and puts it back. */
  async changeWorld(change: (world: SandboxWorld) => void): Promise<void> {
    const world = await this.control<SandboxWorld>('GET', '/world');
    change(world);
    await this.control('PUT', '/world', world);
  }

  /** No limits a minute and no webhooks of its own accord: a test says itself what happens. */
  async calmSandbox(): Promise<void> {
    await this.changeWorld((world) => {
      world.rateLimits = { enabled: false };
      world.webhooks = { ...world.webhooks, automatic: false };
    });
  }

  /** Links an institution as a person would and waits for the first sync. */
  async link(institutionId: string, more: { needTrading?: boolean; provider?: string } = {}, as?: Record<string, unknown>): Promise<{ connection: connectionsRpc.LinkedConnection; completed: connectionsRpc.CompletedConnection; sync: syncRpc.Sync }> {
    const connection = await this.must<connectionsRpc.LinkedConnection>('POST', '/connections', { institutionId, ...more });
    const proof = await this.control('POST', '/links/approve', { link: connection.link, ...(as ? { as } : {}) });
    const completed = await this.must<connectionsRpc.CompletedConnection>('POST', `/connections/${connection.id}/complete`, proof);
    return { connection, completed, sync: await this.synced(completed.syncId) };
  }

  async synced(syncId: string): Promise<syncRpc.Sync> {
    let last: unknown = null;
    return waitUntil(async () => {
      const { status, body } = await this.call<syncRpc.Sync>('GET', `/syncs/${syncId}`);
      last = body;
      return status === 200 && (body.status === 'completed' || body.status === 'failed') ? body : null;
    }, { timeoutMs: 40_000, everyMs: 50, describe: () => `sync ${syncId}: ${JSON.stringify(last)}` });
  }
}
