/** A small quote socket for specs, on real TCP, that speaks as Financial Modeling Prep's does. */
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export const KEY = 'a-key-of-fmp';

export interface FmpSocket {
  readonly url: string;
  /** Symbols that somebody follows, in upper case. */
  followed(): string[];
  /** Connections that were made until now. */
  readonly connections: () => number;
  trade(symbol: string, price: string, at: number): void;
  /** Sends any text to everybody. */
  say(text: string): void;
  /** Cuts every connection without a word. */
  cut(): void;
  close(): Promise<void>;
}

export async function startFmpSocket(): Promise<FmpSocket> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const clients = new Map<WebSocket, Set<string>>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    let loggedIn = false;
    socket.on('close', () => clients.delete(socket));
    socket.on('message', (data: Buffer) => {
      const { event, data: given } = JSON.parse(data.toString()) as { event: string; data: { apiKey?: string; ticker?: string | string[] } };
      const answer = (status: number, message: string) => socket.send(JSON.stringify({ event, status, message }));
      if (event === 'login') {
        loggedIn = given.apiKey === KEY;
        if (loggedIn) clients.set(socket, new Set());
        return answer(loggedIn ? 200 : 401, loggedIn ? 'Authenticated' : 'Unauthorized');
      }
      const followed = clients.get(socket);
      if (!loggedIn || !followed) return answer(401, 'Not authenticated');
      for (const ticker of [given.ticker ?? []].flat()) followed[event === 'subscribe' ? 'add' : 'delete'](ticker);
      answer(200, event);
    });
  });
  const say = (text: string, ticker?: string) => {
    for (const [socket, followed] of clients) if (ticker === undefined || followed.has(ticker)) socket.send(text);
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    followed: () => [...new Set([...clients.values()].flatMap((tickers) => [...tickers]))].map((ticker) => ticker.toUpperCase()).sort(),
    connections: () => connections,
    trade: (symbol, price, at) => say(`{"s":"${symbol.toLowerCase()}","t":${at},"type":"T","lp":${price},"ls":5}`, symbol.toLowerCase()),
    say: (text) => say(text),
    cut: () => {
      for (const socket of clients.keys()) socket.terminate();
    },
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
