/**
 * Posts one alert to one receiver, of whom nothing is believed: the address is checked again, and what it resolves to where the
 * connection is made; a redirect is a failure; all of it together has one time limit; of an answer only the status counts, and of its body a
 * little is read, so that the connection can be used again, and thrown away.
 */
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { AllowList } from '../address/allow-list.js';
import { checkUrl } from '../address/check-url.js';
import { guardedLookup } from '../address/guarded-lookup.js';
import type { Resolve } from '../address/guarded-lookup.js';
import { failed } from '../delivery.js';
import type { Delivery, Outcome } from '../delivery.js';
import { failureOf } from './failure.js';
import { retryAfterMs } from './retry-after.js';
import { signature } from './sign.js';

const LARGEST_BODY = 64 * 1024;
const LARGEST_HEADERS = 16 * 1024;
/** Beyond it a body is no longer waited for: the answer has been given. */
const BODY_MS = 1_000;

export interface WebhookSettings {
  readonly allow: AllowList;
  /** Of one attempt in all. */
  readonly timeoutMs: number;
  /** Connections to one receiver. */
  readonly connections: number;
  /** How public names are resolved; a test gives its own. */
  readonly resolve?: Resolve;
}

export class WebhookSender {
  private readonly agent: Agent;

  constructor(private readonly settings: WebhookSettings) {
    const { allow, timeoutMs, connections, resolve } = settings;
    this.agent = new Agent({
      connect: { lookup: guardedLookup(allow, resolve), timeout: timeoutMs, autoSelectFamily: true },
      connections, allowH2: false, maxHeaderSize: LARGEST_HEADERS, headersTimeout: timeoutMs, bodyTimeout: BODY_MS, keepAliveTimeout: 10_000, keepAliveMaxTimeout: 60_000,
    });
  }

  /** @param at now, in milliseconds since the epoch: the signature's time. Never throws. */
  async send({ deliveryId, target, body }: Delivery, secret: string, at: number): Promise<Outcome> {
    const checked = checkUrl(target, this.settings.allow);
    if (!checked.ok) return { kind: 'refused', reason: `its address must be ${checked.error}` };
    const url = checked.value;
    try {
      const answer = await this.agent.request({
        origin: url.origin, path: `${url.pathname}${url.search}`, method: 'POST', body, signal: AbortSignal.timeout(this.settings.timeoutMs),
        headers: {
          'content-type': 'application/json', 'user-agent': 'Tidemark-Alerts/1',
          'tidemark-event': 'alert.raised', 'tidemark-delivery': deliveryId, 'tidemark-signature': signature(secret, body, at),
        },
      });
      await throwAway(answer.body);
      return outcomeOf(answer, at);
    } catch (error) {
      return failureOf(error, this.settings.timeoutMs);
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function outcomeOf({ statusCode, headers }: Dispatcher.ResponseData, at: number): Outcome {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'delivered' };
  if (statusCode === 410) return { kind: 'refused', reason: 'it answered 410: it wants no more of this' };
  if (statusCode >= 300 && statusCode < 400) return failed(`it answered ${statusCode}, and redirects are not followed`);
  return failed(`it answered ${statusCode}`, { retryAfterMs: retryAfterMs(headers['retry-after'], at) });
}

/** However the body ends, or does not, its status has been said. */
async function throwAway(body: Dispatcher.ResponseData['body']): Promise<void> {
  try {
    await body.dump({ limit: LARGEST_BODY, signal: AbortSignal.timeout(BODY_MS) });
  } catch {
    // An answer that breaks off, or does not end, has still been given: the connection is closed, and that is all there is to do.
  }
}
