/** Hands alerts to the mail server of SMTP_URL, over a few connections that are kept open. What it says when it refuses is not repeated: it may name the address. */
import { createTransport } from 'nodemailer';
import type { alertsRpc } from '@tidemark/contracts';
import { failed } from '../delivery.js';
import type { Delivery, Outcome } from '../delivery.js';
import { compose } from './compose.js';
import { isMailbox } from './mail-address.js';

export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly timeoutMs: number;
  readonly connections: number;
}

type Transport = ReturnType<typeof transportOf>;

export class MailSender {
  private readonly transport: Transport;
  private readonly domain: string;

  constructor(private readonly settings: MailSettings) {
    this.transport = transportOf(settings);
    this.domain = settings.from.address.split('@')[1] ?? '';
  }

  /** Never throws. */
  async send({ deliveryId, target, body, raisedAt }: Delivery): Promise<Outcome> {
    if (!isMailbox(target)) return { kind: 'refused', reason: 'it is not an e-mail address' };
    const { subject, text } = compose(JSON.parse(body) as alertsRpc.AlertMessage);
    const { from, timeoutMs } = this.settings;
    try {
      await this.transport.sendMail({
        from: { ...from }, to: { name: '', address: target }, envelope: { from: from.address, to: target }, subject, text, date: new Date(raisedAt), messageId: `<${deliveryId}@${this.domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'Tidemark-Delivery': deliveryId, 'Tidemark-Event': 'alert.raised' },
        disableFileAccess: true, disableUrlAccess: true, signal: AbortSignal.timeout(timeoutMs),
      });
      return { kind: 'delivered' };
    } catch (error) {
      return failureOf(error, timeoutMs);
    }
  }

  close(): void {
    this.transport.close({ force: true });
  }
}

function transportOf({ url, timeoutMs, connections }: MailSettings) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const secure = protocol === 'smtps:';
  const auth = username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } };
  const open = searchParams.get('tls') === 'off';
  return createTransport({
    pool: true, host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (secure ? 465 : 587) : Number(port), secure, ...auth,
    // A password goes over no open line, unless the operator says so (`?tls=off`, a relay on the same machine).
    requireTLS: username !== '' && !open, ignoreTLS: open,
    maxConnections: connections, maxRequeues: 0, connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, dnsTimeout: timeoutMs, disableFileAccess: true, disableUrlAccess: true,
  });
}

/** A 5xx about the recipient is for good (RFC 5321, section 4.2.1); everything else may pass, as an operator's wrong password does. */
function failureOf(error: unknown, timeoutMs: number): Outcome {
  const { name, code, responseCode } = (error ?? {}) as { name?: unknown; code?: unknown; responseCode?: unknown };
  const answer = typeof responseCode === 'number' ? ` (${responseCode})` : '';
  if (code === 'EENVELOPE' && typeof responseCode === 'number' && responseCode >= 500) return { kind: 'refused', reason: `the mail server does not accept the address${answer}` };
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT' || code === 'EABORT') return failed(`the mail server did not answer within ${timeoutMs / 1_000} s`, { slow: true });
  if (code === 'EAUTH' || code === 'ENOAUTH') return failed(`the mail server does not accept our login${answer}`);
  if (code === 'ETLS') return failed('no secure connection to the mail server could be made');
  return failed(answer ? `the mail server refused it${answer}` : 'the mail server cannot be reached');
}
