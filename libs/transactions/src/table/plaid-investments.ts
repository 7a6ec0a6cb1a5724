/**
 * Plaid's investment transactions: every pair of StandaloneInvestmentTransactionType, and the values of
 * InvestmentTransactionSubtype that stand under no type there (type `*`). Quantities of options count underlying units, as
 * Plaid's holdings do.
 */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const PRINCIPAL = 'principal paid back; where units are reported the par is what is paid down';
const CRYPTO_MOVED = 'crypto moves units, fiat moves cash';
const SEVERAL_TYPES = 'the specification puts this subtype under no type';

const BUY: readonly Row[] = [
  ['buy', 'assignment', 'option_assignment', 'in', 'either', 'internal', { why: 'an assigned short put buys the shares, or the short contract is closed: gained either way' }],
  ['buy', 'contribution', 'contribution', 'in', 'funded', 'external', { why: 'contribution and purchase in one row, of which the purchase shows: the money came from outside' }],
  ['buy', 'buy', 'buy', 'in', 'out', 'internal'],
  ['buy', 'buy to cover', 'buy_to_cover', 'in', 'out', 'internal'],
  ['buy', 'dividend reinvestment', 'reinvestment', 'in', 'out', 'internal', { why: 'pays with a dividend that is a row of its own; see resolve-transactions.ts for where it is not' }],
  ['buy', 'interest reinvestment', 'reinvestment', 'in', 'out', 'internal'],
  ['buy', 'long-term capital gain reinvestment', 'reinvestment', 'in', 'out', 'internal'],
  ['buy', 'short-term capital gain reinvestment', 'reinvestment', 'in', 'out', 'internal'],
];

const SELL: readonly Row[] = [
  ['sell', 'distribution', 'distribution', 'out', 'funded', 'external', { why: 'assets leave a tax-advantaged account: what they fetched leaves with them' }],
  ['sell', 'exercise', 'option_exercise', 'out', 'either', 'internal', { why: 'the contract is used up; the shares are a row of their own' }],
  ['sell', 'sell', 'sell', 'out', 'in', 'internal'],
  ['sell', 'sell short', 'sell_short', 'out', 'in', 'internal'],
];

const CANCEL: readonly Row[] = [['cancel', '*', 'cancel', 'either', 'either', 'internal', { why: 'undoes another transaction; never applied by itself' }]];

const CASH: readonly Row[] = [
  ['cash', 'account fee', 'fee', 'none', 'out', 'internal'],
  ['cash', 'contribution', 'contribution', 'in', 'funded', 'external'],
  ['cash', 'deposit', 'deposit', 'none', 'in', 'transfer'],
  ['cash', 'dividend', 'dividend', 'none', 'in', 'internal'],
  ['cash', 'stock distribution', 'stock_dividend', 'in', 'in_lieu', 'internal'],
  ['cash', 'interest', 'interest', 'none', 'in', 'internal'],
  ['cash', 'legal fee', 'fee', 'none', 'out', 'internal'],
  ['cash', 'long-term capital gain', 'capital_gain', 'none', 'in', 'internal'],
  ['cash', 'management fee', 'fee', 'none', 'out', 'internal'],
  ['cash', 'margin expense', 'fee', 'none', 'out', 'internal'],
  ['cash', 'non-qualified dividend', 'dividend', 'none', 'in', 'internal'],
  ['cash', 'non-resident tax', 'tax', 'none', 'out', 'internal'],
  ['cash', 'pending credit', 'deposit', 'none', 'in', 'transfer', { pending: true, why: 'replaced by its own row once it is booked' }],
  ['cash', 'pending debit', 'withdrawal', 'none', 'out', 'transfer', { pending: true }],
  ['cash', 'qualified dividend', 'dividend', 'none', 'in', 'internal'],
  ['cash', 'short-term capital gain', 'capital_gain', 'none', 'in', 'internal'],
  ['cash', 'tax', 'tax', 'none', 'out', 'internal'],
  ['cash', 'tax withheld', 'tax', 'none', 'out', 'internal'],
  ['cash', 'transfer fee', 'fee', 'none', 'out', 'internal'],
  ['cash', 'trust fee', 'fee', 'none', 'out', 'internal'],
  ['cash', 'unqualified gain', 'capital_gain', 'none', 'in', 'internal'],
  ['cash', 'withdrawal', 'withdrawal', 'none', 'out', 'transfer'],
];

