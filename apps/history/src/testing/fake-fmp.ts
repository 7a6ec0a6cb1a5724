/** A price source for specs that speaks Financial Modeling Prep's wire: data that a spec sets, faults that it orders, and every request it got. */
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface FakeSymbol {
  readonly name: string;
  readonly currency: string;
  readonly kind?: 'security' | 'crypto' | 'fx';
  readonly cusip?: string;
  readonly isin?: string;
  readonly sector?: string;
  /** Unadjusted closes as the wire writes them: a text keeps its digits. */
  closes: Record<string, string>;
  readonly splits?: readonly { readonly date: string; readonly numerator: number; readonly denominator: number }[];
}

export type FakeFault =
  | { readonly kind: 'status'; readonly status: number; readonly message: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'limit_as_200' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'cut' };

const LIMIT = '{"Error Message": "Limit Reach . Please upgrade your plan or visit our documentation for more details"}';

export class FakeFmp {
  readonly symbols = new Map<string, FakeSymbol>();
  readonly requests: { readonly path: string; readonly symbol: string | null; readonly from: string | null; readonly to: string | null }[] = [];
  /** While set, every answer to these paths. */
  fault: FakeFault | null = null;
  /** Whether the plan includes the answers for all symbols. */
  bulk = false;
  private readonly app: FastifyInstance;
  url = '';

  private constructor(readonly key: string) {
    this.app = Fastify();
    this.app.get('/stable/*', (request, reply) => this.answer(request, reply));
  }

  static async start(key = 'fmp-key-4711-secret'): Promise<FakeFmp> {
    const fake = new FakeFmp(key);
    fake.url = await fake.app.listen({ host: '127.0.0.1', port: 0 });
    return fake;
  }

  set(symbol: string, more: Partial<FakeSymbol> & { closes: Record<string, string> }): this {
    this.symbols.set(symbol, { name: `${symbol} Corporation`, currency: 'USD', ...more });
    return this;
  }

  asked(path: string, symbol?: string): number {
    return this.requests.filter((one) => one.path === path && (symbol === undefined || one.symbol === symbol)).length;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const path = request.url.split('?')[0]?.replace('/stable/', '') ?? '';
    const query = request.query as Record<string, string | undefined>;
    this.requests.push({ path, symbol: query['symbol'] ?? null, from: query['from'] ?? null, to: query['to'] ?? null });
    const json = (text: string, status = 200) => reply.status(status).header('content-type', 'application/json').send(text);
    const { fault } = this;
    if (fault?.kind === 'status') return reply.status(fault.status).headers(fault.headers ?? {}).send({ 'Error Message': fault.message });
    if (fault?.kind === 'limit_as_200') return json(LIMIT);
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'cut') return json('[{"symbol": "AAPL", "date": "2026-11-');
    if (request.headers['apikey'] !== this.key) return json('{"Error Message": "Invalid API KEY. Feel free to create a Free API Key"}', 401);
    if (path === 'eod-bulk' || path === 'splits-calendar') return this.ofAll(path, query, reply, json);
    return json(this.rows(path, query));
  }

  private ofAll(path: string, query: Record<string, string | undefined>, reply: FastifyReply, json: (text: string, status?: number) => FastifyReply): FastifyReply {
    if (!this.bulk) return json('{"Error Message": "Restricted Endpoint: This endpoint is not available under your current subscription"}', 402);
    if (path === 'splits-calendar') return json(JSON.stringify([...this.symbols].flatMap(([symbol, { splits = [] }]) => splits.filter(({ date }) => date >= (query['from'] ?? '') && date <= (query['to'] ?? '9')).map((split) => ({ symbol, ...split })))));
    const day = query['date'] ?? '';
    const lines = [...this.symbols].flatMap(([symbol, { closes }]) => (closes[day] === undefined ? [] : [`"${symbol}","${day}","1","1","1","${closes[day]}","${closes[day]}","100"`]));
    return reply.header('content-type', 'text/csv').send(['"symbol","date","open","low","high","close","adjClose","volume"', ...lines].join('\n'));
  }

  private rows(path: string, query: Record<string, string | undefined>): string {
    const symbol = query['symbol'] ?? '';
    const found = this.symbols.get(symbol);
    const history = /^historical-price-eod\/(non-split-adjusted|full)$/.exec(path);
    if (history) {
      const field = history[1] === 'full' ? 'close' : 'adjClose';
      const days = Object.entries(found?.closes ?? {}).filter(([date]) => date.slice(0, 10) >= (query['from'] ?? '') && date.slice(0, 10) <= (query['to'] ?? '9'));
      return `[${days.reverse().map(([date, close]) => `{"symbol":"${symbol}","date":"${date.slice(0, 10)}","${field}":${close},"volume":100}`).join(',')}]`;
    }
    if (path === 'splits') return JSON.stringify((found?.splits ?? []).map((split) => ({ symbol, ...split })));
    if (path === 'profile') return JSON.stringify(found && found.kind !== 'crypto' ? [{ symbol, companyName: found.name, currency: found.currency, cusip: found.cusip ?? null, isin: found.isin ?? null, sector: found.sector ?? '' }] : []);
    if (path === 'quote') return JSON.stringify(found ? [{ symbol, name: found.name, price: 1 }] : []);
    const matches = [...this.symbols].filter(([, one]) => {
      if (path === 'search-cusip') return one.cusip === query['cusip'];
      if (path === 'search-isin') return one.isin === query['isin'];
      return path === 'search-name' && one.name.toLowerCase().includes((query['query'] ?? '').toLowerCase().split(' ')[0] ?? '');
    });
    return JSON.stringify(matches.map(([each, { name, currency }]) => ({ symbol: each, name, currency })));
  }
}

/** A close for every weekday between two days, one after another. */
export function weekdayCloses(from: string, to: string, price: (index: number) => string): Record<string, string> {
  const closes: Record<string, string> = {};
  let index = 0;
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000) {
    const date = new Date(at);
    if (date.getUTCDay() % 6 !== 0) closes[date.toISOString().slice(0, 10)] = price(index++);
  }
  return closes;
}
