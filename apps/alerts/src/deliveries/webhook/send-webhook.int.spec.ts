/** What a receiver can do to its sender: nothing. Real connections to receivers on this machine. */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NOTHING_ALLOWED, parseAllowList } from '../address/allow-list.js';
import type { AllowList } from '../address/allow-list.js';
import { startReceiver } from '../deliveries.fixture.js';
import type { Receiver } from '../deliveries.fixture.js';
import type { Delivery } from '../delivery.js';
import { WebhookSender } from './send-webhook.js';
import type { WebhookSettings } from './send-webhook.js';

const LOCAL = parseAllowList('127.0.0.1') as AllowList;
const NOW = Date.parse('2026-11-20T15:00:00.000Z');
const closing: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function sender(settings: Partial<WebhookSettings> = {}): WebhookSender {
  const made = new WebhookSender({ allow: LOCAL, timeoutMs: 500, connections: 4, ...settings });
  closing.push(() => made.close());
  return made;
}

function to(target: string): Delivery {
  return { deliveryId: '019aa000-0000-7000-8000-000000000001', alertId: 'a', ruleId: 'r', userId: 'ann', kind: 'webhook', target, host: '127.0.0.1', lane: 'ann 127.0.0.1', body: '{"alertId":"a"}', raisedAt: '', since: '', attempts: 1, tries: 1 };
}

async function receiver(...given: Parameters<typeof startReceiver>): Promise<Receiver> {
  const made = await startReceiver(...given);
  closing.push(() => made.close());
  return made;
}

