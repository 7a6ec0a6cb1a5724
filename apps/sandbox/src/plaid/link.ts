/** /link/token/create and /item/public_token/exchange: the server's two halves of Link. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { LinkToken } from '../state/link-state.js';
import { PlaidError } from './plaid-error.js';
import { clientOperation, optionalText, text, texts, type PlaidBody } from './plaid-operation.js';

const FOUR_HOURS_MS = 4 * 3_600_000;
const HALF_AN_HOUR_MS = 30 * 60_000;

export function linkRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  clientOperation(app, sandbox, { operation: 'linkTokenCreate', path: '/link/token/create' }, (body) => {
    const token = linkToken(sandbox, body);
    sandbox.links.linkTokens.set(token.token, token);
    const hosted = body['hosted_link'] === undefined ? {} : { hosted_link_url: `${sandbox.url()}/plaid/hosted-link/${token.token}` };
    return { link_token: token.token, expiration: token.expiresAt, ...hosted };
  });
  clientOperation(app, sandbox, { operation: 'itemPublicTokenExchange', path: '/item/public_token/exchange' }, (body) => {
    const given = text(body, 'public_token');
    if (!given.startsWith('public-sandbox-')) {
      throw new PlaidError('INVALID_PUBLIC_TOKEN', 'public tokens look like public-sandbox-<identifier>');
    }
    const token = sandbox.links.publicTokens.get(given);
    const item = sandbox.links.items.get(token?.itemId ?? '');
    const stale = token === undefined || token.used || Date.parse(token.expiresAt) <= sandbox.clock.now().getTime();
    if (stale || item === undefined || item.removed) throw new PlaidError('INVALID_PUBLIC_TOKEN');
    token.used = true;
    return { access_token: item.accessToken, item_id: item.itemId };
  });
}

function linkToken(sandbox: Sandbox, body: PlaidBody): LinkToken {
  text(body, 'client_name');
  text(body, 'language');
  if (texts(body, 'country_codes').length === 0) throw new PlaidError('MISSING_FIELDS', 'country_codes');
  const user = body['user'];
  if (typeof user !== 'object' || user === null) throw new PlaidError('MISSING_FIELDS', 'user');
  const clientUserId = text(user as PlaidBody, 'client_user_id');
  const webhook = optionalText(body, 'webhook');
  if (webhook !== null && !URL.canParse(webhook)) throw new PlaidError('INVALID_FIELD', 'webhook must be a URL');

  const accessToken = optionalText(body, 'access_token');
  const item = accessToken === null ? undefined : sandbox.links.itemByAccessToken(accessToken);
  if (accessToken !== null && item === undefined) throw new PlaidError('INVALID_ACCESS_TOKEN');
  if (item?.removed === true) throw new PlaidError('ITEM_NOT_FOUND');

  const products = texts(body, 'products');
  if (item === undefined && products.length === 0) throw new PlaidError('MISSING_FIELDS', 'products');
  const institutionId = optionalText(body, 'institution_id');
  if (institutionId !== null && sandbox.world.institutionByPlaidId(institutionId) === undefined) throw new PlaidError('INVALID_INSTITUTION');
  return {
    token: `link-sandbox-${sandbox.newId()}`,
    institutionId: item === undefined ? institutionId : (sandbox.world.institution(item.institution)?.plaid?.id ?? null),
    clientUserId,
    products,
    optionalProducts: ['required_if_supported_products', 'optional_products', 'additional_consented_products'].flatMap((field) => texts(body, field)),
    webhook,
    itemId: item?.itemId ?? null,
    expiresAt: sandbox.clock.in(item === undefined ? FOUR_HOURS_MS : HALF_AN_HOUR_MS),
  };
}
