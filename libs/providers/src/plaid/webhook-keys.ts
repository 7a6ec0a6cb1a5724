/** Plaid's webhook keys by id: kept for a while, few of them, and never used after they expired. */
import { importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { CallContext, WebhookRefusal } from '../port.js';
import { reading } from '../reading.js';
import { fieldsAt, fieldsOf, textAt } from '../wire/shape.js';
import type { PlaidClient } from './client.js';

const KEEP_MS = 24 * 3_600_000;
/** Ids that Plaid does not know are remembered, so that a forger cannot make us ask again and again. */
const KEEP_UNKNOWN_MS = 5 * 60_000;
const MOST_KEYS = 50;

const NOBODY: CallContext = { userId: 'system', connectionId: null, institution: null };

interface PlaidKey {
  readonly jwk: JWK;
  /** Milliseconds since the epoch. */
  readonly expiredAt: number | null;
}

export class PlaidWebhookKeys {
  private readonly held = new Map<string, { readonly key: PlaidKey | null; readonly until: number }>();

  constructor(private readonly client: PlaidClient) {}

  /** @param now milliseconds since the epoch */
  async find(keyId: string, now: number): Promise<Result<CryptoKey | Uint8Array, WebhookRefusal>> {
    const known = this.held.get(keyId);
    const found = known !== undefined && known.until > now ? ok(known.key) : await this.ask(keyId, now);
    if (!found.ok) return found;
    if (found.value === null) return refuse({ reason: 'forged', detail: 'signed with a key that Plaid does not know' });
    if (found.value.expiredAt !== null && found.value.expiredAt <= now) return refuse({ reason: 'forged', detail: 'signed with a key that has expired' });
    return ok(await importJWK(found.value.jwk, 'ES256'));
  }

  private async ask(keyId: string, now: number): Promise<Result<PlaidKey | null, WebhookRefusal>> {
    const answer = await this.client.webhookKey(NOBODY, keyId);
    if (!answer.ok && answer.error.class === 'final' && answer.error.code === 'provider_error') return ok(this.keep(keyId, null, now + KEEP_UNKNOWN_MS));
    if (!answer.ok) return refuse({ reason: 'unverifiable', detail: `Plaid's key could not be fetched: ${answer.error.detail}` });
    const read = reading('plaid', 'webhookVerificationKeyGet', answer.value, keyOf);
    if (!read.ok) return refuse({ reason: 'unverifiable', detail: read.error.detail });
    return ok(this.keep(keyId, read.value, now + KEEP_MS));
  }

  private keep(keyId: string, key: PlaidKey | null, until: number): PlaidKey | null {
    this.held.delete(keyId);
    this.held.set(keyId, { key, until });
    for (const oldest of this.held.keys()) {
      if (this.held.size <= MOST_KEYS) break;
      this.held.delete(oldest);
    }
    return key;
  }
}

function keyOf(body: unknown): PlaidKey {
  const key = fieldsAt(fieldsOf(body, ''), 'key', '');
  const text = (name: string) => textAt(key, name, 'key');
  const expired = key['expired_at'];
  return {
    jwk: { kty: text('kty'), crv: text('crv'), x: text('x'), y: text('y'), alg: text('alg'), use: text('use'), kid: text('kid') },
    expiredAt: typeof expired === 'string' && /^\d+$/.test(expired) ? Number(expired) * 1000 : null,
  };
}
