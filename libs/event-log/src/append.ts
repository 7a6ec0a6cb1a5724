/** The call of `log.append` and what its refusals mean. */
import { CATALOGUE, eventProblems } from '@tidemark/contracts';
import type { LogPosition } from '@tidemark/contracts';
import { assert, refuse } from '@tidemark/kernel';
import type { Refused } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import type { EventCodec } from './codec.js';
import { partitionOf } from './partition.js';

export interface NewEvent {
  /** UUIDv7, or for a reaction the UUIDv5 of (rule, cause). */
  readonly id: string;
  readonly type: string;
  /** When it happened, RFC 3339 UTC. */
  readonly time: string;
  readonly data: object;
  readonly causationId?: string;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

export interface AppendRequest {
  readonly userId: string;
  readonly stream: string;
  /** The version the stream must have; `any` only where events of the stream do not depend on each other. */
  readonly expectedVersion: number | 'any';
  readonly events: readonly NewEvent[];
}

export interface AppendedEvent {
  readonly id: string;
  readonly position: number;
  readonly streamVersion: number;
}

export interface Appended {
  /** What the write reached: the last position in each partition. */
  readonly positions: readonly LogPosition[];
  readonly events: readonly AppendedEvent[];
}

export type AppendRefusal =
  | { readonly kind: 'version_conflict'; readonly stream: string; readonly expected: number; readonly actual: number }
  | { readonly kind: 'duplicate_event'; readonly id: string };

export interface LogShape {
  readonly name: string;
  readonly partitions: number;
  readonly codec: EventCodec;
}

const APPEND = 'SELECT out_epoch AS epoch, out_position AS position, out_streamversion AS streamversion FROM log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ORDER BY ord';

/** Our own event that its own schema refuses is a bug, and must not become part of the record. */
export function checkEvents(log: string, requests: readonly AppendRequest[]): void {
  for (const request of requests) {
    for (const event of request.events) {
      const wrong = eventProblems(event.type, event.data);
      assert(wrong === null, `${event.type} is malformed: ${wrong ?? ''}`);
      assert(CATALOGUE[event.type]?.log === log, `${event.type} does not belong to the log ${log}`);
    }
  }
}

/** @throws the driver's error; `refusalOf` says what it means */
export async function appendEvents(client: SqlClient, shape: LogShape, requests: readonly AppendRequest[]): Promise<Appended> {
  const columns: unknown[][] = Array.from({ length: 11 }, () => []);
  const data: string[] = [];
  const ids: { id: string; partition: number }[] = [];
  for (const request of requests) {
    const partition = partitionOf(request.userId, shape.partitions);
    for (const event of request.events) {
      ids.push({ id: event.id, partition });
      const row = [
        partition, event.id, event.type, CATALOGUE[event.type]?.version ?? 1, request.stream, request.expectedVersion === 'any' ? null : request.expectedVersion, request.userId,
        event.time, event.causationId ?? null, event.correlationId ?? null, event.traceparent ?? null,
      ];
      data.push(shape.codec.encode(request.userId, event.data));
      row.forEach((value, index) => columns[index]?.push(value));
    }
  }
  const { rows } = await client.query<{ epoch: number; position: number; streamversion: number }>(APPEND, [...columns, `[${data.join(',')}]`]);
  const reached = new Map<number, LogPosition>();
  const events = rows.map((row, index) => {
    const { id, partition } = ids[index] as { id: string; partition: number };
    const last = reached.get(partition);
    if (!last || last.position < row.position) reached.set(partition, { log: shape.name, epoch: row.epoch, partition, position: row.position });
    return { id, position: row.position, streamVersion: row.streamversion };
  });
  return { positions: [...reached.values()], events };
}

/** What a failed append means, or null where it is no refusal but a fault. */
export function refusalOf(error: unknown): Refused<AppendRefusal> | null {
  const { code, detail } = (error ?? {}) as { code?: string; detail?: string };
  if (code === 'TM001' && detail) {
    const conflict = JSON.parse(detail) as { stream: string; expected: number; actual: number };
    return refuse({ kind: 'version_conflict', ...conflict });
  }
  const duplicate = code === '23505' ? /^Key \(partition, id\)=\(\d+, ([0-9a-f-]+)\)/.exec(detail ?? '') : null;
  return duplicate ? refuse({ kind: 'duplicate_event', id: duplicate[1] ?? '' }) : null;
}
