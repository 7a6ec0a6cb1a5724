/**
 * Every event travels and is kept as a CloudEvents 1.0 structured-mode envelope with Tidemark's extension attributes.
 * `(source, epoch, partition, position)` is gapless, so a reader sees loss and duplication from one integer.
 */
export interface EventEnvelope<T = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: string;
  /** The log that holds the event, which is the name of the service that produced it. */
  readonly source: string;
  /** The stream (aggregate) within the log, such as `connection-<id>`. */
  readonly subject: string;
  /** When it happened, RFC 3339 UTC. */
  readonly time: string;
  /** `urn:tidemark:<Type>:<version>` */
  readonly dataschema: string;
  readonly datacontenttype: 'application/json';
  readonly userid: string;
  readonly epoch: number;
  readonly partition: number;
  /** 1-based and gapless within (source, epoch, partition). */
  readonly position: number;
  /** 1-based and gapless within subject. */
  readonly streamversion: number;
  /** When the log recorded it. */
  readonly recordedtime: string;
  readonly causationid?: string;
  readonly correlationid?: string;
  readonly traceparent?: string;
  readonly data: T;
}

const SCHEMA = /^urn:tidemark:([A-Za-z]+):(\d+)$/;

export function dataSchemaOf(type: string, version: number): string {
  return `urn:tidemark:${type}:${version}`;
}

/** The version in a `dataschema`, or null where it is none of ours. */
export function schemaVersion(dataschema: string): number | null {
  const match = SCHEMA.exec(dataschema);
  return match ? Number(match[2]) : null;
}
