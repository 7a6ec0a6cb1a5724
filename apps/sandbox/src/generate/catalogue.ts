/** What generated worlds are made of: a few institutions with their real names and ids, and made-up securities. */
import type { Institution, Security, SecurityKind } from '../world/world.js';
import type { Dice } from './dice.js';

const BANK = ['auth', 'balance', 'transactions'];
const INVESTMENTS = ['balance', 'investments'];

export const INSTITUTIONS: readonly Institution[] = [
  { id: 'schwab', name: 'Charles Schwab', type: 'brokerage', plaid: { id: 'ins_11', products: INVESTMENTS }, snaptrade: { id: '5a9d7a1e-0000-4000-8000-000000000001', slug: 'SCHWAB', allowsTrading: true } },
  { id: 'fidelity', name: 'Fidelity', type: 'brokerage', plaid: { id: 'ins_12', products: INVESTMENTS }, snaptrade: { id: '5a9d7a1e-0000-4000-8000-000000000002', slug: 'FIDELITY', allowsTrading: false } },
  { id: 'etrade', name: 'E*TRADE', type: 'brokerage', plaid: { id: 'ins_129473', products: INVESTMENTS }, snaptrade: { id: '5a9d7a1e-0000-4000-8000-000000000004', slug: 'ETRADE', allowsTrading: true } },
  { id: 'vanguard', name: 'Vanguard', type: 'brokerage', plaid: { id: 'ins_115615', products: INVESTMENTS }, snaptrade: { id: '5a9d7a1e-0000-4000-8000-000000000005', slug: 'VANGUARD', allowsTrading: false } },
  { id: 'chase', name: 'Chase', type: 'bank', plaid: { id: 'ins_56', products: [...BANK, 'investments'] } },
  { id: 'wells-fargo', name: 'Wells Fargo', type: 'bank', plaid: { id: 'ins_127991', products: BANK } },
];

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const KINDS: readonly SecurityKind[] = ['equity', 'equity', 'equity', 'etf', 'fund'];

/** Made-up tickers, each with a price of whole cents. */
export function madeUpSecurities(dice: Dice, howMany: number, priceAsOf: string): Security[] {
  return Array.from({ length: howMany }, (_, index): Security => {
    const kind = dice.pick(KINDS);
    return { id: `s${index}`, kind, symbol: tickerOf(index), name: `Made-up ${kind} ${index}`, currency: 'USD', price: dice.cents(100, 80_000), priceAsOf };
  });
}

/** Four letters that count upwards: QAAA, QAAB … */
export function tickerOf(index: number): string {
  let rest = index;
  let letters = '';
  for (let i = 0; i < 3; i += 1) {
    letters = LETTERS[rest % 26]! + letters;
    rest = Math.floor(rest / 26);
  }
  return `${rest === 0 ? 'Q' : `Q${rest}`}${letters}`;
}
