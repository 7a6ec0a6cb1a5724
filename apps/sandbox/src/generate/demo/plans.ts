/** What the demo's accounts did in the two years before today, beside what its file tells: as habits, from which the rows are made. */
export interface Plan {
  account: string;
  /** Every month `part` (hundredths) of what is held today was bought, with money paid in for it. */
  saves?: readonly { security: string; part: number }[];
  /** Every quarter, in ten-thousandths of what is held today; reinvested or paid out. */
  earns?: readonly { security: string; part: number; reinvested?: true }[];
  /** Bought, and sold to the last share, so many days before today. */
  gave?: readonly { security: string; units: number; bought: number; sold: number }[];
  /** A split of what is held. */
  split?: { security: string; days: number; numerator: number; denominator: number };
  /** Paid in and out of a bank account every month, in whole dollars. */
  monthly?: readonly { kind: 'deposit' | 'withdrawal' | 'purchase' | 'payment'; dollars: number; description: string; merchant?: string }[];
}

export const PLANS: readonly Plan[] = [
  { account: 'ada-schwab-brokerage', saves: [{ security: 'vti', part: 2 }, { security: 'aapl', part: 1 }], earns: [{ security: 'msft', part: 18 }, { security: 'vti', part: 32 }], gave: [{ security: 'nvda', units: 40, bought: 640, sold: 205 }, { security: 'ko', units: 60, bought: 500, sold: 90 }] },
  { account: 'ada-schwab-roth', saves: [{ security: 'bnd', part: 2 }], earns: [{ security: 'bnd', part: 85, reinvested: true }, { security: 'vti', part: 32 }] },
  { account: 'ada-fidelity-brokerage', saves: [{ security: 'nvda', part: 1 }], earns: [{ security: 'aapl', part: 11 }] },
  { account: 'ada-vanguard-brokerage', saves: [{ security: 'vtsax', part: 2 }], earns: [{ security: 'vfiax', part: 33, reinvested: true }, { security: 'vtsax', part: 31, reinvested: true }] },
  { account: 'ada-coinbase', saves: [{ security: 'btc', part: 2 }, { security: 'eth', part: 3 }] },
  { account: 'ada-chase-checking', monthly: [{ kind: 'deposit', dollars: 3412, description: 'ACME CORP PAYROLL', merchant: 'Acme Corp' }, { kind: 'withdrawal', dollars: 1850, description: 'RENT' }, { kind: 'purchase', dollars: 214, description: 'TRADER JOES #112', merchant: "Trader Joe's" }, { kind: 'withdrawal', dollars: 1250, description: 'CARD PAYMENT' }] },
  { account: 'ada-chase-savings', monthly: [{ kind: 'deposit', dollars: 250, description: 'TRANSFER FROM CHECKING' }] },
  { account: 'ada-chase-card', monthly: [{ kind: 'purchase', dollars: 870, description: 'GROCERIES AND TRAVEL' }, { kind: 'payment', dollars: 900, description: 'AUTOPAY PAYMENT - THANK YOU' }] },
  { account: 'ben-etrade', saves: [{ security: 'ko', part: 2 }], earns: [{ security: 'ko', part: 72 }], split: { security: 'ko', days: 300, numerator: 2, denominator: 1 } },
  { account: 'ben-wells-checking', monthly: [{ kind: 'deposit', dollars: 2100, description: 'PAYROLL' }, { kind: 'purchase', dollars: 2080, description: 'LIVING' }] },
  { account: 'ben-robinhood', gave: [{ security: 'nvda', units: 12, bought: 480, sold: 260 }, { security: 'msft', units: 3, bought: 410, sold: 200 }] },
  { account: 'chloe-ibkr', gave: [{ security: 'ko', units: 30, bought: 600, sold: 330 }], earns: [{ security: 'asml', part: 22 }, { security: 'shel', part: 95 }] },
  { account: 'chloe-citi', monthly: [{ kind: 'deposit', dollars: 5200, description: 'SALARY' }, { kind: 'withdrawal', dollars: 4950, description: 'BILLS AND SAVINGS' }] },
  { account: 'chloe-bofa-checking', monthly: [{ kind: 'deposit', dollars: 2200, description: 'TRANSFER FROM CITI' }, { kind: 'withdrawal', dollars: 2140, description: 'MORTGAGE PAYMENT' }] },
  { account: 'dan-schwab', saves: [{ security: 'vti', part: 3 }], earns: [{ security: 'vti', part: 32, reinvested: true }] },
  { account: 'dan-alpaca', saves: [{ security: 'nvda', part: 3 }] },
];

/** Two years, less a month's grace for what providers still keep. */
export const MONTHS = 23;
