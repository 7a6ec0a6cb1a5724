/** What a person does for a link of kind `api_key`: at Coinbase, makes a key; at dYdX, copies the address. The link's URL says which of the two. */
import { makeKey } from '../coinbase/make-key.js';
import type { Sandbox } from '../server/sandbox.js';
import type { Provider } from '../world/world.js';
import { repairLogins, theAccounts, thePerson, type As } from './approval.js';
import { Refusal } from './refusal.js';

export interface Credentials {
  credentials: Record<string, string>;
}

export function approveKey(sandbox: Sandbox, url: string, as: As): Credentials {
  const provider = (['coinbase', 'dydx'] as const).find((one) => URL.canParse(url) && new URL(url).pathname.startsWith(`/${one}/`));
  if (provider === undefined) throw new Refusal(404, 'link.url is neither of Coinbase nor of dYdX in this sandbox');
  const institution = theInstitution(sandbox, provider, as);
  const person = thePerson(sandbox, provider, institution, as);
  const accounts = theAccounts(sandbox, provider, institution, person, as);
  repairLogins(sandbox, accounts);
  if (provider === 'coinbase') return { credentials: { ...makeKey(sandbox, accounts) } };
  const subaccounts = accounts.flatMap((id) => sandbox.world.account(id)?.dydx ?? []);
  const [first] = subaccounts;
  if (first === undefined) throw new Refusal(422, `the accounts of "${person}" at "${institution}" have no dYdX address in the world`);
  const single = as.accounts?.length === 1 ? { subaccountNumber: String(first.subaccountNumber) } : {};
  return { credentials: { address: first.address, ...single } };
}

function theInstitution(sandbox: Sandbox, provider: Provider, as: As): string {
  if (as.institution !== undefined) {
    if (sandbox.world.institution(as.institution)?.[provider] === undefined) throw new Refusal(400, `as.institution "${as.institution}" is no institution of ${provider}`);
    return as.institution;
  }
  const only = sandbox.world.world.institutions.find((one) => one[provider] !== undefined);
  if (only === undefined) throw new Refusal(422, `the world has no institution of ${provider}`);
  return only.id;
}