/** A server that speaks bytes, not HTTP. */
async function rawServer(talk: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => talk(socket));
    closing.push(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=tok-123`;
}

const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
  const began = performance.now();
  return [await work, performance.now() - began];
};

describe('a webhook', () => {
  it.each([
    [200, { kind: 'delivered' }], [204, { kind: 'delivered' }], [299, { kind: 'delivered' }], [400, { kind: 'failed', reason: 'it answered 400' }], [404, { kind: 'failed' }], [500, { kind: 'failed' }],
    [410, { kind: 'refused', reason: 'it answered 410: it wants no more of this' }],
  ])('that is answered %i', async (status, outcome) => {
    const one = await receiver((_, response) => void response.writeHead(status).end());
    expect(await sender().send(to(one.url), 'secret', NOW)).toMatchObject(outcome);
  });

  it.each([['7', 7_000], ['Fri, 20 Nov 2026 15:02:00 GMT', 120_000], ['Fri, 20 Nov 2026 14:00:00 GMT', 0], ['soon', null], ['-1', null], ['9'.repeat(40), null]])('is tried again after Retry-After: %s', async (header, wait) => {
    const one = await receiver((_, response) => void response.writeHead(429, { 'retry-after': header }).end());
    expect(await sender().send(to(one.url), 'secret', NOW)).toEqual({ kind: 'failed', reason: 'it answered 429', slow: false, retryAfterMs: wait });
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%i): neither another host nor itself gets a request more', async (status) => {
    const target = await receiver();
    const one = await receiver((_, response) => void response.writeHead(status, { location: target.url }).end());
    const loop = await receiver((request, response) => void response.writeHead(status, { location: request.path }).end());
    const outcome = { kind: 'failed', reason: `it answered ${status}, and redirects are not followed` };
    expect([await sender().send(to(one.url), 's', NOW), await sender().send(to(loop.url), 's', NOW)]).toMatchObject([outcome, outcome]);
    expect([target.connections(), one.received.length, loop.received.length]).toEqual([0, 1, 1]);
  });

  it('that is never answered is given up at its limit', async () => {
    const silent = await receiver(() => undefined);
    const [outcome, took] = await timed(sender().send(to(silent.url), 's', NOW));
    expect(outcome).toEqual({ kind: 'failed', reason: 'no answer within 0.5 s', slow: true, retryAfterMs: null });
    expect(took).toBeLessThan(3_000);
  });

  it('that is answered a byte at a time is given up at the same limit', async () => {
    const dripping = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
      const timer = setInterval(() => socket.write('a'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const [outcome, took] = await timed(sender().send(to(dripping), 's', NOW));
    expect([outcome.kind, took < 3_000]).toEqual(['failed', true]);
  });

  it('that is answered 200 is delivered, however the body goes on: endless, too short, broken off', async () => {
    let sent = 0;
    const endless = await receiver((_, response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    const [outcome, took] = await timed(sender().send(to(endless.url), 's', NOW));
    expect([outcome.kind, took < 3_000]).toEqual(['delivered', true]);
    const poured = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sent).toBe(poured);
    expect(sent).toBeLessThan(8 * 1_024 * 1_024);
    const short = await rawServer((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this'));
    const hanging = await rawServer((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this'));
    const reset = await rawServer((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this', () => setTimeout(() => socket.resetAndDestroy(), 20)));
    expect([await sender().send(to(short), 's', NOW), await sender().send(to(hanging), 's', NOW), await sender().send(to(reset), 's', NOW)].map((one) => one.kind)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it.each([
    ['headers without end', (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(64 * 1_024)}\r\n\r\n`), 'the headers of its answer are too large'],
    ['no HTTP', (socket: Socket) => void socket.write('hello, who is there?\r\n\r\n'), 'its answer is not HTTP'],
    ['a connection that is reset', (socket: Socket) => void socket.resetAndDestroy(), 'the connection was closed before an answer came'],
    ['a connection that is closed', (socket: Socket) => void socket.end(), 'the connection was closed before an answer came'],
    ['two lengths', (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nabc'), 'its answer is not HTTP'],
  ])('whose answer is %s is tried again', async (_, talk, reason) => {
    const url = await rawServer(talk);
    expect(await sender().send(to(url), 's', NOW)).toEqual({ kind: 'failed', reason, slow: false, retryAfterMs: null });
  });

  it('to nobody is tried again', async () => {
    const gone = await startReceiver();
    await gone.close();
    expect(await sender().send(to(gone.url), 's', NOW)).toMatchObject({ kind: 'failed', reason: 'the connection was refused' });
    const resolve = async () => { throw Object.assign(new Error('queryA ENOTFOUND secret.example.com'), { code: 'ENOTFOUND' }); };
    expect(await sender({ resolve }).send(to('https://secret.example.com/'), 's', NOW)).toMatchObject({ kind: 'failed', reason: 'its name cannot be resolved (ENOTFOUND)' });
  });

  it('is sent nowhere inside: not to an address that is not allowed, and not to a name that leads there, whatever it said before', async () => {
    const inside = await receiver();
    expect(await sender({ allow: NOTHING_ALLOWED }).send(to(`https://127.0.0.1:${inside.port}/?token=tok-123`), 's', NOW)).toEqual({ kind: 'refused', reason: 'its address must be an address on the public internet: 127.0.0.1 is a loopback address' });
    const answers = ['127.0.0.1', '::ffff:127.0.0.1', '::1', '169.254.169.254', '0.0.0.0'];
    const rebinding = sender({ allow: NOTHING_ALLOWED, resolve: async () => [answers.shift() ?? '127.0.0.1'] });
    for (let question = 0; question < 6; question += 1) {
      expect(await rebinding.send(to(`https://rebind.example.com:${inside.port}/`), 's', NOW)).toMatchObject({ kind: 'failed', reason: 'its name leads to an address that is not on the public internet' });
    }
    expect(inside.connections()).toBe(0);
  });

  it('over https is not sent to who cannot show a certificate', async () => {
    const plain = await receiver();
    const outcome = await sender().send(to(plain.url.replace('http:', 'https:')), 's', NOW);
    expect([outcome.kind, 'reason' in outcome ? outcome.reason : '', plain.received.length]).toEqual(['failed', expect.stringMatching(/^(no secure connection could be made|the connection was closed)/), 0]);
  });
});
