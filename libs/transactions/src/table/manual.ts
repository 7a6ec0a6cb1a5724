/** Transactions that a person writes down: the words are our own kinds. */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const ROWS: readonly Row[] = [
  ['buy', '*', 'buy', 'in', 'out', 'internal'],
  ['sell', '*', 'sell', 'out', 'in', 'internal'],
  ['sell_short', '*', 'sell_short', 'out', 'in', 'internal'],
  ['buy_to_cover', '*', 'buy_to_cover', 'in', 'out', 'internal'],
  ['reinvestment', '*', 'reinvestment', 'in', 'out', 'internal'],
  ['dividend', '*', 'dividend', 'none', 'in', 'internal'],
  ['interest', '*', 'interest', 'none', 'in', 'internal'],
  ['capital_gain', '*', 'capital_gain', 'none', 'in', 'internal'],
  ['return_of_capital', '*', 'return_of_capital', 'none', 'in', 'internal'],
  ['stock_dividend', '*', 'stock_dividend', 'in', 'in_lieu', 'internal'],
  ['fee', '*', 'fee', 'none', 'out', 'internal'],
  ['tax', '*', 'tax', 'none', 'out', 'internal'],
  ['rebate', '*', 'rebate', 'none', 'in', 'internal'],
  ['deposit', '*', 'deposit', 'none', 'in', 'transfer'],
  ['withdrawal', '*', 'withdrawal', 'none', 'out', 'transfer'],
  ['contribution', '*', 'contribution', 'in', 'funded', 'external'],
  ['distribution', '*', 'distribution', 'out', 'funded', 'external'],
  ['cash_transfer', '*', 'cash_transfer', 'none', 'either', 'transfer'],
  ['asset_transfer', '*', 'asset_transfer', 'either', 'in_kind', 'transfer'],
  ['split', '*', 'split', 'either', 'in_lieu', 'internal'],
  ['merger', '*', 'merger', 'either', 'either', 'internal'],
  ['spin_off', '*', 'spin_off', 'either', 'in_lieu', 'internal'],
  ['option_exercise', '*', 'option_exercise', 'either', 'either', 'internal'],
  ['option_assignment', '*', 'option_assignment', 'either', 'either', 'internal'],
  ['option_expiration', '*', 'option_expiration', 'either', 'none', 'internal'],
  ['adjustment', '*', 'adjustment', 'either', 'either', 'internal'],
  ['spending', '*', 'spending', 'none', 'either', 'external'],
];

export const MANUAL = entries('manual', 'investments', ROWS);
