/**
 * A reply whose value is passed on as it came. A gateway hands answers of hundreds of kilobytes to its clients unread: parsing them and
 * writing them again cost more than everything else that it does. So the value stands last in a reply's packet, a header says at which
 * byte it begins, and it is parsed when somebody looks at it.
 *
 *   {"id":…,"isDisposed":true,"response":{"ok":true,…,"value":<the value>}}
 */
import { headers } from '@nats-io/nats-core';
import type { Msg } from '@nats-io/nats-core';
import type { RpcReply } from '@tidemark/contracts';
import { textOfValue } from './json-text.js';
import { bytesOf, packed, textOf } from './wire.js';
import type { Packed } from './wire.js';

const VALUE_AT = 'Value-At';
const END = '}}';
const NAME = ',"value":';
const RAW = Symbol('the value as it came');

/** @returns null where it does not fit into a message of `room` bytes */
export async function packedReply(id: string | undefined, reply: RpcReply<unknown>, room: number): Promise<Packed | null> {
  if (!reply.ok) return packed(JSON.stringify({ id, isDisposed: true, response: reply }), room);
  const { value, ...rest } = reply;
  const text = textOfValue(value);
  const head = JSON.stringify({ id, isDisposed: true, response: rest });
  if (text === undefined) return packed(head, room);
  const before = `${head.slice(0, -END.length)}${NAME}`;
  const fits = await packed(`${before}${text}${END}`, room);
  if (fits === null) return null;
  const marked = fits.headers ?? headers();
  marked.set(VALUE_AT, String(Buffer.byteLength(before)));
  return { data: fits.data, headers: marked };
}

/** The packet of a reply; its value is parsed when it is asked for. @throws where the message is no reply */
export async function unpackedReply(message: Msg): Promise<object> {
  const bytes = await bytesOf(message);
  const at = Number(message.headers?.get(VALUE_AT) || NaN);
  if (!Number.isSafeInteger(at)) return JSON.parse(textOf(bytes)) as object;
  const packet = JSON.parse(`${textOf(bytes.subarray(0, at - NAME.length))}${END}`) as { response: object };
  const raw = bytes.subarray(at, bytes.byteLength - END.length);
  let parsed: { readonly value: unknown } | null = null;
  Object.defineProperty(packet.response, 'value', { enumerable: true, get: () => (parsed ??= { value: JSON.parse(textOf(raw)) as unknown }).value });
  Object.defineProperty(packet.response, RAW, { value: raw });
  return packet;
}

/** The value of a reply as JSON in UTF-8, as the service wrote it; null where it did not come over the bus. */
export function rawValue(reply: RpcReply<unknown>): Uint8Array | null {
  return (reply as { readonly [RAW]?: Uint8Array })[RAW] ?? null;
}
