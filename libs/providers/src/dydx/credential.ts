/**
 * What names a dYdX account. No secret: the indexer answers everybody. The address is kept in the credential store all the same, since it
 * tells all that a person holds there; events carry a keyed hash of it.
 */
import { createHmac } from 'node:crypto';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';

export interface DydxOwner {
  readonly address: string;
  /** One parent with its children, or one child; null: every subaccount of the address. */
  readonly subaccount: number | null;
}

/** Bech32 (BIP 173) with dYdX's prefix, 20 bytes and a checksum of six characters. */
const ADDRESS = /^dydx1[02-9ac-hj-np-z]{38}$/;
const SUBACCOUNT = /^\d{1,6}$/;
/** Subaccounts 0 to 127 are parents; the children of parent p, made for isolated positions, are 128·i + p (docs.dydx.xyz, isolated positions). */
export const PARENTS = 128;
const MOST_SUBACCOUNTS = 128_001;

/** @returns the owner, or what is wrong with what was given */
export function dydxOwner(credentials: Readonly<Record<string, string>> | undefined): Result<DydxOwner, string> {
  const address = credentials?.['address']?.trim().toLowerCase() ?? '';
  const given = credentials?.['subaccountNumber']?.trim() ?? '';
  if (address === '') return refuse('credentials.address is needed: a dYdX address such as dydx1…');
  if (!ADDRESS.test(address)) return refuse('credentials.address is no dYdX address: dydx1 and 38 more characters are expected');
  if (given !== '' && (!SUBACCOUNT.test(given) || Number(given) >= MOST_SUBACCOUNTS)) return refuse(`credentials.subaccountNumber must be a whole number from 0 to ${MOST_SUBACCOUNTS - 1}, or be left out for every subaccount`);
  return ok({ address, subaccount: given === '' ? null : Number(given) });
}

/** What stands for the address, or for one subaccount of it, outside of the credential: HMAC-SHA256, hex. */
export function hashOfOwner(address: string, subaccount: number | null, key: Uint8Array | string): string {
  return createHmac('sha256', key).update(`dydx:${address}/${subaccount ?? 'all'}`).digest('hex');
}
