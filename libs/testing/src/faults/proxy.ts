/**
 * A TCP proxy that misbehaves on demand, to put between a client and Postgres, NATS or a provider.
 *
 * `cut` ends every connection and refuses new ones; `delay` holds back both directions; `dropReplies` lets requests
 * through and swallows what comes back, as when an acknowledgement is lost after the work was done; `restore` ends all
 * of it. Connections that lost bytes to dropReplies are broken for good, so `restore` resets those.
 */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface Proxy {
  /** Of 127.0.0.1. */
  port: number;
  /** Ends every connection and refuses new ones until restore(). */
  cut(): void;
  /** Holds back every byte, both ways, for so many milliseconds. */
  delay(milliseconds: number): void;
  /** Requests arrive, replies vanish. */
  dropReplies(): void;
  restore(): void;
  /** How many connections are open through the proxy. */
  connections(): number;
  stop(): Promise<void>;
}

interface Faults {
  cut: boolean;
  delay: number;
  dropReplies: boolean;
}

interface Link {
  client: Socket;
  server: Socket;
  lostBytes: boolean;
}

export async function startProxy(targetPort: number, targetHost = '127.0.0.1'): Promise<Proxy> {
  const faults: Faults = { cut: false, delay: 0, dropReplies: false };
  const links = new Set<Link>();
  const listener = createServer((client) => {
    if (faults.cut) client.resetAndDestroy();
    else open(client, connect({ port: targetPort, host: targetHost }), faults, links);
  });
  await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const end = (which: (link: Link) => boolean) => [...links].filter(which).forEach(close);
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut: () => {
      faults.cut = true;
      end(() => true);
    },
    delay: (milliseconds) => void (faults.delay = milliseconds),
    dropReplies: () => void (faults.dropReplies = true),
    restore: () => {
      Object.assign(faults, { cut: false, delay: 0, dropReplies: false });
      end((link) => link.lostBytes);
    },
    connections: () => links.size,
    stop: async () => {
      const stopped = new Promise<void>((resolve) => listener.close(() => resolve()));
      end(() => true);
      await stopped;
    },
  };
}

function close({ client, server }: Link): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}

function open(client: Socket, server: Socket, faults: Faults, links: Set<Link>): void {
  const link: Link = { client, server, lostBytes: false };
  links.add(link);
  forward(client, server, faults, () => false);
  forward(server, client, faults, () => faults.dropReplies && (link.lostBytes = true));
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on('error', () => close(link)); // a broken side breaks the other: that is what a proxy is for
    socket.on('close', () => {
      links.delete(link);
      close(link);
    });
  }
}

/** Passes bytes on in order; a delay never lets a later chunk overtake an earlier one. */
function forward(from: Socket, to: Socket, faults: Faults, lost: () => boolean): void {
  let sent = Promise.resolve();
  const later = (act: () => void) => {
    const due = performance.now() + faults.delay;
    sent = sent.then(async () => {
      const left = due - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
      act();
    });
  };
  from.on('data', (chunk) => {
    if (!lost()) later(() => to.writable && to.write(chunk));
  });
  from.on('end', () => later(() => to.end()));
}
