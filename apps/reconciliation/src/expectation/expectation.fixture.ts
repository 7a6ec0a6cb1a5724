/** Transactions and bases for specs, with everything that a spec does not care about filled in. */
import type { Basis } from '@tidemark/contracts';
import type { AssetId, Decimal } from '@tidemark/money';
import type { AccountMove } from './account-move.js';
import { expectedState } from './expected-state.js';
import type { BasisState, ExpectationInput } from './expected-state.js';

export const NEW_YORK = 'America/New_York';

export function uuid(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** Monday, 2 November 2026, 17:00 in New York. */
export const BASIS: Basis = { kind: 'snapshot', id: uuid(9_001), at: '2026-11-02T22:00:00.000Z' };
export const BASIS_DAY = '2026-11-02';
/** Friday, 20 November 2026, 17:00 in New York. */
export const FETCHED = '2026-11-20T22:00:00.000Z';

export function heldOf(quantities: Record<string, string>): Map<AssetId, Decimal> {
  return new Map(Object.entries(quantities));
}

export function basisOf(quantities: Record<string, string>, given: Partial<BasisState> = {}): BasisState {
  return { ...BASIS, currency: 'USD', lines: Object.entries(quantities).map(([asset, quantity]) => ({ asset, quantity })), ...given };
}

/** A correction of nothing in the middle of the period, in which only what is given is different; recorded on its own day. */
export function move(number: number, given: Partial<AccountMove> = {}): AccountMove {
  const date = given.date ?? '2026-11-10';
  return {
    transactionId: uuid(number), provider: 'plaid', kind: 'adjustment', date, at: null, asset: null, units: '0', cash: '0', currency: 'USD', fees: null, price: null, external: false, transfer: false,
    pending: false, doubts: [], providerType: 'adjustment', providerSubtype: null, description: null, recordedAt: `${date}T23:30:00.000Z`, ...given,
  };
}

export function bought(number: number, asset: AssetId, units: Decimal, cash: Decimal, given: Partial<AccountMove> = {}): AccountMove {
  return move(number, { kind: units.startsWith('-') ? 'sell' : 'buy', asset, units, cash, ...given });
}

/** What is expected, asset by asset, of a basis and moves. */
export function expected(basis: Record<string, string>, moves: readonly AccountMove[], given: Partial<ExpectationInput> = {}): Record<string, string> {
  return Object.fromEntries([...expectedState({ basis: basisOf(basis), moves, timeZone: NEW_YORK, accepted: new Map(), until: FETCHED, ...given }).quantities].sort());
}
