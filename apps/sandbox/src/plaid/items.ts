/** /item/get, /item/remove and /item/webhook/update, and what a person's approval makes of an item. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { PlaidItem } from '../state/link-state.js';
import { itemView } from './item-view.js';
import { PlaidError } from './plaid-error.js';
import { itemOperation, optionalText } from './plaid-operation.js';
import { announce } from './webhook-sender.js';

export function itemRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  itemOperation(
    app,
    sandbox,
    { operation: 'itemGet', path: '/item/get', limit: { perItem: 15, perClient: 5_000, code: 'ITEM_GET_LIMIT' } },
    (item) => {
      const now = sandbox.clock.now().toISOString();
      const updated = { last_successful_update: now, last_failed_update: null };
      return {
        item: { ...itemView(sandbox, item), created_at: item.createdAt, consented_use_cases: [], consented_data_scopes: [] },
        status: { investments: updated, transactions: updated, last_webhook: null },
      };
    },
  );
  itemOperation(app, sandbox, { operation: 'itemRemove', path: '/item/remove' }, (item) => {
    item.removed = true;
    item.journal = [];
    return {};
  });
  itemOperation(app, sandbox, { operation: 'itemWebhookUpdate', path: '/item/webhook/update' }, (item, body) => {
    const webhook = optionalText(body, 'webhook');
    if (webhook !== null && !URL.canParse(webhook)) throw new PlaidError('INVALID_FIELD', 'webhook must be a URL');
    item.webhook = webhook;
    announce(sandbox, item, 'ITEM', 'WEBHOOK_UPDATE_ACKNOWLEDGED');
    return { item: itemView(sandbox, item) };
  });
}

export interface NewItem {
  institution: string;
  person: string;
  accounts: string[];
  products: string[];
  webhook: string | null;
}

export function createItem(sandbox: Sandbox, wanted: NewItem): PlaidItem {
  const item: PlaidItem = {
    ...wanted,
    itemId: sandbox.newId().replaceAll('-', ''),
    accessToken: `access-sandbox-${sandbox.newId()}`,
    error: null,
    createdAt: sandbox.clock.now().toISOString(),
    removed: false,
    journal: [],
  };
  sandbox.links.addItem(item);
  return item;
}

const HALF_AN_HOUR_MS = 30 * 60_000;

/** A one-time token that `/item/public_token/exchange` takes within half an hour. */
export function issuePublicToken(sandbox: Sandbox, item: PlaidItem): string {
  const token = `public-sandbox-${sandbox.newId()}`;
  sandbox.links.publicTokens.set(token, { token, itemId: item.itemId, used: false, expiresAt: sandbox.clock.in(HALF_AN_HOUR_MS) });
  return token;
}
