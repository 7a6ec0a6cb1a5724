/** The quote socket of the price source, in its words, at the pace of the bench. */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

export const FMP_KEY = 'a-key-of-the-bench';

export async function startTicker() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const followed = new Set();
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { event, data: given } = JSON.parse(data.toString());
      if (event === 'subscribe') for (const ticker of [given.ticker].flat()) followed.add(ticker.toUpperCase());
      if (event === 'unsubscribe') for (const ticker of [given.ticker].flat()) followed.delete(ticker.toUpperCase());
      socket.send(JSON.stringify({ event, status: 200, message: 'ok' }));
    });
  });
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    followed,
    trade: (symbol, price) => {
      const text = `{"s":"${symbol.toLowerCase()}","t":${Date.now()},"type":"T","lp":${price},"ls":1}`;
      for (const socket of server.clients) socket.send(text);
    },
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
