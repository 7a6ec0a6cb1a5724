/**
 * Is this webhook Plaid's, fresh and whole? The header `Plaid-Verification` is a JWT (ES256 only: an attacker must not choose
 * the algorithm), signed with a key that Plaid publishes by id, not older than five minutes, and it carries the SHA-256 of the
 * raw body bytes.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { WebhookMeaning, WebhookRefusal, WebhookRequest } from '../port.js';
import { parseLossless } from '../wire/lossless.js';
import { fieldsOf, shaped } from '../wire/shape.js';
import type { Fields } from '../wire/shape.js';
import { plaidMeaning } from './webhook-meaning.js';
import type { PlaidWebhookKeys } from './webhook-keys.js';

const OLDEST_MS = 5 * 60_000;
/** Clocks differ a little. */
const EARLIEST_MS = 60_000;
const LONGEST_HEADER = 8_192;

export async function verifyPlaidWebhook(keys: PlaidWebhookKeys, request: WebhookRequest): Promise<Result<WebhookMeaning, WebhookRefusal>> {
  const token = headerOf(request.headers, 'plaid-verification');
  if (token === null || token.length > LONGEST_HEADER) return refuse({ reason: 'forged', detail: 'there is no usable Plaid-Verification header' });
  const keyId = keyIdOf(token);
  if (keyId === null) return refuse({ reason: 'forged', detail: 'Plaid-Verification is no ES256 token with a key id' });
  const key = await keys.find(keyId, request.now);
  if (!key.ok) return key;
  const claims = await claimsOf(token, key.value);
  if (claims === null) return refuse({ reason: 'forged', detail: 'the signature does not hold' });
  const { issuedAt, bodyHash } = claims;
  const hash = createHash('sha256').update(request.body).digest('hex');
  if (!equal(hash, bodyHash)) return refuse({ reason: 'forged', detail: 'the body is not the one that was signed' });
  const age = request.now - issuedAt * 1000;
  if (age > OLDEST_MS) return refuse({ reason: 'stale', detail: 'signed more than five minutes ago' });
  if (age < -EARLIEST_MS) return refuse({ reason: 'forged', detail: 'signed in the future' });
  return meaningOf(request.body, issuedAt, hash);
}

export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | null {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return found === undefined || found[1] === '' ? null : found[1];
}

function keyIdOf(token: string): string | null {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return alg === 'ES256' && typeof kid === 'string' && kid.length > 0 && kid.length <= 200 ? kid : null;
  } catch {
    // Not a token at all: an expected refusal, which the caller words.
    return null;
  }
}

async function claimsOf(token: string, key: Parameters<typeof compactVerify>[1]): Promise<{ issuedAt: number; bodyHash: string } | null> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ['ES256'] });
    const claims = JSON.parse(new TextDecoder().decode(payload)) as { iat?: unknown; request_body_sha256?: unknown } | null;
    if (typeof claims?.iat !== 'number' || typeof claims.request_body_sha256 !== 'string') return null;
    return { issuedAt: claims.iat, bodyHash: claims.request_body_sha256 };
  } catch {
    // jose throws for every way in which a signature does not hold; all of them mean the same here.
    return null;
  }
}

function equal(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Daily updates may be equal to the letter, so the time of signing is part of what makes a message the same one. */
function meaningOf(body: Uint8Array, issuedAt: number, hash: string): Result<WebhookMeaning, WebhookRefusal> {
  const parsed = parseLossless(new TextDecoder().decode(body));
  if (!parsed.ok) return refuse({ reason: 'malformed', detail: parsed.error });
  const read = shaped((): Fields => fieldsOf(parsed.value, ''));
  if (!read.ok) return refuse({ reason: 'malformed', detail: `${read.error.path}: ${read.error.expected}` });
  const meaning = shaped(() => plaidMeaning(read.value, { sentAt: new Date(issuedAt * 1000).toISOString(), dedupeKey: `plaid:${issuedAt}:${hash}` }));
  return meaning.ok ? meaning : refuse({ reason: 'malformed', detail: `${meaning.error.path}: ${meaning.error.expected}` });
}
