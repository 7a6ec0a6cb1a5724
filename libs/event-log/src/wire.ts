/**
 * How an event travels: the CloudEvents envelope in structured mode. The relay puts the stored text of the data into it without
 * parsing it, since parsing every event in order to write it again would cost more than everything else it does.
 * An event too large for the bus travels without data and with `dataref`; whoever gets it reads the log.
 */
import type { EventEnvelope } from '@tidemark/contracts';
import { CATALOGUE, dataSchemaOf } from '@tidemark/contracts';
import type { EventLog } from './event-log.js';
import { toEnvelope } from './stored-event.js';
import type { EventRow } from './stored-event.js';

/** Far under the bus's usual limit of 1 MiB. */
export const MAX_INLINE_BYTES = 512 * 1024;

export type WireEvent = Omit<EventEnvelope, 'data'> & { readonly data?: unknown; readonly dataref?: string };

/** @param row with `data` as the stored text */
export function wireText(log: EventLog, row: EventRow & { data: string }): string {
  if (row.data.length > MAX_INLINE_BYTES) {
    return JSON.stringify({ ...envelopeWithoutData(log, row), dataref: `log:${log.name}/${row.epoch}/${row.partition}/${row.position}` });
  }
  if (row.version === CATALOGUE[row.type]?.version && log.codec.storesJson) {
    const head = JSON.stringify(envelopeWithoutData(log, row));
    return `${head.slice(0, -1)},"data":${row.data}}`;
  }
  return JSON.stringify(toEnvelope(log.name, row, log.codec));
}

function envelopeWithoutData(log: EventLog, row: EventRow): Omit<EventEnvelope, 'data'> {
  return {
    specversion: '1.0',
    id: row.id,
    type: row.type,
    source: log.name,
    subject: row.subject,
    time: row.time,
    dataschema: dataSchemaOf(row.type, row.version),
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
  };
}
