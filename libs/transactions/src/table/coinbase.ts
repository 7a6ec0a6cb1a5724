/**
 * Coinbase's fills and the ledgers of its wallets. Of a fill the type is `trade_type`, the subtype the side. `base_leg` and `quote_leg` are
 * words of the adapter: a trade of a coin for a coin moves two assets and no cash, so it is a row each. REVERSAL, CORRECTION and SYNTHETIC
 * are not in the table: what they move is not documented, so they stay unknown.
 *
 * A row of a ledger is one wallet's own signed change, and its type a word of docs.cdp.coinbase.com (Coinbase App transactions); a purchase
 * or conversion outside Advanced Trade has a row in each wallet that it moves. Types that are not here stay unknown.
 */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const FILLS: readonly Row[] = [
  ['FILL', 'BUY', 'buy', 'in', 'out', 'internal', { why: 'the wire has price, size and commission, and an amount only where the size counts cash' }],
  ['FILL', 'SELL', 'sell', 'out', 'in', 'internal'],
  ['FILL', 'base_leg', 'buy', 'in', 'in_kind', 'internal', { when: 'units_in', why: 'paid for in another coin, which is the row `quote_leg`' }],
  ['FILL', 'base_leg', 'sell', 'out', 'in_kind', 'internal', { when: 'units_out', why: 'paid in another coin, which is the row `quote_leg`' }],
  ['FILL', 'quote_leg', 'adjustment', 'either', 'in_kind', 'internal', { why: 'the coin that pays, commission included' }],
];

/** Between this portfolio and somewhere else, coins or cash, of either sign. */
const TRANSFERS = ['send', 'receive', 'transfer', 'pro_deposit', 'pro_withdrawal', 'exchange_deposit', 'exchange_withdrawal', 'intx_deposit', 'intx_withdrawal', 'vault_withdrawal', 'staking_transfer', 'unstaking_transfer'];
/** Coins or cash that come for nothing. */
const REWARDS = ['staking_reward', 'inflation_reward', 'learning_reward', 'earn_payout', 'incentives_rewards_payout', 'interest'];
/** One side of what has its other side in another wallet, or at a bank; what Coinbase takes back is one too. */
const SIDES = ['buy', 'sell', 'trade', 'clawback', 'incentives_shared_clawback'];

const LEDGER: readonly Row[] = [
  ['fiat_deposit', '*', 'deposit', 'none', 'in', 'transfer'],
  ['fiat_withdrawal', '*', 'withdrawal', 'none', 'out', 'transfer'],
  ...TRANSFERS.flatMap((type): Row[] => [
    [type, '*', 'asset_transfer', 'either', 'in_kind', 'transfer', { when: 'units' }],
    [type, '*', 'cash_transfer', 'none', 'either', 'transfer', { when: 'no_units' }],
  ]),
  ...REWARDS.flatMap((type): Row[] => [
    [type, '*', 'stock_dividend', 'in', 'in_lieu', 'internal', { when: 'units', why: 'paid in coins' }],
    [type, '*', 'interest', 'none', 'in', 'internal', { when: 'no_units' }],
  ]),
  ...SIDES.flatMap((type): Row[] => [
    [type, '*', 'adjustment', 'either', 'in_kind', 'internal', { when: 'units', why: 'what it was for is a row of another wallet, or was paid by a bank: no cost is told' }],
    [type, '*', 'adjustment', 'none', 'either', 'internal', { when: 'no_units', why: 'the cash of it' }],
  ]),
];

export const COINBASE = entries('coinbase', 'investments', [...FILLS, ...LEDGER]);
