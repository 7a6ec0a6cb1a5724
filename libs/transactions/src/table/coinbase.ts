/**
 * Coinbase's fills: the type is `trade_type`, the subtype the side. `base_leg` and `quote_leg` are words of the adapter: a trade of a coin
 * for a coin moves two assets and no cash, so it is a row each. REVERSAL, CORRECTION and SYNTHETIC are not in the table: what they move is
 * not documented, so they stay unknown.
 */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const ROWS: readonly Row[] = [
  ['FILL', 'BUY', 'buy', 'in', 'out', 'internal', { why: 'the wire has price, size and commission, and an amount only where the size counts cash' }],
  ['FILL', 'SELL', 'sell', 'out', 'in', 'internal'],
  ['FILL', 'base_leg', 'buy', 'in', 'in_kind', 'internal', { when: 'units_in', why: 'paid for in another coin, which is the row `quote_leg`' }],
  ['FILL', 'base_leg', 'sell', 'out', 'in_kind', 'internal', { when: 'units_out', why: 'paid in another coin, which is the row `quote_leg`' }],
  ['FILL', 'quote_leg', 'adjustment', 'either', 'in_kind', 'internal', { why: 'the coin that pays, commission included' }],
];

export const COINBASE = entries('coinbase', 'investments', ROWS);
