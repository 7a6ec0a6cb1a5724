/**
 * Plaid's webhooks: a JSON body with two spaces of indent, and in `Plaid-Verification` a JWT (ES256) that carries
 * the body's SHA-256 and the time of signing. Real time, not the sandbox's: the receiver compares with its own clock.
 */
import { createHash, randomBytes } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { Sandbox } from '../server/sandbox.js';
import { deliver, type Delivered, type SendOptions } from '../server/deliver.js';
import type { PlaidItem } from '../state/link-state.js';
import { plaidErrorObject } from './plaid-error.js';
import { currentSigningKey, newSigningKey } from './signing-key.js';

const IN_A_WEEK_MS = 7 * 86_400_000;

/** What Plaid's body of a type and code holds beside the two. */
export function plaidWebhookBody(sandbox: Sandbox, item: PlaidItem, type: string, code: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  const usual: Record<string, Record<string, unknown>> = {
    'HOLDINGS/DEFAULT_UPDATE': { error: null, new_holdings: 0, updated_holdings: 1 },
    'INVESTMENTS_TRANSACTIONS/DEFAULT_UPDATE': { error: null, new_investments_transactions: 1, cancelled_investments_transactions: 0 },
    'INVESTMENTS_TRANSACTIONS/HISTORICAL_UPDATE': { error: null, new_investments_transactions: 1, cancelled_investments_transactions: 0 },
    'TRANSACTIONS/SYNC_UPDATES_AVAILABLE': { initial_update_complete: true, historical_update_complete: true },
    'ITEM/ERROR': { error: plaidErrorObject('ITEM_LOGIN_REQUIRED') },
    'ITEM/PENDING_EXPIRATION': { consent_expiration_time: sandbox.clock.in(IN_A_WEEK_MS) },
    'ITEM/PENDING_DISCONNECT': { reason: 'INSTITUTION_TOKEN_EXPIRATION', disconnect_time: sandbox.clock.in(IN_A_WEEK_MS) },
    'ITEM/USER_PERMISSION_REVOKED': { error: { ...plaidErrorObject('ITEM_NOT_FOUND'), error_code: 'USER_PERMISSION_REVOKED' } },
    'ITEM/NEW_ACCOUNTS_AVAILABLE': { error: null },
    'ITEM/WEBHOOK_UPDATE_ACKNOWLEDGED': { error: null, new_webhook_url: item.webhook ?? '' },
  };
  return { webhook_type: type, webhook_code: code, item_id: item.itemId, ...usual[`${type}/${code}`], ...extra, environment: 'sandbox' };
}

/** Signs and sends. @returns one outcome a delivery */
export async function sendPlaidWebhook(sandbox: Sandbox, item: PlaidItem, body: Record<string, unknown>, options: SendOptions = {}): Promise<Delivered[]> {
  const url = options.url ?? item.webhook ?? sandbox.world.world.webhooks?.plaid;
  if (url === null || url === undefined) return [];
  const signed = JSON.stringify(body, null, 2);
  const token = await verification(sandbox, signed, options);
  const sent = options.forge === 'body' ? JSON.stringify({ ...body, environment: 'production' }, null, 2) : signed;
  return deliver(sandbox, 'plaid', url, sent, { 'plaid-verification': token }, options);
}

/** Sends by itself what Plaid would, unless the world says otherwise. */
export function announce(sandbox: Sandbox, item: PlaidItem, type: string, code: string): void {
  if (sandbox.world.world.webhooks?.automatic === false) return;
  void sendPlaidWebhook(sandbox, item, plaidWebhookBody(sandbox, item, type, code)).catch((error: unknown) =>
    sandbox.log.error('a webhook could not be made', { error: String(error) }),
  );
}

async function verification(sandbox: Sandbox, body: string, { forge, staleBySeconds = 0 }: SendOptions): Promise<string> {
  const published = await currentSigningKey(sandbox);
  const issued = Math.floor(Date.now() / 1000) - staleBySeconds;
  const claims = { iat: issued, request_body_sha256: createHash('sha256').update(body).digest('hex') };
  if (forge === 'alg') {
    // The classic swap: HMAC over the published public key, hoping that the receiver believes the header.
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: published.kid, typ: 'JWT' }).sign(forgedSecret(published.publicJwk.x));
  }
  const key = forge === 'signature' ? await newSigningKey(sandbox) : published;
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: published.kid, typ: 'JWT' }).sign(await importJWK(key.privateJwk, 'ES256'));
}

function forgedSecret(x: string | undefined): Uint8Array {
  return x === undefined ? randomBytes(32) : Buffer.from(x, 'base64url');
}
