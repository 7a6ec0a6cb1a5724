/** What a person does in Plaid Link: sign in at the institution, choose accounts, agree; or repair an item. */
import type { Sandbox } from '../server/sandbox.js';
import type { LinkToken } from '../state/link-state.js';
import { createItem, issuePublicToken } from '../plaid/items.js';
import { announce } from '../plaid/webhook-sender.js';
import type { Institution } from '../world/world.js';
import { repairLogins, theAccounts, thePerson, type As } from './approval.js';
import { Refusal } from './refusal.js';

export function approvePlaid(sandbox: Sandbox, token: string, as: As): { publicToken: string } {
  const link = sandbox.links.linkTokens.get(token);
  if (link === undefined) throw new Refusal(404, 'link.token is no link token of this sandbox');
  if (Date.parse(link.expiresAt) <= sandbox.clock.now().getTime()) throw new Refusal(410, `the link token expired at ${link.expiresAt}`);
  return { publicToken: link.itemId === null ? newItem(sandbox, link, as) : repaired(sandbox, link, link.itemId, as) };
}

function newItem(sandbox: Sandbox, link: LinkToken, as: As): string {
  const institution = theInstitution(sandbox, link, as);
  const supported = institution.plaid!.products;
  const missing = link.products.filter((product) => !supported.includes(product));
  if (missing.length > 0) {
    throw new Refusal(422, `${institution.name} does not support ${missing.join(', ')}, which the link token requires: Link would not let the person choose it (use required_if_supported_products)`);
  }
  const person = thePerson(sandbox, 'plaid', institution.id, as);
  const item = createItem(sandbox, {
    institution: institution.id,
    person,
    accounts: theAccounts(sandbox, 'plaid', institution.id, person, as),
    products: [...new Set([...link.products, ...link.optionalProducts.filter((product) => supported.includes(product))])],
    webhook: link.webhook,
  });
  repairLogins(sandbox, item.accounts);
  return issuePublicToken(sandbox, item);
}

function repaired(sandbox: Sandbox, link: LinkToken, itemId: string, as: As): string {
  const item = sandbox.links.items.get(itemId);
  if (item === undefined || item.removed) throw new Refusal(410, 'the item of this link token has been removed');
  const wasBroken = item.error !== null;
  item.accounts = theAccounts(sandbox, 'plaid', item.institution, item.person, as);
  item.webhook = link.webhook ?? item.webhook;
  item.error = null;
  repairLogins(sandbox, item.accounts);
  if (wasBroken) announce(sandbox, item, 'ITEM', 'LOGIN_REPAIRED');
  return issuePublicToken(sandbox, item);
}

function theInstitution(sandbox: Sandbox, link: LinkToken, as: As): Institution {
  const named = as.institution === undefined ? undefined : sandbox.world.institution(as.institution);
  if (as.institution !== undefined && named?.plaid === undefined) throw new Refusal(400, `as.institution "${as.institution}" is no institution that Plaid reaches`);
  if (named !== undefined && link.institutionId !== null && named.plaid?.id !== link.institutionId) {
    throw new Refusal(400, `as.institution "${named.id}" is not the one that the link token names`);
  }
  const institution = named ?? (link.institutionId === null ? undefined : sandbox.world.institutionByPlaidId(link.institutionId));
  if (institution === undefined) throw new Refusal(400, 'the link token names no institution: say which with as.institution');
  return institution;
}
