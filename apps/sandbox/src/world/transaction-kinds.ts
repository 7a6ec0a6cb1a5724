/**
 * What can happen in an account, and the words each provider has for it. Plaid's pairs are those of its published
 * list (StandaloneInvestmentTransactionType), SnapTrade's those of AccountUniversalActivity.type.
 */
interface Words {
  plaid: readonly [type: string, subtype: string];
  snaptrade: string;
}

const words = (type: string, subtype: string, snaptrade: string): Words => ({ plaid: [type, subtype], snaptrade });

export const TRANSACTION_KINDS = {
  buy: words('buy', 'buy', 'BUY'),
  sell: words('sell', 'sell', 'SELL'),
  sell_short: words('sell', 'sell short', 'SELL'),
  buy_to_cover: words('buy', 'buy to cover', 'BUY'),
  dividend: words('cash', 'dividend', 'DIVIDEND'),
  qualified_dividend: words('cash', 'qualified dividend', 'DIVIDEND'),
  substitute_dividend: words('cash', 'non-qualified dividend', 'SUBSTITUTE_DIVIDEND'),
  dividend_reinvestment: words('buy', 'dividend reinvestment', 'REI'),
  interest: words('cash', 'interest', 'INTEREST'),
  interest_reinvestment: words('buy', 'interest reinvestment', 'REI'),
  capital_gain: words('cash', 'long-term capital gain', 'DISTRIBUTION'),
  fee: words('fee', 'account fee', 'FEE'),
  management_fee: words('fee', 'management fee', 'FEE'),
  tax: words('cash', 'tax', 'TAX'),
  tax_withheld: words('cash', 'tax withheld', 'TAX'),
  rebate: words('fee', 'adjustment', 'REBATE'),
  deposit: words('cash', 'deposit', 'CONTRIBUTION'),
  contribution: words('cash', 'contribution', 'CONTRIBUTION'),
  withdrawal: words('cash', 'withdrawal', 'WITHDRAWAL'),
  distribution: words('sell', 'distribution', 'DISTRIBUTION'),
  transfer_in: words('transfer', 'transfer', 'EXTERNAL_ASSET_TRANSFER_IN'),
  transfer_out: words('transfer', 'transfer', 'EXTERNAL_ASSET_TRANSFER_OUT'),
  cash_transfer_in: words('transfer', 'transfer', 'INTERNAL_CASH_TRANSFER_IN'),
  cash_transfer_out: words('transfer', 'transfer', 'INTERNAL_CASH_TRANSFER_OUT'),
  asset_transfer_in: words('transfer', 'transfer', 'INTERNAL_ASSET_TRANSFER_IN'),
  asset_transfer_out: words('transfer', 'transfer', 'INTERNAL_ASSET_TRANSFER_OUT'),
  split: words('transfer', 'split', 'SPLIT'),
  reverse_split: words('transfer', 'split', 'REVERSE_SPLIT'),
  merger: words('transfer', 'merger', 'STOCK_MERGER'),
  spin_off: words('transfer', 'spin off', 'SPINOFF'),
  stock_dividend: words('cash', 'stock distribution', 'STOCK_DIVIDEND'),
  return_of_capital: words('fee', 'return of principal', 'RETURN_OF_CAPITAL'),
  option_expiration: words('transfer', 'expire', 'OPTIONEXPIRATION'),
  option_assignment: words('transfer', 'assignment', 'OPTIONASSIGNMENT'),
  option_exercise: words('transfer', 'exercise', 'OPTIONEXERCISE'),
  adjustment: words('transfer', 'adjustment', 'ADJUSTMENT'),
  cancel: words('cancel', 'buy', 'ADJUSTMENT'),
  pending_credit: words('cash', 'pending credit', 'CONTRIBUTION'),
  pending_debit: words('cash', 'pending debit', 'WITHDRAWAL'),
  purchase: words('cash', 'withdrawal', 'WITHDRAWAL'),
  payment: words('cash', 'deposit', 'CONTRIBUTION'),
} as const satisfies Record<string, Words>;

export type TransactionKind = keyof typeof TRANSACTION_KINDS;
