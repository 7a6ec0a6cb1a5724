/** A row of the log as an envelope, in the current version of its type. */
import { CATALOGUE, dataSchemaOf, upcast } from '@tidemark/contracts';
import type { EventEnvelope } from '@tidemark/contracts';
import type { EventCodec } from './codec.js';

export interface EventRow {
  readonly partition: number;
  readonly position: number;
  readonly epoch: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly subject: string;
  readonly streamversion: number;
  readonly userid: string;
  readonly time: string;
  readonly recordedtime: string;
  readonly causationid: string | null;
  readonly correlationid: string | null;
  readonly traceparent: string | null;
  readonly data: unknown;
}

export const EVENT_COLUMNS = 'partition, position, epoch, id, type, version, subject, streamversion, userid, time, recordedtime, causationid, correlationid, traceparent, data';

export function toEnvelope(log: string, row: EventRow, codec: EventCodec): EventEnvelope {
  const current = CATALOGUE[row.type]?.version ?? row.version;
  return {
    specversion: '1.0',
    id: row.id,
    type: row.type,
    source: log,
    subject: row.subject,
    time: row.time,
    dataschema: dataSchemaOf(row.type, Math.max(row.version, current)),
    datacontenttype: 'application/json',
    userid: row.userid,
    epoch: row.epoch,
    partition: row.partition,
    position: row.position,
    streamversion: row.streamversion,
    recordedtime: row.recordedtime,
    ...(row.causationid ? { causationid: row.causationid } : {}),
    ...(row.correlationid ? { correlationid: row.correlationid } : {}),
    ...(row.traceparent ? { traceparent: row.traceparent } : {}),
    data: upcast(row.type, row.version, codec.decode(row.userid, row.data)),
  };
}
