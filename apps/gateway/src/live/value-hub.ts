/**
 * Live values of everybody who is connected here. Sockets that ask for the same of the same user share one watch, which begins with the first
 * and ends with the last; whoever comes later has the newest value at once. Watches are renewed together; one that the history service no
 * longer knows, because it was away for long, is asked for again.
 */
import { liveRpc } from '@tidemark/contracts';
import type { Problem } from '@tidemark/contracts';
import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import { newId } from '@tidemark/service';
import type { Logger, RpcClient } from '@tidemark/service';

export interface ValueListener {
  /** @param text UTF-8 of the whole message, as a client gets it */
  value(text: Uint8Array): void;
  /** `final`: the listener hears nothing more. */
  refused(problem: Problem, final: boolean): void;
}

export interface ValueHubOptions {
  readonly nats: NatsConnection;
  readonly rpc: RpcClient;
  readonly log: Logger;
  /** How often watches are renewed; default 10 s, a third of what they last. */
  readonly renewMs?: number;
  /** How soon a watch that could not be placed is asked for again; default 2 s. */
  readonly retryMs?: number;
}

interface Watch {
  readonly id: string;
  readonly userId: string;
  readonly scope: liveRpc.LiveScope;
  readonly listeners: Set<ValueListener>;
  readonly subscription: Subscription;
  newest: Uint8Array | null;
  /** `asking`, `placed`, or `lost`: to be asked for again. */
  state: 'asking' | 'placed' | 'lost';
}

/** In one request of renewal. */
const CHUNK = 2_000;
/** Asked again at once, so that a start of the history service is not a storm. */
const TOGETHER = 20;
const PASSING = new Set<Problem['code']>(['unavailable', 'timeout', 'internal', 'conflict']);

export class ValueHub {
  private readonly watches = new Map<string, Watch>();
  private readonly byId = new Map<string, Watch>();
  private readonly ended: string[] = [];
  private readonly renewing: NodeJS.Timeout;
  private readonly retrying: NodeJS.Timeout;

  constructor(private readonly options: ValueHubOptions) {
    const failed = (error: unknown) => options.log.warn({ err: error }, 'live values could not be renewed; they are renewed again');
    this.renewing = setInterval(() => void this.renew().catch(failed), options.renewMs ?? 10_000).unref();
    this.retrying = setInterval(() => void this.retry().catch(failed), options.retryMs ?? 2_000).unref();
  }

  /** @returns ends it */
  listen(userId: string, scope: liveRpc.LiveScope, listener: ValueListener): () => void {
    const key = keyOf(userId, scope);
    const watch = this.watches.get(key) ?? this.begin(key, userId, scope);
    watch.listeners.add(listener);
    if (watch.newest) listener.value(watch.newest);
    return () => {
      watch.listeners.delete(listener);
      if (watch.listeners.size === 0) this.end(key, watch);
    };
  }

  async close(): Promise<void> {
    clearInterval(this.renewing);
    clearInterval(this.retrying);
    for (const [key, watch] of [...this.watches]) this.end(key, watch);
    await this.renew();
  }

  private begin(key: string, userId: string, scope: liveRpc.LiveScope): Watch {
    const id = newId();
    const subscription = this.options.nats.subscribe(liveRpc.watchSubject(id), {
      callback: (error, message) => {
        if (error) return;
        watch.newest = message.data;
        for (const listener of watch.listeners) listener.value(message.data);
      },
    });
    const watch: Watch = { id, userId, scope, listeners: new Set(), subscription, newest: null, state: 'asking' };
    this.watches.set(key, watch);
    this.byId.set(id, watch);
    void this.place(key, watch);
    return watch;
  }

  private end(key: string, watch: Watch): void {
    if (this.byId.get(watch.id) !== watch) return;
    watch.subscription.unsubscribe();
    this.watches.delete(key);
    this.byId.delete(watch.id);
    this.ended.push(watch.id);
  }

  private async place(key: string, watch: Watch): Promise<void> {
    const reply = await this.options.rpc.call(liveRpc.watch, { watchId: watch.id, ...watch.scope }, { userId: watch.userId, requestId: newId() });
    if (this.byId.get(watch.id) !== watch) return;
    if (reply.ok) {
      watch.state = 'placed';
      return;
    }
    const passing = PASSING.has(reply.error.code);
    watch.state = 'lost';
    const listeners = [...watch.listeners];
    if (!passing) this.end(key, watch);
    for (const listener of listeners) listener.refused(reply.error, !passing);
  }

  private async renew(): Promise<void> {
    const end = this.ended.splice(0);
    const keep = [...this.byId.values()].filter((watch) => watch.state === 'placed').map((watch) => watch.id);
    for (let from = 0; from === 0 || from < Math.max(keep.length, end.length); from += CHUNK) {
      const part = { keep: keep.slice(from, from + CHUNK), end: end.slice(from, from + CHUNK) };
      if (part.keep.length + part.end.length === 0) return;
      const reply = await this.options.rpc.call(liveRpc.keepWatches, part, { userId: '~gateway', requestId: newId() });
      // What could not be renewed ends by itself, is unknown then, and is asked for again.
      if (!reply.ok) return this.options.log.warn({ code: reply.error.code }, 'live values could not be renewed; they are renewed again');
      for (const id of reply.value.unknown) {
        const watch = this.byId.get(id);
        if (watch) watch.state = 'lost';
      }
    }
  }

  private async retry(): Promise<void> {
    const lost = [...this.watches].filter(([, watch]) => watch.state === 'lost');
    for (let from = 0; from < lost.length; from += TOGETHER) {
      await Promise.all(lost.slice(from, from + TOGETHER).map(([key, watch]) => {
        watch.state = 'asking';
        return this.place(key, watch);
      }));
    }
  }
}

function keyOf(userId: string, { account, source = 'all', currency }: liveRpc.LiveScope): string {
  return JSON.stringify([userId, account ?? null, source, currency ?? null]);
}
