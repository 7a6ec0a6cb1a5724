/**
 * What is still to be sent to one client. Of a value only the newest matters, so each has one place and a newer one takes it: a client that
 * reads slowly gets fewer values, never older ones. Events must all come, so they queue, up to a bound; whoever cannot follow that is let go
 * and reads the state anew. Nothing is given to the socket while it still holds more than a little: what it holds can no longer be replaced.
 */
import type { WebSocket } from 'ws';

/** So much may lie in the socket's own buffer. */
const MOST_BUFFERED_BYTES = 64 * 1_024;
const MOST_QUEUED = 500;

export interface OutboxListener {
  /** A value that had not been sent was replaced by a newer one. */
  superseded(): void;
  sent(): void;
  /** Events are lost from here on. */
  overflow(): void;
}

export class Outbox {
  private readonly queue: string[] = [];
  private readonly newest = new Map<string, Uint8Array>();

  constructor(
    private readonly socket: Pick<WebSocket, 'send' | 'bufferedAmount' | 'readyState'>,
    private readonly listener: OutboxListener,
  ) {}

  /** In order, and none is left out. */
  event(message: object): void {
    if (this.queue.length >= MOST_QUEUED) return this.listener.overflow();
    this.queue.push(JSON.stringify(message));
    this.pump();
  }

  /** @param text UTF-8 of the whole message */
  value(key: string, text: Uint8Array): void {
    if (this.newest.has(key)) this.listener.superseded();
    this.newest.set(key, text);
    this.pump();
  }

  forget(key: string): void {
    this.newest.delete(key);
  }

  private pump(): void {
    while (this.socket.readyState === 1 && this.socket.bufferedAmount < MOST_BUFFERED_BYTES) {
      const text = this.queue.shift() ?? this.takeNewest();
      if (text === undefined) return;
      this.listener.sent();
      this.socket.send(text, { binary: false }, this.written);
    }
  }

  /** Called as the socket gets rid of what it was given. An error ends the socket, which tells of it itself. */
  private readonly written = (): void => {
    if (this.queue.length > 0 || this.newest.size > 0) this.pump();
  };

  private takeNewest(): Uint8Array | undefined {
    for (const [key, text] of this.newest) {
      this.newest.delete(key);
      return text;
    }
    return undefined;
  }
}
