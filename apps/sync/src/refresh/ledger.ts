/** Reads and writes the stream of one connection's refresh costs. */
import type { AppendRequest, EventLog } from '@tidemark/event-log';
import { instant, NAMESPACE, uuidV5 } from '@tidemark/kernel';
import { decide } from './refresh.decide.js';
import type { Subject } from './refresh.decide.js';
import { evolve, noRefreshes, refreshStream } from './refresh.js';
import type { RefreshEvent, RefreshState } from './refresh.js';

export interface Ledger {
  readonly state: RefreshState;
  readonly version: number;
}

export async function loadLedger(log: EventLog, userId: string, connectionId: string): Promise<Ledger> {
  const events = await log.readStream(userId, refreshStream(connectionId));
  const state = events.map((event) => ({ type: event.type, at: Date.parse(event.time), data: event.data }) as RefreshEvent).reduce(evolve, noRefreshes);
  return { state, version: events.at(-1)?.streamversion ?? 0 };
}

/** Ids are derived, so that a repeat is the same event; a denial is recorded once a minute, however often somebody tries. */
function idOf(event: RefreshEvent): string {
  const what = event.type === 'RefreshDenied' ? `${event.data.connectionId}/${Math.floor(event.at / 60_000)}` : event.data.syncId;
  return uuidV5(NAMESPACE.refreshCost, `${event.type}/${what}`);
}

export function toAppend(subject: Subject, version: number, events: readonly RefreshEvent[], correlationId?: string): AppendRequest {
  return {
    userId: subject.userId,
    stream: refreshStream(subject.connectionId),
    expectedVersion: version,
    events: events.map((event) => ({ id: idOf(event), type: event.type, time: instant(event.at), data: event.data, ...(correlationId ? { correlationId } : {}) })),
  };
}

/** The append that settles a reservation, empty where it is settled already. */
export async function settlement(log: EventLog, subject: Subject, settled: { syncId: string; billed: boolean; made: boolean; cost: { amount: string; currency: string }; now: number }): Promise<AppendRequest> {
  const { state, version } = await loadLedger(log, subject.userId, subject.connectionId);
  const decided = decide({ type: 'settle', subject, ...settled }, state);
  return toAppend(subject, version, decided.ok ? decided.value : [], settled.syncId);
}
