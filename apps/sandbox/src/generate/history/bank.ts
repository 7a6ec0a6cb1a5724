/** A bank account or a credit card while it is played: money in and out, some of it pending at the end. What is owed on a card is negative cash. */
import type { Account } from '../../world/world.js';
import type { Book } from './book.js';
import { centsText } from './numbers.js';
import type { Universe } from './universe.js';

export function playBank(book: Book, { from, to }: Universe, transactions: number): void {
  const { chance } = book;
  const days = Array.from({ length: transactions }, () => chance.whole(from, to)).sort((a, b) => a - b);
  for (const day of days) {
    if (book.account.type === 'credit') card(book, day);
    else account(book, day);
  }
  if (chance.whole(0, 2) === 0) book.record({ day: to, kind: 'purchase', cents: -BigInt(chance.whole(100, 9_000)), pending: true, idle: true });
}

function card(book: Book, day: number): void {
  const owed = -book.cashIn('USD');
  if (owed > 0n && book.chance.whole(0, 5) === 0) book.record({ day, kind: 'payment', cents: owed });
  else book.record({ day, kind: 'purchase', cents: -BigInt(book.chance.whole(100, 40_000)) });
}

function account(book: Book, day: number): void {
  const kind = book.chance.pick(['deposit', 'deposit', 'purchase', 'withdrawal', 'interest'] as const);
  const cents = BigInt(book.chance.whole(1, kind === 'interest' ? 900 : 90_000));
  book.record({ day, kind, cents: kind === 'deposit' || kind === 'interest' ? cents : -cents });
}

/** The balance as a bank shows it: a card's is what is owed. */
export function closeBank(book: Book): void {
  const { account: closed } = book;
  const cents = book.cashIn('USD');
  closed.balances = balancesOf(closed, centsText(cents), centsText(-cents));
}

export function balancesOf({ type }: Account, amount: string, negated: string): NonNullable<Account['balances']> {
  return type === 'credit' || type === 'loan' ? { current: negated, available: null, limit: null } : { current: amount, available: amount };
}
