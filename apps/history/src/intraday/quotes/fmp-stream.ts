/**
 * Quotes from Financial Modeling Prep's sockets. After a break it connects again, after 0.5 s, then twice as long each time, to 30 s, with
 * jitter, so that many replicas do not return at once; then it logs in and subscribes to what is followed. A socket over which nothing has
 * come for a while is taken for dead: a connection that was cut without a word looks just like a quiet market.
 */
import type { ProviderLog } from '@tidemark/providers';
import { WebSocket } from 'ws';
import { loginMessage, readStreamMessage, tickerMessage } from './fmp-wire.js';
import type { OpenQuotes, QuoteListener, QuoteSource } from './quote.js';

export interface StreamOptions {
  readonly url: string;
  readonly cryptoUrl: string;
  readonly apiKey: string;
  readonly log: ProviderLog;
  /** In [0, 1). */
  readonly random: () => number;
  /** The first pause before connecting again. */
  readonly pauseMs?: number;
  /** How long it may be silent, pings unanswered. */
  readonly silenceMs?: number;
}

const LONGEST_PAUSE_MS = 30_000;
/** A wrong key does not get better by asking often. */
const REFUSED_PAUSE_MS = 300_000;
const LARGEST_MESSAGE = 1024 * 1024;
/** Tickers in one message. */
const BATCH = 500;

/** Companies and crypto have sockets of their own; where the addresses are the same, one does for both. */
export function streamFmp(options: StreamOptions): OpenQuotes {
  return (listener) => {
    const isCrypto = (symbol: string) => /^[A-Z0-9]{2,12}USD$/.test(symbol);
    const companies = new FmpStream(options.url, options, listener);
    if (options.cryptoUrl === options.url) return companies;
    const crypto = new FmpStream(options.cryptoUrl, options, listener);
    return {
      follow: (symbols) => {
        companies.follow(new Set([...symbols].filter((symbol) => !isCrypto(symbol))));
        crypto.follow(new Set([...symbols].filter(isCrypto)));
      },
      close: async () => void (await Promise.all([companies.close(), crypto.close()])),
    };
  };
}

class FmpStream implements QuoteSource {
  private followed: ReadonlySet<string> = new Set();
  private subscribed = new Set<string>();
  private socket: WebSocket | null = null;
  private loggedIn = false;
  private attempt = 0;
  private heardAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly watchdog: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly options: StreamOptions,
    private readonly listener: QuoteListener,
  ) {
    this.watchdog = setInterval(() => this.look(), (options.silenceMs ?? 30_000) / 2);
  }

  follow(symbols: ReadonlySet<string>): void {
    this.followed = symbols;
    if (this.closed) return;
    if (this.loggedIn) this.subscribe();
    else if (!this.socket && this.timer === undefined && symbols.size > 0) this.connect();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.watchdog);
    this.socket?.terminate();
  }

  private connect(): void {
    this.timer = undefined;
    const socket = new WebSocket(this.url, { maxPayload: LARGEST_MESSAGE, handshakeTimeout: 10_000, perMessageDeflate: false });
    this.socket = socket;
    this.heardAt = performance.now();
    socket.on('open', () => socket.send(loginMessage(this.options.apiKey)));
    socket.on('message', (data: Buffer) => this.heard(data.toString()));
    socket.on('pong', () => (this.heardAt = performance.now()));
    socket.on('error', (error) => this.options.log.warn({ source: 'fmp', cause: error.message }, 'the quote socket failed'));
    socket.on('close', (code) => this.lost(socket, code));
  }

  private heard(text: string): void {
    this.heardAt = performance.now();
    const message = readStreamMessage(text);
    if (message.kind === 'quote') return this.listener.quote(message.quote);
    if (message.kind === 'malformed') return this.listener.malformed();
    if (message.kind !== 'answer') return;
    if (message.event === 'login') this.answered(message.status, message.message);
    else if (message.status !== null && message.status >= 400) this.options.log.warn({ source: 'fmp', event: message.event, status: message.status, answer: message.message }, 'the quote socket refuses');
  }

  /** Its documentation names no status of a good login; only a bad one is told apart. */
  private answered(status: number | null, message: string): void {
    if (status !== null && status >= 400) {
      this.options.log.error({ source: 'fmp', status, answer: message }, 'the quote socket does not accept the key');
      this.attempt = Infinity;
      this.socket?.close();
      return;
    }
    this.loggedIn = true;
    this.attempt = 0;
    this.subscribed = new Set();
    this.subscribe();
  }

  private subscribe(): void {
    const wanted = [...this.followed].filter((symbol) => !this.subscribed.has(symbol));
    const unwanted = [...this.subscribed].filter((symbol) => !this.followed.has(symbol));
    for (let from = 0; from < wanted.length; from += BATCH) this.socket?.send(tickerMessage('subscribe', wanted.slice(from, from + BATCH)));
    for (let from = 0; from < unwanted.length; from += BATCH) this.socket?.send(tickerMessage('unsubscribe', unwanted.slice(from, from + BATCH)));
    this.subscribed = new Set(this.followed);
  }

  private lost(socket: WebSocket, code: number): void {
    if (this.socket !== socket) return;
    this.socket = null;
    this.loggedIn = false;
    if (this.closed || this.followed.size === 0) return;
    const pause = this.attempt === Infinity ? REFUSED_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, (this.options.pauseMs ?? 500) * 2 ** this.attempt);
    this.attempt = this.attempt === Infinity ? 0 : this.attempt + 1;
    const waitMs = Math.round(pause * (0.5 + this.options.random()));
    this.options.log.warn({ source: 'fmp', code, waitMs }, 'the quote socket closed; it is opened again');
    this.timer = setTimeout(() => this.connect(), waitMs);
  }

  private look(): void {
    const { socket } = this;
    if (!socket) return;
    const silent = performance.now() - this.heardAt;
    if (silent > (this.options.silenceMs ?? 30_000)) socket.terminate();
    else if (socket.readyState === WebSocket.OPEN) socket.ping();
  }
}
