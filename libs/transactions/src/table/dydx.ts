/**
 * dYdX's fills, transfers and payments of funding. A perpetual's fill settles size × price and fee in USDC, which is an asset and no
 * currency here: the fill and its SETTLEMENT (a word of the adapter) are a row each, and no row has cash. The subtype of a fill is its own
 * `type` (LIMIT, LIQUIDATED, LIQUIDATION, DELEVERAGED, OFFSETTING …): whatever made it, it moves the same.
 */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const ROWS: readonly Row[] = [
  ['FILL', '*', 'buy', 'in', 'in_kind', 'internal', { when: 'units_in', why: 'settled in USDC by a row of its own; also buys back what was sold short' }],
  ['FILL', '*', 'sell', 'out', 'in_kind', 'internal', { when: 'units_out', why: 'settled in USDC by a row of its own; also sells short' }],
  ['SETTLEMENT', '*', 'adjustment', 'either', 'in_kind', 'internal', { why: 'size × price and fee of a fill, in USDC' }],
  ['FUNDING', '*', 'adjustment', 'either', 'in_kind', 'internal', { why: 'paid or received every hour on open positions, in USDC' }],
  ['DEPOSIT', '*', 'asset_transfer', 'in', 'in_kind', 'transfer', { why: 'from a wallet on the chain' }],
  ['WITHDRAWAL', '*', 'asset_transfer', 'out', 'in_kind', 'transfer', { why: 'to a wallet on the chain' }],
  ['TRANSFER_IN', '*', 'asset_transfer', 'in', 'in_kind', 'transfer', { why: 'from another subaccount, often the person’s own' }],
  ['TRANSFER_OUT', '*', 'asset_transfer', 'out', 'in_kind', 'transfer', { why: 'to another subaccount, often the person’s own' }],
];

export const DYDX = entries('dydx', 'investments', ROWS);
