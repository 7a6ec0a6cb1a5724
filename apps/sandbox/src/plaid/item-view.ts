/** An item as Plaid shows it, and the accounts of the world that it stands for. */
import type { Shown } from '../server/sandbox.js';
import type { PlaidItem } from '../state/link-state.js';
import type { Account, Institution } from '../world/world.js';
import { isPlaidErrorCode, PlaidError, plaidErrorObject, type PlaidErrorCode } from './plaid-error.js';

/** @throws PlaidError where the world no longer has the institution */
export function institutionOf(sandbox: Shown, item: PlaidItem): Institution & { plaid: NonNullable<Institution['plaid']> } {
  const institution = sandbox.world.institution(item.institution);
  if (institution?.plaid === undefined) throw new PlaidError('ITEM_NOT_FOUND');
  return institution as Institution & { plaid: NonNullable<Institution['plaid']> };
}

/** The shared accounts that are still there and open, in the world's order. */
export function accountsOf(sandbox: Shown, item: PlaidItem): Account[] {
  return sandbox.world
    .accountsOf(item.person, item.institution, 'plaid')
    .filter((account) => item.accounts.includes(account.id) && account.closed !== true);
}

/** Why the item cannot be read just now, or null. */
export function errorOf(sandbox: Shown, item: PlaidItem): PlaidErrorCode | null {
  if (isPlaidErrorCode(item.error ?? undefined)) return item.error as PlaidErrorCode;
  const logins = accountsOf(sandbox, item).map((account) => account.login ?? 'ok');
  if (logins.includes('locked')) return 'ITEM_LOCKED';
  return logins.includes('login_required') ? 'ITEM_LOGIN_REQUIRED' : null;
}

/** The accounts behind an item that can be read. @throws PlaidError with the reason where it cannot */
export function readableAccounts(sandbox: Shown, item: PlaidItem): Account[] {
  const { status } = institutionOf(sandbox, item).plaid;
  if (status === 'down') throw new PlaidError('INSTITUTION_DOWN');
  if (status === 'not_responding') throw new PlaidError('INSTITUTION_NOT_RESPONDING');
  const error = errorOf(sandbox, item);
  if (error !== null) throw new PlaidError(error);
  const accounts = accountsOf(sandbox, item);
  if (accounts.length === 0) throw new PlaidError('NO_ACCOUNTS');
  return accounts;
}

/** The item object that stands in most answers. */
export function itemView(sandbox: Shown, item: PlaidItem): Record<string, unknown> {
  const institution = institutionOf(sandbox, item);
  const error = errorOf(sandbox, item);
  return {
    item_id: item.itemId,
    institution_id: institution.plaid.id,
    institution_name: institution.name,
    webhook: item.webhook,
    auth_method: null,
    error: error === null ? null : plaidErrorObject(error),
    available_products: institution.plaid.products.filter((product) => !item.products.includes(product)),
    billed_products: item.products,
    products: item.products,
    consent_expiration_time: null,
    update_type: 'background',
  };
}
