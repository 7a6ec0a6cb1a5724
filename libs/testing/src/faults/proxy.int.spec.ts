import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { startProxy, waitUntil } from '../index.js';
import type { Proxy } from '../index.js';

let echo: Server;
let proxy: Proxy;
let received: string;

beforeEach(async () => {
  received = '';
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      received += data.toString();
      socket.write(data);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startProxy((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.stop();
  echo.close();
});

async function client(): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' });
  let heard = '';
  let closed = false;
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined); // a refusal is told by closed()
  return { socket, heard: () => heard, closed: () => closed };
}

describe('the fault proxy', () => {
  it('passes bytes both ways', async () => {
    const { socket, heard } = await client();
    socket.write('hello');
    await waitUntil(() => heard() === 'hello');
  });

  it('cuts, refuses while cut, and accepts again', async () => {
    const first = await client();
    proxy.cut();
    await waitUntil(first.closed);
    const refused = await client();
    await waitUntil(refused.closed);
    proxy.restore();
    const second = await client();
    second.socket.write('again');
    await waitUntil(() => second.heard() === 'again');
  });

  it('lets the request through and loses the reply', async () => {
    const { socket, heard, closed } = await client();
    proxy.dropReplies();
    socket.write('commit');
    await waitUntil(() => received === 'commit');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard()).toBe('');
    proxy.restore();
    await waitUntil(closed, { describe: 'the connection that lost bytes to be reset' });
  });

  it('delays without reordering', async () => {
    const { socket, heard } = await client();
    proxy.delay(60);
    const start = performance.now();
    socket.write('a');
    await waitUntil(() => received === 'a', { everyMs: 1 });
    proxy.delay(0);
    socket.write('b');
    await waitUntil(() => heard() === 'ab', { everyMs: 1 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(60);
  });
});
