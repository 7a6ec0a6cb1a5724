/**
 * One client of `/live`: who it is, what it follows, what it may. Its messages are taken one after another; each is answered. What is wrong
 * with a message is said and the socket stays open; it is closed where the client cannot or must not go on (the codes are in live-messages.ts).
 */
import type { Problem } from '@tidemark/contracts';
import { fieldErrors } from '@tidemark/service';
import type { Logger } from '@tidemark/service';
import type { WebSocket } from 'ws';
import type { Caller } from '../auth/caller.js';
import type { VerifyToken } from '../auth/verify-token.js';
import { textErrors } from '../http/read-input.js';
import { Refusal } from '../problem/answer.js';
import type { EventHub } from './event-hub.js';
import { ClientMessage, CLOSE } from './live-messages.js';
import type { Channel, CloseReason } from './live-messages.js';
import type { LiveMetrics } from './live-metrics.js';
import { Outbox } from './outbox.js';
import type { ValueHub } from './value-hub.js';

export interface LiveLimits {
  /** Sockets that one user may have open here. */
  readonly perUser: number;
  readonly messagesPerMinute: number;
  /** Different values that one socket may follow. */
  readonly values: number;
  /** How long a client may take to give its token. */
  readonly tokenMs: number;
  /** A client is asked this often whether it is there; one that does not answer until the next time is let go. */
  readonly heartbeatMs: number;
}

export interface LiveParts {
  readonly verify: VerifyToken;
  readonly values: ValueHub;
  readonly events: EventHub;
  readonly log: Logger;
  readonly metrics: LiveMetrics;
  readonly limits: LiveLimits;
  /** Sockets by user. */
  readonly open: Map<string, number>;
  readonly now: () => number;
}

const MOST_REFUSED = 20;
const LONGEST_TIMER_MS = 2_147_483_647;

type Scope = { readonly account: string | null; readonly source: 'all' | 'external' | 'house'; readonly currency: string | null };

export class LiveSocket {
  private caller: Caller | null = null;
  private readonly outbox: Outbox;
  private readonly values = new Map<string, () => void>();
  private readonly channels = new Set<Channel>();
  private endEvents: (() => void) | null = null;
  private work: Promise<void> = Promise.resolve();
  private ended = false;
  private alive = true;
  private refused = 0;
  private readonly taken: number[] = [];
  private readonly heartbeat: NodeJS.Timeout;
  private expiry: NodeJS.Timeout;

  constructor(
    private readonly socket: WebSocket,
    private readonly parts: LiveParts,
  ) {
    const { metrics, limits } = parts;
    this.outbox = new Outbox(socket, { superseded: metrics.superseded, sent: metrics.sent, overflow: () => this.close(CLOSE.slow) });
    metrics.opened();
    this.expiry = setTimeout(() => this.close(CLOSE.noToken), limits.tokenMs).unref();
    this.heartbeat = setInterval(() => this.beat(), limits.heartbeatMs).unref();
    socket.on('pong', () => (this.alive = true));
    socket.on('message', (data: Buffer, binary: boolean) => {
      this.alive = true;
      if (binary) this.close(CLOSE.binary);
      else if (this.mayGoOn()) this.next(() => this.hear(data.toString()));
    });
    socket.on('close', (code: number) => this.end(code));
  }

  /** The token of the handshake, where it carried one. */
  authenticate(token: string): void {
    this.next(() => this.identify(token));
  }

  close({ code, reason }: CloseReason): void {
    if (this.ended) return;
    this.socket.close(code, reason);
    // A client that does not answer the close is not waited for.
    setTimeout(() => this.socket.terminate(), 2_000).unref();
  }

  private next(step: () => Promise<void>): void {
    this.work = this.work.then(async () => {
      if (!this.ended && this.socket.readyState === 1) await step();
    }).catch((error: unknown) => {
      this.parts.log.error({ err: error }, 'a live message failed unexpectedly');
      this.refuse({ code: 'internal', detail: 'something went wrong on our side' });
    });
  }

  private async hear(text: string): Promise<void> {
    const message = this.read(text);
    if (!message) return;
    if (message.token !== undefined) await this.identify(message.token);
    if (!this.caller) {
      if (message.token === undefined) this.refuse({ code: 'unauthenticated', detail: 'send {"token": "…"} first' });
      return;
    }
    const scope: Scope = { account: message.account ?? null, source: message.source ?? 'all', currency: message.currency ?? null };
    if (message.unsubscribe) this.unsubscribe(message.unsubscribe, scope);
    if (message.subscribe) await this.subscribe(this.caller, message.subscribe, scope);
    if (message.ping !== undefined) this.outbox.event({ pong: message.ping });
  }

