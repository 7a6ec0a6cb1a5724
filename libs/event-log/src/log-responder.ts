/** Answers `log.read` requests of other services, one replica each (queue group = the log's name). */
import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core';
import type { EventLog } from './event-log.js';
import { answer, answerFailure } from './log-query.js';
import type { LogAnswer, LogQuery } from './log-query.js';
import type { EventLogger } from './logger.js';
import { readSubject } from './subjects.js';

const MAX_EVENTS = 1_000;

export function respondToReads(log: EventLog, nats: NatsConnection, logger: EventLogger): { close(): Promise<void> } {
  const answering = new Set<Promise<void>>();
  const subscription: Subscription = nats.subscribe(readSubject(log.name), {
    queue: log.name,
    callback: (error, message) => {
      if (error) logger.error({ log: log.name, error: error.message }, 'log.read subscription failed');
      else {
        const one = respond(log, nats, message, logger).finally(() => answering.delete(one));
        answering.add(one);
      }
    },
  });
  const close = async () => {
    await subscription.drain();
    // Drained means delivered, not answered: the connection must outlive the answers.
    await Promise.all(answering);
  };
  return { close };
}

async function respond(log: EventLog, nats: NatsConnection, message: Msg, logger: EventLogger): Promise<void> {
  try {
    answer(nats, message, await read(log, message.json<LogQuery>()));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    logger.error({ log: log.name, error: why }, 'a log.read request failed');
    // With the connection gone nobody can be told; who asked sees it go, or times out.
    if (nats.isClosed()) return;
    answerFailure(nats, message, 'the log could not be read; its service has logged why');
  }
}

async function read(log: EventLog, query: LogQuery): Promise<LogAnswer> {
  const partition = query.userId === undefined ? query.partition : log.partitionOf(query.userId);
  // Heads first: an event committed between the two reads is then found again by the next question, never passed over.
  const heads = (await log.heads()).filter((head) => partition === undefined || head.partition === partition);
  if (partition === undefined || query.limit <= 0) return { events: [], heads, scannedTo: query.after };
  const limit = Math.min(query.limit, MAX_EVENTS);
  const events = await log.readPartition(partition, query.after, limit, query.userId);
  const last = events.at(-1)?.position ?? query.after;
  const scannedTo = events.length < limit ? Math.max(last, heads[0]?.position ?? last) : last;
  return { events, heads, scannedTo };
}
