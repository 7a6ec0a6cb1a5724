/** The AsyncAPI 3.0 document of the events: as server-sent events at the gateway, and on the bus for subscribers inside. */
import { CATALOGUE, dataSchemaOf } from '@tidemark/contracts';
import type { EventType } from '@tidemark/contracts';
import { plain } from './components.js';
import type { Json } from './components.js';

const text = (description: string): Json => ({ type: 'string', description });

/** CloudEvents 1.0 with Tidemark's extension attributes; the meaning of each is the same for every type. */
const ENVELOPE: Json = {
  specversion: { const: '1.0' },
  id: text('UUIDv7 of a new event, UUIDv5 of one that another event causes'),
  subject: text('the stream'),
  time: text('when it happened, RFC 3339 UTC'),
  datacontenttype: { const: 'application/json' },
  userid: text('whose it is'),
  epoch: { type: 'integer', description: 'raised when the log is restored from a backup' },
  partition: { type: 'integer' },
  position: { type: 'integer', description: '1-based and gapless within (source, epoch, partition)' },
  streamversion: { type: 'integer', description: '1-based and gapless within subject' },
  recordedtime: text('when the log recorded it'),
  causationid: text('the event or command that caused it'),
  correlationid: text('what it belongs together with'),
  traceparent: text('W3C Trace Context'),
};
const REQUIRED = ['specversion', 'id', 'type', 'source', 'subject', 'time', 'dataschema', 'datacontenttype', 'userid', 'epoch', 'partition', 'position', 'streamversion', 'recordedtime', 'data'];

export function asyncApiDocument(): Json {
  const types = Object.entries(CATALOGUE);
  const messages = Object.fromEntries(types.map(([type]) => [type, { $ref: `#/components/messages/${type}` }]));
  return {
    asyncapi: '3.0.0',
    info: { title: 'Tidemark events', version: '1', description: 'What happened, as immutable facts. Old versions are brought to the present one when they are read.' },
    defaultContentType: 'application/cloudevents+json',
    channels: {
      userEvents: { address: '/api/v1/events', title: 'A user\'s own events, over HTTP as server-sent events', messages },
      bus: {
        address: 'tidemark.{partition}.{log}.{type}',
        title: 'All events, on NATS JetStream; an event too large for the bus carries dataref instead of data and is read from its log',
        parameters: { partition: { description: 'two digits' }, log: { enum: [...new Set(types.map(([, entry]) => entry.log))] }, type: { enum: types.map(([type]) => type) } },
        messages,
      },
    },
    operations: { subscribe: { action: 'send', channel: { $ref: '#/channels/userEvents' } }, relay: { action: 'send', channel: { $ref: '#/channels/bus' } } },
    components: { messages: Object.fromEntries(types.map(([type, entry]) => [type, message(type, entry)])) },
  };
}

function message(type: string, entry: EventType): Json {
  const properties = { ...ENVELOPE, type: { const: type }, source: { const: entry.log }, dataschema: { const: dataSchemaOf(type, entry.version) }, data: plain(entry.schema) };
  return { name: type, title: type, summary: entry.summary, contentType: 'application/cloudevents+json', payload: { type: 'object', required: REQUIRED, properties } };
}
