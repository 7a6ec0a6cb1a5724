/** POST /_control/webhooks/{provider}: sends a truly signed webhook, or one that is forged, stale or repeated. */
import type { FastifyInstance } from 'fastify';
import { plaidAccountId } from '../plaid/account-view.js';
import { plaidWebhookBody, sendPlaidWebhook } from '../plaid/webhook-sender.js';
import { FORGERIES, type Delivered, type SendOptions } from '../server/deliver.js';
import type { Sandbox } from '../server/sandbox.js';
import { snapAccountId, subjectOf } from '../snaptrade/authorizations.js';
import { SNAPTRADE_EVENTS, sendSnapTradeWebhook } from '../snaptrade/webhook-sender.js';
import { defined, objectOf, onlyFields, optionalString, optionalWhole, oneOf, problem, Refusal, type ControlBody } from './refusal.js';

const OPTIONS = ['url', 'staleBySeconds', 'forge', 'repeat', 'fields'] as const;

export function webhookControl(app: FastifyInstance, sandbox: Sandbox): void {
  app.post('/webhooks/plaid', async (request) => {
    const body = objectOf(request.body);
    onlyFields(body, ['type', 'code', 'item', 'account', ...OPTIONS]);
    const item = sandbox.links.items.get(text(body, 'item'));
    if (item === undefined) throw problem('item', 'is no item_id of this sandbox');
    const account = optionalString(body, 'account');
    const subject = account === undefined ? {} : { account_id: sandbox.world.account(account) === undefined ? account : plaidAccountId(item, account) };
    const payload = plaidWebhookBody(sandbox, item, text(body, 'type'), text(body, 'code'), { ...subject, ...fieldsOf(body) });
    return answer(await sendPlaidWebhook(sandbox, item, payload, sendOptions(body)));
  });
  app.post('/webhooks/snaptrade', async (request) => {
    const body = objectOf(request.body);
    onlyFields(body, ['eventType', 'authorization', 'account', 'userId', ...OPTIONS]);
    const eventType = oneOf(body, 'eventType', SNAPTRADE_EVENTS);
    return answer(await sendSnapTradeWebhook(sandbox, eventType, { ...subjectFrom(sandbox, body), ...fieldsOf(body) }, sendOptions(body)));
  });
}

function subjectFrom(sandbox: Sandbox, body: ControlBody): Record<string, string> {
  const id = optionalString(body, 'authorization');
  const userId = optionalString(body, 'userId');
  if (id === undefined) return userId === undefined ? {} : { userId };
  const authorization = sandbox.links.authorizations.get(id);
  if (authorization === undefined) throw problem('authorization', 'is no authorization of this sandbox');
  const account = optionalString(body, 'account');
  const accountId = account === undefined ? undefined : sandbox.world.account(account) === undefined ? account : snapAccountId(authorization, account);
  return { ...subjectOf(sandbox, authorization), ...(accountId === undefined ? {} : { accountId }) };
}

function answer(delivered: Delivered[]): { delivered: Delivered[] } {
  if (delivered.length === 0) throw new Refusal(422, 'there is nowhere to send it: give url, or set webhooks in the world (or the item its own in the link token)');
  return { delivered };
}

function sendOptions(body: ControlBody): SendOptions {
  return defined<SendOptions>({
    url: optionalString(body, 'url'),
    staleBySeconds: optionalWhole(body, 'staleBySeconds', -86_400_000, 86_400_000),
    forge: body['forge'] === undefined ? undefined : oneOf(body, 'forge', FORGERIES),
    repeat: optionalWhole(body, 'repeat', 1, 1_000),
  });
}

function fieldsOf(body: ControlBody): Record<string, unknown> {
  return body['fields'] === undefined ? {} : objectOf(body['fields']);
}

function text(body: ControlBody, field: string): string {
  const value = optionalString(body, field);
  if (value === undefined) throw problem(field, 'is required');
  return value;
}
