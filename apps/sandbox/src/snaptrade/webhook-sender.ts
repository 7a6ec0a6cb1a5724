/** SnapTrade's webhooks: sorted compact JSON, signed in `Signature`, dated in real time by `eventTimestamp`. */
import { randomBytes } from 'node:crypto';
import { deliver, type Delivered, type SendOptions } from '../server/deliver.js';
import type { Sandbox } from '../server/sandbox.js';
import { webhookSignature, webhookText } from './signature.js';

export const SNAPTRADE_EVENTS = [
  'USER_REGISTERED', 'USER_DELETED', 'CONNECTION_ATTEMPTED', 'CONNECTION_ADDED', 'CONNECTION_DELETED', 'CONNECTION_BROKEN', 'CONNECTION_FIXED',
  'CONNECTION_UPDATED', 'CONNECTION_FAILED', 'NEW_ACCOUNT_AVAILABLE', 'ACCOUNT_TRANSACTIONS_INITIAL_UPDATE', 'ACCOUNT_TRANSACTIONS_UPDATED',
  'ACCOUNT_REMOVED', 'ACCOUNT_HOLDINGS_UPDATED', 'TRADE_DETECTION', 'TRADE_UPDATE',
] as const;

/** @param fields what the event is about: userId, brokerageAuthorizationId, accountId … */
export async function sendSnapTradeWebhook(sandbox: Sandbox, eventType: string, fields: Record<string, unknown>, options: SendOptions = {}): Promise<Delivered[]> {
  const url = options.url ?? sandbox.world.world.webhooks?.snaptrade;
  if (url === null || url === undefined) return [];
  const { clientId, consumerKey } = sandbox.credentials.snaptrade;
  const at = new Date(Date.now() - (options.staleBySeconds ?? 0) * 1000).toISOString();
  const body = { webhookId: sandbox.newId(), clientId, eventTimestamp: at, eventType, ...fields };
  const key = options.forge === 'signature' ? randomBytes(24).toString('base64url') : consumerKey;
  // `alg` has no meaning here; the nearest mistake is a request's signature (raw letters, encoded key, other text).
  const signature = options.forge === 'alg' ? webhookSignature(consumerKey, { content: body }) : webhookSignature(key, body);
  const sent = options.forge === 'body' ? { ...body, webhookId: sandbox.newId() } : body;
  return deliver(sandbox, 'snaptrade', url, webhookText(sent), { Signature: signature }, options);
}

/** Sends by itself what SnapTrade would, unless the world says otherwise. */
export function announceSnapTrade(sandbox: Sandbox, eventType: (typeof SNAPTRADE_EVENTS)[number], fields: Record<string, unknown>): void {
  if (sandbox.world.world.webhooks?.automatic === false) return;
  void sendSnapTradeWebhook(sandbox, eventType, fields).catch((error: unknown) =>
    sandbox.log.error('a webhook could not be made', { error: String(error) }),
  );
}
