/**
 * `/fmp/ws`: the quote stream. First `login`, then `subscribe` with one ticker or a list; trades (`T`) and top-of-book quotes (`Q`) follow, in
 * lower case and with times in milliseconds, as the documentation of the company web socket has it. A client that does not read is cut off
 * once too much waits for it, so that nothing here grows without bound.
 */
import { decimal, multiply, round, add, type Decimal } from '@tidemark/money';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { Tick } from '../market/live-market.js';
import type { Sandbox } from '../server/sandbox.js';
import { jsonNumber } from '../wire/json-number.js';
import { rightKey } from './fmp-operation.js';

const MOST_WAITING_BYTES = 4 * 1024 * 1024;
const MOST_TICKERS = 5_000;
const HEARTBEAT_MS = 15_000;

export function streamRoute(app: FastifyInstance, sandbox: Sandbox): void {
  app.get('/ws', { websocket: true }, (socket) => {
    const client = new StreamClient(sandbox, socket);
    const stop = sandbox.market.listen((tick) => client.show(tick));
    const heartbeat = setInterval(() => client.send({ event: 'heartbeat', timestamp: sandbox.clock.now().getTime() }), HEARTBEAT_MS);
    heartbeat.unref();
    socket.on('message', (data: Buffer) => client.hear(data.toString()));
    socket.on('close', () => {
      stop();
      clearInterval(heartbeat);
    });
    socket.on('error', (error) => sandbox.log.warn('a quote stream broke', { error: error.message }));
  });
}

class StreamClient {
  readonly #tickers = new Set<string>();
  #loggedIn = false;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly socket: WebSocket,
  ) {}

  send(message: object): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MOST_WAITING_BYTES) this.socket.terminate();
    else this.socket.send(JSON.stringify(message));
  }

  show(tick: Tick): void {
    if (!this.#tickers.has(tick.symbol)) return;
    const [s, t] = [tick.symbol.toLowerCase(), tick.at];
    this.send({ s, t, type: 'T', lp: jsonNumber(tick.price), ls: tick.size });
    this.send({ s, t, type: 'Q', ap: jsonNumber(beside(tick.price, '2e-4')), as: tick.size, bp: jsonNumber(beside(tick.price, '-2e-4')), bs: tick.size });
  }

  hear(text: string): void {
    const { event, data } = parsed(text);
    const answer = (status: number, message: string): void => this.send({ event, status, message });
    if (event === 'login') {
      this.#loggedIn = typeof data['apiKey'] === 'string' && rightKey(this.sandbox, data['apiKey']);
      answer(this.#loggedIn ? 200 : 401, this.#loggedIn ? 'Authenticated' : 'Unauthorized');
      if (!this.#loggedIn) this.socket.close(1008, 'Unauthorized');
      return;
    }
    if (event !== 'subscribe' && event !== 'unsubscribe') return answer(400, 'Unknown event');
    if (!this.#loggedIn) return answer(401, 'Not authenticated');
    const tickers = [data['ticker']].flat().filter((ticker): ticker is string => typeof ticker === 'string' && ticker !== '');
    if (tickers.length === 0 || this.#tickers.size + tickers.length > MOST_TICKERS) return answer(400, 'Invalid ticker');
    for (const ticker of tickers) {
      if (event === 'subscribe') this.#tickers.add(ticker.toUpperCase());
      else this.#tickers.delete(ticker.toUpperCase());
    }
    answer(200, `${event === 'subscribe' ? 'Subscribed to' : 'Unsubscribed from'} ${tickers.join(',')}`);
  }
}

function beside(price: Decimal, share: string): Decimal {
  return round(add(price, multiply(price, decimal(share))), Math.max(2, price.split('.')[1]?.length ?? 0));
}

function parsed(text: string): { event: unknown; data: Record<string, unknown> } {
  try {
    const message = JSON.parse(text) as { event?: unknown; data?: unknown };
    return { event: message?.event, data: typeof message?.data === 'object' && message.data !== null ? (message.data as Record<string, unknown>) : {} };
  } catch {
    return { event: undefined, data: {} };
  }
}
