/** Ids and streams of this service's events. The same step of the same run is the same event, however often it is done. */
import type { AppendRequest, NewEvent } from '@tidemark/event-log';
import { NAMESPACE, uuidV5 } from '@tidemark/kernel';

export function eventId(what: string): string {
  return uuidV5(NAMESPACE.reaction, `reconciliation/${what}`);
}

export const runStream = (runId: string): string => `reconciliation-${runId}`;
export const discrepancyStream = (discrepancyId: string): string => `discrepancy-${discrepancyId}`;

/** An event that has no place in an order of its own stream but that in which it is written. */
export function appended(userId: string, stream: string, event: NewEvent): AppendRequest {
  return { userId, stream, expectedVersion: 'any', events: [event] };
}
