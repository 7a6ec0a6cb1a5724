/** Mail from the row to a mail server on this machine. */
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { ManualClock, waitUntil } from '@tidemark/testing';
import { deliveryBench } from '../deliveries.fixture.js';
import type { Bench } from '../deliveries.fixture.js';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const clock = new ManualClock('2026-11-20T15:00:00.000Z');
let bench: Bench;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  bench = await deliveryBench('mail', clock);
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => bench.close());

async function mailServer(options: SMTPServerOptions = {}, port = 0): Promise<{ port: number; mails: Mail[]; close(): Promise<void> }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'], logger: false, closeTimeout: 50,
    onData(stream, { envelope }, callback) {
      void text(stream).then((raw) => {
        const [head = '', ...body] = raw.split('\r\n\r\n');
        const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map((one) => one.address), headers: new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])), body: body.join('\r\n\r\n') });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  closing.push(close);
  return { port: (server.server.address() as AddressInfo).port, mails, close };
}

function worker(url: string, env: Record<string, string> = {}) {
  const made = bench.worker({ env: { SMTP_URL: url, SMTP_FROM: 'Tidemark <alerts@tidemark.example>', SMTP_TIMEOUT: '2s', ...env } });
  closing.push(() => made.close());
  return made;
}

const mail = (name?: string) => bench.raise([{ kind: 'email', to: 'ann@example.com' }], name === undefined ? {} : { name });
const ended = async (alertId: string, attempts = 1) => {
  await waitUntil(async () => (await bench.database.query('SELECT 1 FROM delivery WHERE alert_id = $1 AND attempts >= $2 AND locked_by IS NULL', [alertId, attempts])).rowCount > 0, { describe: 'the attempt to end', timeoutMs: 15_000 });
  return (await bench.deliveries(alertId))[0];
};

/** Encoded words (RFC 2047), of which one is folded from the next by a space. */
const decoded = (header: string) => header.replace(/\?= =\?UTF-8\?Q\?/g, '').replace(/^=\?UTF-8\?Q\?(.*)\?=$/, '$1').replaceAll('_', ' ').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

describe('a delivery by e-mail', () => {
  it('has plain text, an id that is the delivery’s, and says that no person wrote it', async () => {
    const server = await mailServer();
    const alert = await mail();
    worker(`smtp://127.0.0.1:${server.port}`);
    const delivery = await ended(alert.alertId);
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 1, target: 'ann@example.com' });
    const [received] = server.mails;
    expect(received).toMatchObject({ from: 'alerts@tidemark.example', to: ['ann@example.com'] });
    expect(Object.fromEntries(received?.headers ?? [])).toMatchObject({
      from: 'Tidemark <alerts@tidemark.example>', to: 'ann@example.com', subject: 'Alert: Low cash', 'message-id': `<${delivery?.id ?? ''}@tidemark.example>`, 'tidemark-delivery': delivery?.id, 'auto-submitted': 'auto-generated',
      date: 'Fri, 20 Nov 2026 15:00:00 +0000', 'content-type': expect.stringMatching(/^text\/plain/),
    });
    expect(received?.body).toMatch(/^The portfolio is worth 900\.5 USD, below 1000 USD\.\r\n\r\nValue: 900\.5 USD\r\nThreshold: 1000 USD\r\nRule: Low cash \(balance_below\)/);
  });

  it('has no header and no recipient that a rule’s name brings', async () => {
    const server = await mailServer();
    const alert = await mail('x\r\nBcc: eve@example.com\r\n\r\nbody <script>, "q" <eve@example.com>');
    worker(`smtp://127.0.0.1:${server.port}`);
    expect(await ended(alert.alertId)).toMatchObject({ status: 'delivered' });
    const [received] = server.mails;
    expect([received?.to, received?.headers.has('bcc'), decoded(received?.headers.get('subject') ?? '')]).toEqual([['ann@example.com'], false, 'Alert: x Bcc: eve@example.com body <script>, "q" <eve@example.com>']);
  });

  it('is tried again while the server is down, and sent once it is back', async () => {
    const first = await mailServer();
    await first.close();
    const alert = await mail();
    const sending = worker(`smtp://127.0.0.1:${first.port}`);
    const failed = await ended(alert.alertId);
    expect(failed).toMatchObject({ status: 'retrying', lastError: 'the mail server cannot be reached' });
    const back = await mailServer({}, first.port);
    clock.set(failed?.nextAttemptAt ?? '');
    sending.wake();
    expect(await ended(alert.alertId, 2)).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(back.mails).toHaveLength(1);
  });

  it('is parked where the server does not know the address, and tried again where it is only busy', async () => {
    const say = (responseCode: number) => (_: unknown, __: unknown, callback: (error: Error) => void) => callback(Object.assign(new Error('no <ann@example.com>'), { responseCode }));
    const [unknown, busy] = [await mailServer({ onRcptTo: say(550) }), await mailServer({ onRcptTo: say(451) })];
    const first = await mail();
    worker(`smtp://127.0.0.1:${unknown.port}`);
    expect(await ended(first.alertId)).toMatchObject({ status: 'parked', lastError: 'the mail server does not accept the address (550)' });
    await Promise.all(closing.splice(2).map((close) => close()));
    const second = await mail();
    worker(`smtp://127.0.0.1:${busy.port}`);
    expect(await ended(second.alertId)).toMatchObject({ status: 'retrying', lastError: 'the mail server refused it (451)' });
  });

  it('is tried again where the login is not accepted; the password is in no line that is logged, and goes over no open line', async () => {
    const server = await mailServer({ authOptional: false, onAuth: (_, __, callback) => callback(Object.assign(new Error('no'), { responseCode: 535 })) });
    const first = await mail();
    const open = worker(`smtp://ann:tok-987654@127.0.0.1:${server.port}`);
    expect(await ended(first.alertId)).toMatchObject({ status: 'retrying', lastError: 'no secure connection to the mail server could be made' });
    await open.close();
    const second = await mail();
    worker(`smtp://ann:tok-987654@127.0.0.1:${server.port}?tls=off`);
    expect(await ended(second.alertId)).toMatchObject({ status: 'retrying', lastError: 'the mail server does not accept our login (535)' });
    expect(bench.lines.join('')).not.toMatch(/tok-987654/);
  });

  it('to a server that never answers ends at its limit', async () => {
    const server = await mailServer({ onMailFrom: () => undefined });
    const alert = await mail();
    worker(`smtp://127.0.0.1:${server.port}`, { SMTP_TIMEOUT: '300ms' });
    expect(await ended(alert.alertId)).toMatchObject({ status: 'retrying', lastError: 'the mail server did not answer within 0.3 s' });
  });
});