  private read(text: string): ClientMessage | null {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // The parser would quote what it was given.
      this.refuse({ code: 'validation_failed', detail: 'a message is JSON, such as {"subscribe": ["value"]}' });
      return null;
    }
    const found = fieldErrors(ClientMessage, value) ?? textErrors(value);
    if (found.length === 0) return value as ClientMessage;
    this.refuse({ code: 'validation_failed', detail: 'the message is not accepted', errors: found });
    return null;
  }

  private async identify(token: string): Promise<void> {
    try {
      const caller = await this.parts.verify(token);
      if (this.ended) return;
      if (this.caller && caller.userId !== this.caller.userId) return this.refuse({ code: 'forbidden', detail: 'a socket stays with the user that it began with' });
      if (!this.caller && !this.admit(caller.userId)) return this.close(CLOSE.tooMany);
      this.caller = caller;
      clearTimeout(this.expiry);
      this.expiry = setTimeout(() => this.close(CLOSE.expired), Math.min(Math.max(caller.expiresAt * 1_000 - this.parts.now(), 0), LONGEST_TIMER_MS)).unref();
      this.outbox.event({ authenticated: { userId: caller.userId, expiresAt: new Date(caller.expiresAt * 1_000).toISOString() } });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(error.problem);
      this.close(CLOSE.unauthenticated);
    }
  }

  private admit(userId: string): boolean {
    const { open, limits } = this.parts;
    const sockets = open.get(userId) ?? 0;
    if (sockets >= limits.perUser) return false;
    open.set(userId, sockets + 1);
    return true;
  }

  private async subscribe(caller: Caller, channels: readonly Channel[], scope: Scope): Promise<void> {
    const told = channels.filter((channel) => channel !== 'value');
    for (const channel of told) this.channels.add(channel);
    // Alerts are taken, and silent until there are rules to fire.
    if (told.length > 0) await this.followEvents(caller);
    if (channels.includes('value') && !this.values.has(keyOf(scope)) && this.values.size >= this.parts.limits.values) {
      return this.refuse({ code: 'rate_limited', detail: `at most ${this.parts.limits.values} different values are sent over one socket; unsubscribe one` });
    }
    this.outbox.event({ subscribed: channels, ...scope });
    if (channels.includes('value')) this.followValue(caller, scope);
  }

  private followValue(caller: Caller, scope: Scope): void {
    const key = keyOf(scope);
    if (this.values.has(key)) return;
    const { account, source, currency } = scope;
    const end = this.parts.values.listen(caller.userId, { ...(account === null ? {} : { account }), source, ...(currency === null ? {} : { currency }) }, {
      value: (text) => this.outbox.value(key, text),
      refused: (problem, final) => {
        if (final) this.values.delete(key);
        this.refuse({ ...problem, detail: final ? problem.detail : `${problem.detail}; values follow as soon as they can be had` }, account);
      },
    });
    this.values.set(key, end);
  }

  private async followEvents(caller: Caller): Promise<void> {
    if (this.endEvents) return;
    const following = this.parts.events.listen(caller.userId, (message) => {
      if (this.channels.has(message.channel)) this.outbox.event(message);
    });
    this.endEvents = () => following.end();
    if (!(await following.ready)) this.refuse({ code: 'unavailable', detail: 'events cannot be read now; they follow as soon as they can be had' });
  }

  private unsubscribe(channels: readonly Channel[], scope: Scope): void {
    for (const channel of channels) if (channel !== 'value') this.channels.delete(channel);
    if (channels.includes('value')) {
      const key = keyOf(scope);
      this.values.get(key)?.();
      this.values.delete(key);
      this.outbox.forget(key);
    }
    if (this.channels.size === 0) {
      this.endEvents?.();
      this.endEvents = null;
    }
    this.outbox.event({ unsubscribed: channels, ...scope });
  }

  private refuse({ code, detail, errors }: Problem, account: string | null = null): void {
    this.outbox.event({ error: { code, detail, ...(errors ? { errors } : {}), ...(account === null ? {} : { account }) } });
    if (code === 'validation_failed' || code === 'unauthenticated') this.refused += 1;
    if (this.refused >= MOST_REFUSED) this.close(CLOSE.unreadable);
  }

  /** Whether the client keeps to the number of messages a minute. */
  private mayGoOn(): boolean {
    const now = this.parts.now();
    while (this.taken.length > 0 && (this.taken[0] as number) <= now - 60_000) this.taken.shift();
    if (this.taken.length >= this.parts.limits.messagesPerMinute) {
      this.close(CLOSE.tooMany);
      return false;
    }
    this.taken.push(now);
    return true;
  }

  private beat(): void {
    if (!this.alive) return this.socket.terminate();
    this.alive = false;
    if (this.socket.readyState === 1) this.socket.ping();
  }

  private end(code: number): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.expiry);
    clearInterval(this.heartbeat);
    for (const stop of this.values.values()) stop();
    this.values.clear();
    this.endEvents?.();
    this.endEvents = null;
    this.parts.metrics.closed(code);
    if (!this.caller) return;
    const left = (this.parts.open.get(this.caller.userId) ?? 1) - 1;
    if (left > 0) this.parts.open.set(this.caller.userId, left);
    else this.parts.open.delete(this.caller.userId);
  }
}

function keyOf({ account, source, currency }: Scope): string {
  return `${account ?? ''}/${source}/${currency ?? ''}`;
}
