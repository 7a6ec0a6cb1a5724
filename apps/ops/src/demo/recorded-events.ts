/** Reads the user's own event stream until every snapshot that the syncs made has been seen in it. */
import type { EventEnvelope } from '@tidemark/contracts';
import { createParser } from 'eventsource-parser';
import type { ApiClient } from '../api-client.js';

const TIMEOUT_MS = 20_000;

/** @returns the user's events in the order in which they came, at least `snapshots` of them BalanceSnapshotCaptured */
export async function recordedEvents(api: ApiClient, snapshots: number): Promise<EventEnvelope[]> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  const events: EventEnvelope[] = [];
  const parser = createParser({ onEvent: (message) => events.push(JSON.parse(message.data) as EventEnvelope) });
  const seen = (): number => events.filter((event) => event.type === 'BalanceSnapshotCaptured').length;
  try {
    const answer = await api.open('/events', stop.signal);
    if (!answer.ok || !answer.body) throw new Error(`GET /events answered ${answer.status}`);
    const decoder = new TextDecoder();
    for await (const bytes of answer.body) {
      parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
      if (seen() >= snapshots) break;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new Error(`saw ${seen()} of ${snapshots} snapshots in the event stream within ${TIMEOUT_MS / 1000} s`, { cause: error });
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  return events;
}
