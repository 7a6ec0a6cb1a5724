/** Is this webhook SnapTrade's and fresh? `Signature` is the base64 HMAC-SHA256, with the consumer key, of the sorted compact JSON. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { WebhookMeaning, WebhookRefusal, WebhookRequest } from '../port.js';
import { parseLossless } from '../wire/lossless.js';
import { fieldsOf, shaped } from '../wire/shape.js';
import { canonicalWebhook } from './webhook-canonical.js';
import { snaptradeMeaning } from './webhook-meaning.js';

const OLDEST_MS = 300_000;

export function verifySnaptradeWebhook(consumerKey: string, request: WebhookRequest): Result<WebhookMeaning, WebhookRefusal> {
  const signature = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'signature')?.[1] ?? '';
  if (signature === '') return refuse({ reason: 'forged', detail: 'there is no Signature header' });
  const text = new TextDecoder().decode(request.body);
  const parsed = parseLossless(text);
  if (!parsed.ok) return refuse({ reason: 'malformed', detail: parsed.error });
  if (!signatureHolds(consumerKey, text, signature)) return refuse({ reason: 'forged', detail: 'the signature does not hold' });
  const meaning = shaped(() => snaptradeMeaning(fieldsOf(parsed.value, ''), signature));
  if (!meaning.ok) return refuse({ reason: 'malformed', detail: `${meaning.error.path}: ${meaning.error.expected}` });
  if (meaning.value.sentAt === null) return refuse({ reason: 'malformed', detail: 'eventTimestamp: an instant is expected' });
  const age = request.now - Date.parse(meaning.value.sentAt);
  if (Math.abs(age) > OLDEST_MS) return refuse({ reason: 'stale', detail: 'eventTimestamp is more than 300 seconds away' });
  return ok(meaning.value);
}

function signatureHolds(consumerKey: string, text: string, signature: string): boolean {
  const expected = createHmac('sha256', consumerKey).update(canonicalWebhook(text)).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
