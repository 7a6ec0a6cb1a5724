/**
 * One user's events over several logs, from a cursor on, for as long as somebody listens. It reads the logs, not the streams, so
 * that it is complete even after the bus lost its store; the bus only tells it when to look. Events of one log come in order; the
 * order between logs is that of arrival.
 */
import type { NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { readLog } from './log-query.js';
import type { LogAnswer } from './log-query.js';
import { onWake } from './wake.js';

/** By log: the epoch and the position up to which the user has seen everything. */
export type FeedPosition = Readonly<Record<string, { readonly epoch: number; readonly position: number }>>;

export interface UserFeedOptions {
  readonly nats: NatsConnection;
  readonly logs: readonly string[];
  readonly userId: string;
  readonly after: FeedPosition;
  readonly signal: AbortSignal;
  /** How often it looks unasked. */
  readonly pollMs?: number;
}

export interface FeedItem {
  readonly event: EventEnvelope;
  /** To be given as `after` in order to go on behind this event. */
  readonly at: FeedPosition;
}

const PAGE = 200;

export async function* userFeed(options: UserFeedOptions): AsyncGenerator<FeedItem> {
  const { nats, logs, userId, signal, pollMs = 5_000 } = options;
  let at: FeedPosition = options.after;
  let partition: number | null = null;
  let ring: () => void = () => undefined;
  let rung = false;
  const bell = (): void => {
    rung = true;
    ring();
  };
  const stops = logs.map((log) => onWake(nats, log, (woken) => { if (partition === null || woken.includes(partition)) bell(); }));
  signal.addEventListener('abort', bell);
  try {
    while (!signal.aborted) {
      rung = false;
      let more = false;
      for (const log of logs) {
        const answer: LogAnswer = await readLog(nats, log, { userId, after: resumeAt(at, log), limit: PAGE });
        const head = answer.heads[0];
        partition = head?.partition ?? partition;
        if (head && head.epoch !== (at[log]?.epoch ?? head.epoch)) {
          at = { ...at, [log]: { epoch: head.epoch, position: 0 } };
          more = true;
          continue;
        }
        for (const event of answer.events) {
          at = { ...at, [log]: { epoch: event.epoch, position: event.position } };
          yield { event, at };
          if (signal.aborted) return;
        }
        at = { ...at, [log]: { epoch: head?.epoch ?? 1, position: answer.scannedTo } };
        more ||= answer.events.length === PAGE;
      }
      if (!more && !rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMs);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', bell);
    for (const stop of stops) stop();
  }
}

/** A restored log counts anew: what is given again carries the same event ids. */
function resumeAt(at: FeedPosition, log: string): number {
  return at[log]?.position ?? 0;
}
