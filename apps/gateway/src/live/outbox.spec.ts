import { describe, expect, it } from '@jest/globals';
import { Outbox } from './outbox.js';

/** A socket that holds what it is given until it is drained. */
function given() {
  const sent: string[] = [];
  const counts = { superseded: 0, sent: 0, overflow: 0 };
  const pending: (() => void)[] = [];
  const socket = {
    readyState: 1 as const,
    bufferedAmount: 0,
    send: (text: string | Uint8Array, _options: object, written: () => void) => {
      sent.push(Buffer.from(text as string).toString());
      socket.bufferedAmount += 40_000;
      pending.push(written);
    },
    drain: () => {
      socket.bufferedAmount = 0;
      for (const written of pending.splice(0)) written();
    },
  };
  const outbox = new Outbox(socket as never, { superseded: () => (counts.superseded += 1), sent: () => (counts.sent += 1), overflow: () => (counts.overflow += 1) });
  return { sent, counts, socket, outbox, value: (key: string, text: string) => outbox.value(key, Buffer.from(text)) };
}

describe('what waits for a slow client', () => {
  it('is the newest of each value, not a queue', () => {
    const { sent, counts, socket, value } = given();
    for (let at = 1; at <= 100; at += 1) for (const key of ['a', 'b']) value(key, `${key}${at}`);
    // Two fit before the socket holds too much.
    expect(sent).toEqual(['a1', 'b1']);
    socket.drain();
    expect(sent).toEqual(['a1', 'b1', 'a100', 'b100']);
    expect(counts).toEqual({ superseded: 196, sent: 4, overflow: 0 });
  });

  it('is every event, in order and before values, up to a bound', () => {
    const { sent, counts, socket, outbox, value } = given();
    value('a', 'a1');
    for (let at = 1; at <= 600; at += 1) outbox.event({ at });
    value('a', 'a2');
    expect(counts.overflow).toBe(99);
    for (let turn = 0; turn < 300; turn += 1) socket.drain();
    expect(sent.slice(0, 3)).toEqual(['a1', '{"at":1}', '{"at":2}']);
    expect([sent.length, sent.at(-2), sent.at(-1)]).toEqual([503, '{"at":501}', 'a2']);
  });

  it('is nothing once it is no longer wanted, or the socket is gone', () => {
    const { sent, socket, outbox, value } = given();
    for (const text of ['a1', 'a2', 'a3', 'a4']) value('a', text);
    outbox.forget('a');
    socket.drain();
    expect(sent).toEqual(['a1', 'a2']);
    (socket as { readyState: number }).readyState = 3;
    value('a', 'a5');
    expect(sent).toHaveLength(2);
  });
});
