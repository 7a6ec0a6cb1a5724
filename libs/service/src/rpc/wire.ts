/**
 * The packets of Nest's NATS transport as text, and how large ones fit into a message: what is larger than the bus takes is
 * compressed (whole portfolios shrink to about a tenth) and marked by a header; what still does not fit is a refusal.
 */
import { headers } from '@nats-io/nats-core';
import type { Msg, MsgHdrs } from '@nats-io/nats-core';
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';

/** Room for headers around the data. */
const ENVELOPE = 2_048;
const ENCODING = 'Content-Encoding';
/** No packet of ours is larger: what unpacks to more was not packed by us. */
const MAX_UNPACKED = 64 * 1_024 * 1_024;

const pack = promisify(gzip);
const unpack = promisify(gunzip) as (data: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

/** How many bytes of data fit into one message of this connection. */
export function roomFor(connection: { info?: { max_payload: number } | undefined }): number {
  return (connection.info?.max_payload ?? 1_048_576) - ENVELOPE;
}

export interface Packed {
  readonly data: Uint8Array;
  readonly headers?: MsgHdrs;
}

/** @returns null where it does not fit, however it is packed */
export async function packed(text: string, room: number): Promise<Packed | null> {
  const plain = Buffer.from(text);
  if (plain.byteLength <= room) return { data: plain };
  if (plain.byteLength > MAX_UNPACKED) return null;
  const data = await pack(plain, { level: 4 }) as Buffer;
  if (data.byteLength > room) return null;
  const marked = headers();
  marked.set(ENCODING, 'gzip');
  return { data, headers: marked };
}

/** @throws where the message is neither JSON nor packed JSON */
export async function unpacked(message: Msg): Promise<unknown> {
  return JSON.parse(textOf(await bytesOf(message)));
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** What was packed. */
export async function bytesOf(message: Msg): Promise<Uint8Array> {
  return message.headers?.get(ENCODING) === 'gzip' ? unpack(message.data, { maxOutputLength: MAX_UNPACKED }) : message.data;
}
