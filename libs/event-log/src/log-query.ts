/** What can be asked of a log over the bus, and how a large answer comes in pieces that the bus allows. */
import { headers } from '@nats-io/nats-core';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import type { EventEnvelope } from '@tidemark/contracts';
import { readSubject } from './subjects.js';

export interface LogQuery {
  /** One partition, or that of a user. */
  readonly partition?: number;
  readonly userId?: string;
  /** With `userId`: only that user's events. */
  readonly after: number;
  /** 0 asks for the heads alone. */
  readonly limit: number;
}

export interface LogHead {
  readonly partition: number;
  readonly epoch: number;
  readonly position: number;
}

export interface LogAnswer {
  readonly events: readonly EventEnvelope[];
  /** Of the partition asked for, or of all of them where none was named. */
  readonly heads: readonly LogHead[];
  /** How far the answer has looked: everything up to here that was asked for is in it. */
  readonly scannedTo: number;
}

const CHUNK_BYTES = 256 * 1024;
const CHUNK = 'Tidemark-Chunk';
const FAILED = 'Tidemark-Failed';

export class LogUnavailable extends Error {
  constructor(log: string, why: string) {
    super(`the log ${log} does not answer: ${why}`);
    this.name = 'LogUnavailable';
  }
}

/** Asks whichever replica of the producing service is there. @throws LogUnavailable */
export async function readLog(nats: NatsConnection, log: string, query: LogQuery, timeoutMs = 10_000): Promise<LogAnswer> {
  const inbox = `_INBOX.log.${crypto.randomUUID()}`;
  const subscription = nats.subscribe(inbox, { timeout: timeoutMs });
  try {
    nats.publish(readSubject(log), JSON.stringify(query), { reply: inbox });
    const parts: Uint8Array[] = [];
    for await (const message of subscription) {
      if (message.headers?.code === 503) throw new LogUnavailable(log, 'nobody serves it');
      const failed = message.headers?.get(FAILED);
      if (failed) throw new LogUnavailable(log, failed);
      parts.push(message.data);
      if (message.headers?.get(CHUNK) === 'last') return JSON.parse(Buffer.concat(parts).toString('utf8')) as LogAnswer;
    }
    throw new LogUnavailable(log, 'the connection closed');
  } catch (error) {
    if (error instanceof LogUnavailable) throw error;
    throw new LogUnavailable(log, error instanceof Error ? error.message : String(error));
  } finally {
    subscription.unsubscribe();
  }
}

export function answer(nats: NatsConnection, message: Msg, value: LogAnswer): void {
  if (!message.reply) return;
  const bytes = Buffer.from(JSON.stringify(value), 'utf8');
  for (let from = 0; from === 0 || from < bytes.length; from += CHUNK_BYTES) {
    const marked = headers();
    marked.set(CHUNK, from + CHUNK_BYTES >= bytes.length ? 'last' : 'more');
    nats.publish(message.reply, bytes.subarray(from, from + CHUNK_BYTES), { headers: marked });
  }
}

export function answerFailure(nats: NatsConnection, message: Msg, why: string): void {
  if (!message.reply) return;
  const marked = headers();
  marked.set(FAILED, why);
  nats.publish(message.reply, '', { headers: marked });
}
