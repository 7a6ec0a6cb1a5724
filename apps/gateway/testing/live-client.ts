/** For tests: a client of `/live` that keeps what it was told and checks every message against its schema. */
import { fieldErrors } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { WebSocket } from 'ws';
import { ServerMessage } from '../src/live/live-messages.js';

type Said = Record<string, any>;

export class LiveClient {
  readonly heard: Said[] = [];
  closed: { code: number; reason: string } | null = null;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Said;
      const wrong = fieldErrors(ServerMessage, message);
      this.heard.push(wrong ? { wrong, message } : message);
    });
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
  }

  /** @throws where the handshake is refused, with the answer's status */
  static async open(origin: string, { protocols = [], headers = {} }: { protocols?: string[]; headers?: Record<string, string> } = {}): Promise<LiveClient> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/live`, protocols, { headers });
    const client = new LiveClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (_request, response) => reject(new Error(`${response.statusCode}`)));
      socket.once('error', reject);
    });
    return client;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Waits for a message that is so. */
  until(holds: (message: Said) => boolean): Promise<Said> {
    return waitUntil(() => this.heard.find(holds), { timeoutMs: 15_000, everyMs: 5, describe: () => `a message; heard ${JSON.stringify(this.heard.slice(-5))}, ${JSON.stringify(this.closed)}` });
  }

  end(): Promise<{ code: number; reason: string }> {
    return waitUntil(() => this.closed, { timeoutMs: 15_000, everyMs: 5, describe: () => `the socket to be closed; heard ${JSON.stringify(this.heard.slice(-5))}` });
  }
}
