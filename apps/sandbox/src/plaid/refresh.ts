/** /investments/refresh, and Plaid's own endpoints for its sandbox, which the sandbox offers in its wire form. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { investmentAccounts } from './holdings.js';
import { accountsOf } from './item-view.js';
import { createItem, issuePublicToken } from './items.js';
import { PlaidError } from './plaid-error.js';
import { clientOperation, itemOperation, optionalText, options, text, texts } from './plaid-operation.js';
import { currentSigningKey } from './signing-key.js';
import { announce, plaidWebhookBody, sendPlaidWebhook } from './webhook-sender.js';

export function refreshRoute(app: FastifyInstance, sandbox: Sandbox): void {
  itemOperation(
    app,
    sandbox,
    { operation: 'investmentsRefresh', path: '/investments/refresh', limit: { perItem: 1, perClient: 100, code: 'INVESTMENTS_REFRESH_LIMIT' } },
    (item) => {
      investmentAccounts(sandbox, item, {});
      announce(sandbox, item, 'HOLDINGS', 'DEFAULT_UPDATE');
      announce(sandbox, item, 'INVESTMENTS_TRANSACTIONS', 'DEFAULT_UPDATE');
      return {};
    },
  );
}

export function sandboxRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  clientOperation(app, sandbox, { operation: 'webhookVerificationKeyGet', path: '/webhook_verification_key/get' }, async (body) => {
    await currentSigningKey(sandbox);
    const key = sandbox.links.signingKeys.get(text(body, 'key_id'));
    if (key === undefined) throw new PlaidError('INVALID_WEBHOOK_VERIFICATION_KEY_ID');
    const { kty, crv, x, y } = key.publicJwk;
    return { key: { alg: 'ES256', crv, kid: key.kid, kty, use: 'sig', x, y, created_at: key.createdAt, expired_at: key.expiredAt } };
  });
  clientOperation(app, sandbox, { operation: 'sandboxPublicTokenCreate', path: '/sandbox/public_token/create' }, (body) => {
    const institution = sandbox.world.institutionByPlaidId(text(body, 'institution_id'));
    if (institution === undefined) throw new PlaidError('INVALID_INSTITUTION');
    const wanted = options(body);
    const person = optionalText(wanted, 'override_username') ?? firstPersonAt(sandbox, institution.id);
    const accounts = sandbox.world.accountsOf(person, institution.id, 'plaid').filter(({ closed }) => closed !== true);
    const products = texts(body, 'initial_products');
    const item = createItem(sandbox, {
      institution: institution.id,
      person,
      accounts: accounts.map(({ id }) => id),
      products,
      webhook: optionalText(wanted, 'webhook'),
    });
    return { public_token: issuePublicToken(sandbox, item) };
  });
  itemOperation(app, sandbox, { operation: 'sandboxItemFireWebhook', path: '/sandbox/item/fire_webhook' }, async (item, body) => {
    const code = text(body, 'webhook_code');
    const type = optionalText(body, 'webhook_type') ?? (code === 'DEFAULT_UPDATE' ? 'TRANSACTIONS' : code === 'SYNC_UPDATES_AVAILABLE' ? 'TRANSACTIONS' : 'ITEM');
    if (item.webhook === null && !sandbox.world.world.webhooks?.plaid) throw new PlaidError('SANDBOX_WEBHOOK_INVALID');
    await sendPlaidWebhook(sandbox, item, plaidWebhookBody(sandbox, item, type, code));
    return { webhook_fired: true };
  });
  itemOperation(app, sandbox, { operation: 'sandboxItemResetLogin', path: '/sandbox/item/reset_login' }, (item) => {
    item.error = 'ITEM_LOGIN_REQUIRED';
    announce(sandbox, item, 'ITEM', 'ERROR');
    return { reset_login: accountsOf(sandbox, item).length > 0 };
  });
}

function firstPersonAt(sandbox: Sandbox, institution: string): string {
  const account = sandbox.world.world.accounts.find((candidate) => candidate.institution === institution && sandbox.world.sees('plaid', candidate));
  if (account === undefined) throw new PlaidError('NO_ACCOUNTS');
  return account.person;
}
