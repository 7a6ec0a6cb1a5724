/**
 * SnapTrade's activities (AccountUniversalActivity.type, an open list); the subtype is `option_type`. Positive amounts are
 * cash in and positive units are gained already. Options count contracts, as SnapTrade's positions do.
 */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const PER_SHARE = 'units are those it was paid on: they do not move';
const SIGNED = 'long contracts are given up, short ones gained back';

const ROWS: readonly Row[] = [
  ['BUY', 'BUY_TO_OPEN', 'buy', 'in', 'out', 'internal'],
  ['BUY', 'BUY_TO_CLOSE', 'buy_to_cover', 'in', 'out', 'internal'],
  ['BUY', '*', 'buy', 'in', 'out', 'internal'],
  ['SELL', 'SELL_TO_OPEN', 'sell_short', 'out', 'in', 'internal'],
  ['SELL', 'SELL_TO_CLOSE', 'sell', 'out', 'in', 'internal'],
  ['SELL', '*', 'sell', 'out', 'in', 'internal', { why: 'a short sale of shares has no word of its own: it is seen by the position it leaves' }],
  ['CONTRIBUTION', '*', 'contribution', 'none', 'in', 'transfer', { why: 'any cash put in, from the person’s own bank as well' }],
  ['WITHDRAWAL', '*', 'withdrawal', 'none', 'out', 'transfer'],
  ['INTEREST', '*', 'interest', 'none', 'in', 'internal', { why: 'with a minus: margin interest' }],
  ['FEE', '*', 'fee', 'none', 'out', 'internal'],
  ['TAX', '*', 'tax', 'none', 'out', 'internal'],
  ['REBATE', '*', 'rebate', 'none', 'in', 'internal'],
  ['DIVIDEND', '*', 'dividend', 'none', 'in', 'internal', { why: PER_SHARE }],
  ['SUBSTITUTE_DIVIDEND', '*', 'dividend', 'none', 'in', 'internal', { why: `paid in lieu on lent shares; ${PER_SHARE}` }],
  ['REI', '*', 'reinvestment', 'in', 'out', 'internal', { why: 'pays with a dividend that is a row of its own; see resolve-transactions.ts for where it is not' }],
  ['STOCK_DIVIDEND', '*', 'stock_dividend', 'in', 'in_lieu', 'internal'],
  ['RETURN_OF_CAPITAL', '*', 'return_of_capital', 'none', 'in', 'internal', { why: PER_SHARE }],
  ['DISTRIBUTION', '*', 'capital_gain', 'none', 'in', 'internal', { when: 'cash_in', why: `of a fund, its nature is not said; ${PER_SHARE}` }],
  ['DISTRIBUTION', '*', 'distribution', 'none', 'out', 'transfer', { when: 'cash_out', why: 'out of a retirement account' }],
  ['OPTIONEXPIRATION', '*', 'option_expiration', 'either', 'none', 'internal', { why: SIGNED }],
  ['OPTIONASSIGNMENT', '*', 'option_assignment', 'either', 'either', 'internal', { why: SIGNED }],
  ['OPTIONEXERCISE', '*', 'option_exercise', 'either', 'either', 'internal', { why: SIGNED }],
  ['SPLIT', '*', 'split', 'either', 'in_lieu', 'internal', { why: 'the change of units' }],
  ['REVERSE_SPLIT', '*', 'split', 'either', 'in_lieu', 'internal', { why: 'the change of units: one row, or all of the old out and the new in' }],
  ['SPINOFF', '*', 'spin_off', 'either', 'in_lieu', 'internal'],
  ['STOCK_MERGER', '*', 'merger', 'either', 'either', 'internal', { why: 'the old shares leave, the new ones and any cash come: a row each' }],
  ['ADJUSTMENT', '*', 'adjustment', 'either', 'either', 'internal'],
  ['TRANSFER', '*', 'asset_transfer', 'either', 'in_kind', 'transfer', { when: 'units' }],
  ['TRANSFER', '*', 'cash_transfer', 'none', 'either', 'transfer', { when: 'no_units' }],
  ['EXTERNAL_ASSET_TRANSFER_IN', '*', 'asset_transfer', 'in', 'in_kind', 'transfer', { when: 'units', why: 'external to the account; the other broker may be linked too' }],
  ['EXTERNAL_ASSET_TRANSFER_IN', '*', 'cash_transfer', 'none', 'in', 'transfer', { when: 'no_units' }],
  ['EXTERNAL_ASSET_TRANSFER_OUT', '*', 'asset_transfer', 'out', 'in_kind', 'transfer', { when: 'units' }],
  ['EXTERNAL_ASSET_TRANSFER_OUT', '*', 'cash_transfer', 'none', 'out', 'transfer', { when: 'no_units' }],
  ['INTERNAL_CASH_TRANSFER_IN', '*', 'cash_transfer', 'none', 'in', 'transfer'],
  ['INTERNAL_CASH_TRANSFER_OUT', '*', 'cash_transfer', 'none', 'out', 'transfer'],
  ['INTERNAL_ASSET_TRANSFER_IN', '*', 'asset_transfer', 'in', 'in_kind', 'transfer'],
  ['INTERNAL_ASSET_TRANSFER_OUT', '*', 'asset_transfer', 'out', 'in_kind', 'transfer'],
];

export const SNAPTRADE = entries('snaptrade', 'investments', ROWS);
