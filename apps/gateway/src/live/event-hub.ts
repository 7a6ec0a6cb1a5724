/**
 * Events of the users who are connected here, from the moment they subscribe. What the bus publishes is only a hint that a user has something
 * new; it is then read from the log, after the position that the user has seen, so that nothing is missed or said twice whatever the bus
 * loses. A slow look at every user finds what no hint told of.
 */
import { LogUnavailable, onUserEvents, readLog } from '@tidemark/event-log';
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import type { Logger } from '@tidemark/service';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TOLD } from './event-message.js';

export type EventListener = (message: NonNullable<ReturnType<typeof messageOf>>) => void;

export interface EventHubOptions {
  readonly nats: NatsConnection;
  readonly log: Logger;
  /** How often every user is looked at unasked; default 30 s. */
  readonly lookMs?: number;
}

interface Place {
  epoch: number;
  position: number;
}

interface Followed {
  readonly listeners: Set<EventListener>;
  /** By log; absent until it is known where the log stood when the user subscribed. */
  readonly places: Map<string, Place>;
  readonly due: Set<string>;
  /** Told once it is known of every log where it stands. */
  readonly waiting: ((placed: true) => void)[];
  reading: boolean;
}

const PAGE = 200;
const PATIENCE_MS = 3_000;
const LOGS = Object.keys(TOLD);

export class EventHub {
  private readonly users = new Map<string, Followed>();
  private readonly stops: (() => void)[];
  private readonly looking: NodeJS.Timeout;

  constructor(private readonly options: EventHubOptions) {
    this.stops = LOGS.map((log) => onUserEvents(options.nats, log, TOLD[log] ?? [], (userId) => this.due(userId, log)));
    this.looking = setInterval(() => {
      for (const userId of this.users.keys()) for (const log of LOGS) this.due(userId, log);
    }, options.lookMs ?? 30_000).unref();
  }

  /** `ready`: whether it is known where the logs stand, so that everything from then on is told; false where a log does not answer in time. */
  listen(userId: string, listener: EventListener): { readonly ready: Promise<boolean>; end(): void } {
    const known: Followed = this.users.get(userId) ?? { listeners: new Set<EventListener>(), places: new Map<string, Place>(), due: new Set<string>(), waiting: [], reading: false };
    this.users.set(userId, known);
    known.listeners.add(listener);
    // The first look finds where the logs stand.
    for (const log of LOGS) if (!known.places.has(log)) this.due(userId, log);
    return {
      ready: this.placed(known),
      end: () => {
        known.listeners.delete(listener);
        if (known.listeners.size === 0 && this.users.get(userId) === known) this.users.delete(userId);
      },
    };
  }

  close(): void {
    clearInterval(this.looking);
    for (const stop of this.stops) stop();
    this.users.clear();
  }

  private async placed(user: Followed): Promise<boolean> {
    if (user.places.size === LOGS.length) return true;
    return Promise.race([new Promise<boolean>((resolve) => user.waiting.push(resolve)), sleep(PATIENCE_MS, false, { ref: false })]);
  }

  private due(userId: string, log: string): void {
    const user = this.users.get(userId);
    if (!user) return;
    user.due.add(log);
    if (user.reading) return;
    user.reading = true;
    void this.readAll(userId, user)
      .catch((error: unknown) => {
        if (error instanceof LogUnavailable) this.options.log.debug({ cause: error.message }, 'events wait until the log answers');
        else this.options.log.error({ err: error }, 'events of a user could not be read');
      })
      .finally(() => {
        user.reading = false;
      });
  }

  private async readAll(userId: string, user: Followed): Promise<void> {
    for (let log = first(user.due); log !== undefined; log = first(user.due)) {
      user.due.delete(log);
      await this.read(userId, user, log);
    }
  }

  private async read(userId: string, user: Followed, log: string): Promise<void> {
    const place = user.places.get(log);
    const answer = await readLog(this.options.nats, log, { userId, after: place?.position ?? 0, limit: place ? PAGE : 0 });
    const head = answer.heads[0];
    if (!head) return;
    // A log that was restored counts anew: what it holds has been said, or is older than the subscription.
    if (!place || place.epoch !== head.epoch) {
      user.places.set(log, { epoch: head.epoch, position: head.position });
      if (user.places.size === LOGS.length) for (const placed of user.waiting.splice(0)) placed(true);
      return;
    }
    for (const event of answer.events) this.tell(user, event);
    place.position = Math.max(place.position, answer.scannedTo);
    if (answer.events.length === PAGE) user.due.add(log);
  }

  private tell(user: Followed, event: EventEnvelope): void {
    const message = messageOf(event);
    if (message) for (const listener of user.listeners) listener(message);
  }
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
