/** POST /_control/links/approve, and GET /_control/links to see what has been linked. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { approveKey } from './approve-key.js';
import { approvePlaid } from './approve-plaid.js';
import { approveSnapTrade } from './approve-snaptrade.js';
import type { As } from './approval.js';
import { defined, objectOf, oneOf, onlyFields, optionalString, problem, type ControlBody } from './refusal.js';

export function linkControl(app: FastifyInstance, sandbox: Sandbox): void {
  app.post('/links/approve', async (request) => {
    const body = objectOf(request.body);
    onlyFields(body, ['link', 'as']);
    const link = objectOf(body['link']);
    const as = asOf(body['as'] === undefined ? {} : objectOf(body['as']));
    const kind = oneOf({ 'link.kind': link['kind'] }, 'link.kind', ['plaid_link', 'snaptrade_portal', 'api_key']);
    const answer = kind === 'plaid_link' ? approvePlaid(sandbox, given(link, 'token'), as) : kind === 'api_key' ? approveKey(sandbox, given(link, 'url'), as) : approveSnapTrade(sandbox, given(link, 'url'), as);
    sandbox.changed();
    return answer;
  });
  app.get('/links', async () => ({
    items: [...sandbox.links.items.values()].map(({ itemId, institution, person, accounts, products, webhook, error, removed }) => ({ itemId, institution, person, accounts, products, webhook, error, removed })),
    coinbaseKeys: [...sandbox.links.coinbaseKeys.values()].map(({ name, accounts }) => ({ name, accounts })),
    authorizations: [...sandbox.links.authorizations.values()].map(({ id, userId, institution, person, type, disabledAt }) => ({ id, userId, institution, person, type, disabledAt })),
  }));
}

function given(link: ControlBody, field: 'token' | 'url'): string {
  const value = link[field];
  if (typeof value !== 'string') throw problem(`link.${field}`, 'must be a string');
  return value;
}

function asOf(body: ControlBody): As {
  onlyFields(body, ['person', 'institution', 'accounts']);
  const accounts = body['accounts'];
  if (accounts !== undefined && (!Array.isArray(accounts) || accounts.some((id) => typeof id !== 'string'))) {
    throw problem('as.accounts', "must be a list of the world's account ids");
  }
  return defined<As>({ person: optionalString(body, 'person'), institution: optionalString(body, 'institution'), accounts: accounts as string[] | undefined });
}
