/** The sandbox as a process of its own, with a small world that a spec makes and changes: what institutions say of people's accounts. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startChild, waitUntil } from '@tidemark/testing';

const MAIN = fileURLToPath(new URL('../../../sandbox/dist/main.js', import.meta.url));

export interface WorldAccount {
  id: string;
  person: string;
  institution: string;
  type: 'investment' | 'depository';
  subtype: string;
  name: string;
  mask: string;
  number: string;
  currency: string;
  cash: { currency: string; amount: string }[];
  holdings: { security: string; quantity: string; costBasis?: string }[];
  dydx?: { address: string; subaccountNumber: number };
}

export interface WorldTransaction {
  id: string;
  account: string;
  date: string;
  at?: string;
  kind: string;
  security?: string;
  quantity?: string;
  price?: string;
  fees?: string;
  amount: string;
  currency: string;
  description: string;
  pending?: boolean;
}

export interface World {
  accounts: WorldAccount[];
  transactions: WorldTransaction[];
  persons: { id: string; name: string }[];
  corporateActions: unknown[];
  [key: string]: unknown;
}

const PLAID = ['auth', 'balance', 'transactions', 'investments'];
const security = (id: string, kind: string, symbol: string, price: string) => ({ id, kind, symbol, name: `${symbol} as the institution names it`, currency: 'USD', price, priceAsOf: '2026-11-20T21:00:00Z' });

export const EMPTY: World = {
  version: 1,
  name: 'of a spec',
  webhooks: { plaid: null, snaptrade: null, automatic: false },
  rateLimits: { enabled: false },
  institutions: [
    { id: 'north', name: 'North Brokerage', type: 'brokerage', plaid: { id: 'ins_1', products: PLAID } },
    { id: 'east', name: 'East Brokerage', type: 'brokerage', plaid: { id: 'ins_2', products: PLAID } },
    { id: 'south', name: 'South Securities', type: 'brokerage', snaptrade: { id: '5a9d7a1e-0000-4000-8000-0000000000aa', slug: 'SOUTH', allowsTrading: true } },
    { id: 'coinbase', name: 'Coinbase', type: 'crypto', coinbase: {} },
    { id: 'dydx', name: 'dYdX', type: 'crypto', dydx: {} },
  ],
  persons: [],
  securities: [security('aapl', 'equity', 'AAPL', '271.49'), security('vti', 'etf', 'VTI', '330.1'), security('nvda', 'equity', 'NVDA', '180'), security('btc', 'crypto', 'BTC', '85213.77'), { ...security('btc-perpetual', 'future', 'BTC-USD', '85220.5'), market: null }],
  accounts: [],
  transactions: [],
  corporateActions: [],
  prices: { daily: [], intraday: [] },
  fx: [{ date: '2026-11-20', base: 'EUR', quote: 'USD', rate: '1.15' }],
};

export interface Fault {
  readonly provider: string;
  readonly operation?: string;
  readonly kind: 'timeout' | 'status' | 'malformed' | 'partial' | 'slow' | 'reset';
  readonly times?: number;
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly delayMs?: number;
  readonly match?: string;
}

export class SandboxWorld {
  world: World = structuredClone(EMPTY);

  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<SandboxWorld> {
    if (!existsSync(MAIN)) throw new Error('apps/sandbox is not built: run `npm run build` first (npm test does)');
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-sandbox-'));
    const port = await freePort();
    const child = startChild(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], { logFile: join(folder, 'log'), stopSignal: 'SIGTERM', spawn: { env: { PATH: process.env['PATH'], SANDBOX_PORT: String(port) } } });
    const sandbox = new SandboxWorld(`http://127.0.0.1:${port}`, async () => {
      await child.stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    });
    await waitUntil(async () => {
      if (!child.running()) throw new Error(`the sandbox ended:\n${child.logTail()}`);
      return (await fetch(`${sandbox.url}/_control/clock`)).ok;
    }, { timeoutMs: 30_000, everyMs: 50, describe: () => `the sandbox to listen:\n${child.logTail()}` });
    return sandbox;
  }

  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/_control${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** What is true at the institutions from now on. */
  async change(how: (world: World) => void): Promise<void> {
    const before = structuredClone(this.world);
    try {
      how(this.world);
      await this.control('PUT', '/world', this.world);
    } catch (error) {
      this.world = before;
      throw error;
    }
  }

  /** A person with an account. @returns the account's id in the world */
  async open(person: string, institution: string, given: Partial<WorldAccount> = {}): Promise<string> {
    const id = `${person}-${institution}-${this.world.accounts.length}`;
    await this.change(({ accounts, persons }) => {
      if (!persons.some((one) => one.id === person)) persons.push({ id: person, name: person });
      accounts.push({ id, person, institution, type: 'investment', subtype: 'brokerage', name: `Account of ${person}`, mask: String(1_000 + accounts.length), number: `98${10_000_000 + accounts.length}`, currency: 'USD', cash: [{ currency: 'USD', amount: '1000.00' }], holdings: [{ security: 'aapl', quantity: '10' }], ...given });
    });
    return id;
  }

  account(id: string): WorldAccount {
    const found = this.world.accounts.find((one) => one.id === id);
    if (!found) throw new Error(`no account ${id}`);
    return found;
  }

  /** The account holds this much of a security from now on. */
  hold(account: string, security: string, quantity: string): Promise<void> {
    return this.change(() => {
      const held = this.account(account);
      held.holdings = [...held.holdings.filter((one) => one.security !== security), ...(quantity === '0' ? [] : [{ security, quantity }])];
    });
  }

  /** It happened: from now on the institution tells it. What it did to the account is the caller's to say. */
  happened(transaction: Omit<WorldTransaction, 'id' | 'currency' | 'description'> & Partial<WorldTransaction>): Promise<void> {
    return this.change(({ transactions }) => void transactions.push({ id: `t${transactions.length}`, currency: 'USD', description: 'as the institution tells it', ...transaction }));
  }

  async fault(fault: Fault): Promise<void> {
    await this.control('POST', '/faults', { operation: '*', times: 1, ...fault });
  }

  async calm(): Promise<void> {
    await this.control('DELETE', '/faults');
    await this.control('DELETE', '/requests');
  }

  /** Every call since it was last calm, in order. */
  async requested(): Promise<{ operation: string }[]> {
    return (await this.control<{ requests: { operation: string }[] }>('GET', '/requests')).requests;
  }

  async asked(operation: string): Promise<{ at: string; status: number | null; fault: string | null }[]> {
    return (await this.control<{ requests: { at: string; status: number | null; fault: string | null }[] }>('GET', `/requests?operation=${operation}`)).requests;
  }
}
