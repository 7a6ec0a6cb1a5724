/**
 * Plaid's transactions of depository, credit and loan accounts, by personal finance category (Plaid's published taxonomy:
 * primary, detailed). The category is a description added by Plaid, not a type: whatever it is, the amount is the account's
 * cash. So a category that is not listed moves cash as well, and nothing here is ever unknown.
 */
import { entries } from './entry.js';
import type { Row } from './entry.js';

const OWN = 'the other side is often an account of the same person';
const OUTSIDE = 'bought from, or refunded by, somebody outside';

const ROWS: readonly Row[] = [
  ['INCOME', 'INCOME_DIVIDENDS', 'dividend', 'none', 'in', 'internal'],
  ['INCOME', 'INCOME_INTEREST_EARNED', 'interest', 'none', 'in', 'internal'],
  ['INCOME', '*', 'deposit', 'none', 'in', 'external', { why: 'wages, pensions, refunds of tax: earned outside the portfolio' }],
  ['LOAN_DISBURSEMENTS', '*', 'deposit', 'none', 'in', 'external'],
  ['TRANSFER_IN', '*', 'cash_transfer', 'none', 'in', 'transfer', { why: OWN }],
  ['TRANSFER_OUT', '*', 'cash_transfer', 'none', 'out', 'transfer', { why: OWN }],
  ['LOAN_PAYMENTS', '*', 'cash_transfer', 'none', 'either', 'transfer', { why: 'leaves the bank account and reaches the card or the loan: one word for both sides' }],
  ['BANK_FEES', 'BANK_FEES_INTEREST_CHARGE', 'interest', 'none', 'out', 'internal', { why: 'interest paid is interest with a minus' }],
  ['BANK_FEES', '*', 'fee', 'none', 'out', 'internal'],
  ['ENTERTAINMENT', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['FOOD_AND_DRINK', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['GENERAL_MERCHANDISE', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['GENERAL_SERVICES', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['GOVERNMENT_AND_NON_PROFIT', '*', 'spending', 'none', 'either', 'external', { why: 'taxes on a person, not on an investment' }],
  ['HOME_IMPROVEMENT', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['MEDICAL', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['PERSONAL_CARE', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['RENT_AND_UTILITIES', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['TRANSPORTATION', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['TRAVEL', '*', 'spending', 'none', 'either', 'external', { why: OUTSIDE }],
  ['*', '*', 'deposit', 'none', 'in', 'transfer', { when: 'cash_in', why: 'no category, or a new one: only the direction is known' }],
  ['*', '*', 'spending', 'none', 'out', 'transfer', { when: 'cash_out', why: 'no category, or a new one: only the direction is known' }],
];

export const PLAID_BANK = entries('plaid', 'bank', ROWS);