const FEE: readonly Row[] = [
  ['fee', 'account fee', 'fee', 'none', 'out', 'internal'],
  ['fee', 'adjustment', 'adjustment', 'either', 'either', 'internal'],
  ['fee', 'dividend', 'dividend', 'none', 'in', 'internal'],
  ['fee', 'interest', 'interest', 'none', 'in', 'internal'],
  ['fee', 'interest receivable', 'interest', 'none', 'in', 'internal'],
  ['fee', 'long-term capital gain', 'capital_gain', 'none', 'in', 'internal'],
  ['fee', 'legal fee', 'fee', 'none', 'out', 'internal'],
  ['fee', 'management fee', 'fee', 'none', 'out', 'internal'],
  ['fee', 'margin expense', 'fee', 'none', 'out', 'internal'],
  ['fee', 'non-qualified dividend', 'dividend', 'none', 'in', 'internal'],
  ['fee', 'non-resident tax', 'tax', 'none', 'out', 'internal'],
  ['fee', 'qualified dividend', 'dividend', 'none', 'in', 'internal'],
  ['fee', 'return of principal', 'return_of_capital', 'either', 'in', 'internal', { why: PRINCIPAL }],
  ['fee', 'short-term capital gain', 'capital_gain', 'none', 'in', 'internal'],
  ['fee', 'stock distribution', 'stock_dividend', 'in', 'in_lieu', 'internal'],
  ['fee', 'tax', 'tax', 'none', 'out', 'internal'],
  ['fee', 'tax withheld', 'tax', 'none', 'out', 'internal'],
  ['fee', 'transfer fee', 'fee', 'none', 'out', 'internal'],
  ['fee', 'trust fee', 'fee', 'none', 'out', 'internal'],
  ['fee', 'unqualified gain', 'capital_gain', 'none', 'in', 'internal'],
];

const TRANSFER: readonly Row[] = [
  ['transfer', 'assignment', 'option_assignment', 'either', 'either', 'internal', { why: 'a short contract is gained back, its shares come or go' }],
  ['transfer', 'adjustment', 'adjustment', 'either', 'either', 'internal'],
  ['transfer', 'exercise', 'option_exercise', 'either', 'either', 'internal'],
  ['transfer', 'expire', 'option_expiration', 'either', 'none', 'internal', { why: 'a long contract is given up, a short one gained back' }],
  ['transfer', 'merger', 'merger', 'either', 'either', 'internal', { why: 'the old shares leave, the new ones and any cash come: a row each' }],
  ['transfer', 'request', 'asset_transfer', 'either', 'in_kind', 'transfer', { when: 'units', why: CRYPTO_MOVED }],
  ['transfer', 'request', 'cash_transfer', 'none', 'either', 'transfer', { when: 'no_units', why: CRYPTO_MOVED }],
  ['transfer', 'send', 'asset_transfer', 'either', 'in_kind', 'transfer', { when: 'units', why: CRYPTO_MOVED }],
  ['transfer', 'send', 'cash_transfer', 'none', 'either', 'transfer', { when: 'no_units', why: CRYPTO_MOVED }],
  ['transfer', 'spin off', 'spin_off', 'either', 'in_lieu', 'internal'],
  ['transfer', 'split', 'split', 'either', 'in_lieu', 'internal', { why: 'the change of units; a reverse split gives units up' }],
  ['transfer', 'trade', 'buy', 'in', 'in_kind', 'internal', { when: 'units_in', why: 'one coin for another: two rows, the amount of each is its value' }],
  ['transfer', 'trade', 'sell', 'out', 'in_kind', 'internal', { when: 'units_out', why: 'one coin for another: two rows, the amount of each is its value' }],
  ['transfer', 'transfer', 'asset_transfer', 'either', 'in_kind', 'transfer', { when: 'units' }],
  ['transfer', 'transfer', 'cash_transfer', 'none', 'either', 'transfer', { when: 'no_units' }],
];

const UNDER_NO_TYPE: readonly Row[] = [
  ['*', 'fund fee', 'fee', 'none', 'out', 'internal', { why: SEVERAL_TYPES }],
  ['*', 'miscellaneous fee', 'fee', 'none', 'out', 'internal', { why: SEVERAL_TYPES }],
  ['*', 'loan payment', 'contribution', 'either', 'funded', 'external', { why: `${SEVERAL_TYPES}; a loan from a retirement account is paid back into it from outside` }],
  ['*', 'rebalance', 'buy', 'in', 'out', 'internal', { when: 'units_in', why: `${SEVERAL_TYPES}; one fund for another: a row each` }],
  ['*', 'rebalance', 'sell', 'out', 'in', 'internal', { when: 'units_out', why: `${SEVERAL_TYPES}; one fund for another: a row each` }],
];

export const PLAID_INVESTMENTS = entries('plaid', 'investments', [...BUY, ...SELL, ...CANCEL, ...CASH, ...FEE, ...TRANSFER, ...UNDER_NO_TYPE]);
