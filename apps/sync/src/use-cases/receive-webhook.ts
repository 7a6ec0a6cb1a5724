/**
 * A provider tells us something. Its signature is checked over the very bytes that came; then the webhook, the event and whatever is
 * to be done are written in one transaction, and only then is it answered. The id is derived from the provider's own, so that a
 * repeat, a second later or on another replica, finds it there and does nothing.
 */
import { problem, type syncRpc } from '@tidemark/contracts';
import type { Problem, RequestOf, ResponseOf, WebhookReceived } from '@tidemark/contracts';
import type { LogTransaction } from '@tidemark/event-log';
import { instant, NAMESPACE, ok, refuse, uuidV5 } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { WebhookMeaning } from '@tidemark/providers';
import { connectionOfWebhook } from '../connection/query.js';
import type { ConnectionRow } from '../connection/query.js';
import type { SyncDeps } from '../deps.js';
import { enqueue } from '../job/enqueue.js';
import { stripNumbers } from '../snapshot/strip-numbers.js';
import { decideWebhook } from '../webhook/webhook.decide.js';
import type { WebhookDecision } from '../webhook/webhook.decide.js';

type Answer = ResponseOf<typeof syncRpc.receiveWebhook>;

interface Arrived {
  readonly webhookId: string;
  readonly provider: string;
  readonly now: number;
  readonly meaning: WebhookMeaning;
  readonly connection: ConnectionRow | null;
  readonly decision: WebhookDecision;
}

export async function receiveWebhook(deps: SyncDeps, request: RequestOf<typeof syncRpc.receiveWebhook>): Promise<Result<Answer, Problem>> {
  const provider = await deps.providers.get(request.provider);
  if (!provider) return refuse(problem('not_found', `no webhooks of ${request.provider} are expected here`));
  const now = deps.clock.now();
  const verified = await provider.port.verifyWebhook({ headers: request.headers, body: Buffer.from(request.bodyBase64, 'base64'), now });
  if (!verified.ok) {
    const { reason, detail } = verified.error;
    deps.metrics.webhook(request.provider, reason);
    deps.logger.warn({ provider: request.provider, reason, detail }, 'a webhook was refused');
    return refuse(problem('webhook_refused', detail, { extra: { reason } }));
  }
  const meaning = verified.value;
  const connection = await connectionOfWebhook(deps.database, request.provider, meaning.providerConnectionId, meaning.providerAccountId);
  const subject = connection && { connectionId: connection.connectionId, status: connection.status, lastGoodSyncAt: connection.goodStartedAt === null ? null : Date.parse(connection.goodStartedAt) };
  const decision = decideWebhook(meaning, subject);
  const webhookId = uuidV5(NAMESPACE.webhook, `${request.provider}/${meaning.dedupeKey}`);
  const isNew = await store(deps, { webhookId, provider: request.provider, now, meaning, connection, decision });
  const told = { provider: request.provider, kind: meaning.kind, action: decision.action, connectionId: connection?.connectionId ?? null, duplicate: !isNew };
  deps.metrics.webhook(request.provider, isNew ? 'accepted' : 'duplicate');
  deps.logger.info(told, 'webhook received');
  if (isNew && decision.enqueue) deps.wake();
  return ok({ accepted: true, duplicate: !isNew, action: isNew ? decision.action : 'duplicate' });
}

/** @returns false where it was there already */
async function store(deps: SyncDeps, arrived: Arrived): Promise<boolean> {
  const { webhookId, provider, now, meaning, connection, decision } = arrived;
  const done = await deps.log.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `INSERT INTO webhook_inbox (webhook_id, provider, kind, action, user_id, connection_id, received_at, sent_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      [webhookId, provider, meaning.kind, decision.action, connection?.userId ?? null, connection?.connectionId ?? null, instant(now), meaning.sentAt, JSON.stringify(stripNumbers(meaning.body))],
    );
    if (rowCount === 0) return false;
    // Nobody's webhook is kept in the inbox alone: an event belongs to a user.
    if (connection) await act(deps, tx, arrived, connection);
    return true;
  });
  // The inbox forgets after a while, the log never does.
  return done.ok ? done.value.value : false;
}

async function act(deps: SyncDeps, tx: LogTransaction, arrived: Arrived, connection: ConnectionRow): Promise<void> {
  const { webhookId, provider, now, meaning, decision } = arrived;
  const { userId, connectionId } = connection;
  const data: WebhookReceived = {
    userId, connectionId, provider, kind: meaning.kind, providerConnectionId: meaning.providerConnectionId, providerAccountId: meaning.providerAccountId,
    sentAt: meaning.sentAt, action: decision.action, by: meaning.by, body: stripNumbers(meaning.body),
  };
  tx.append({ userId, stream: `webhook-${provider}-${connectionId}`, expectedVersion: 'any', events: [{ id: webhookId, type: 'WebhookReceived', time: instant(now), data }] });
  if (decision.block) {
    await tx.query(`INSERT INTO connection_sync (connection_id, user_id, blocked) VALUES ($1, $2, 'relink') ON CONFLICT (connection_id) DO UPDATE SET blocked = 'relink'`, [connectionId, userId]);
  }
  if (decision.wholeRange) {
    await tx.query('INSERT INTO connection_sync (connection_id, user_id, whole_wanted) VALUES ($1, $2, true) ON CONFLICT (connection_id) DO UPDATE SET whole_wanted = true', [connectionId, userId]);
  }
  if (decision.enqueue) await enqueue(tx, { syncId: deps.newId(), connectionId, userId, provider, reason: 'webhook', requestedAt: instant(now) });
}
