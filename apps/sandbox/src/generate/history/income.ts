/** What is paid and charged: dividends with and without the shares they were paid on, reinvested or not, interest, fees, taxes. */
import { halfEven } from '@tidemark/money';
import type { Listed } from './listed.js';
import { closeOn } from './listed.js';
import { cut, UNIT } from './numbers.js';
import type { Play } from './play.js';

function payer({ book, day }: Play): Listed | undefined {
  const payers = book.longs(day).filter((listed) => listed.security.kind !== 'crypto' && (book.alone.get(listed) ?? 0) < day);
  return payers.length === 0 ? undefined : book.chance.pick(payers);
}

export function dividend(play: Play): void {
  const { book, day } = play;
  const listed = payer(play);
  if (listed === undefined) return;
  const paidOn = book.chance.whole(0, 1) === 0 ? { paidOn: book.held(listed) } : {};
  const cents = BigInt(book.chance.whole(1, 20_000));
  const kind = book.chance.pick(['dividend', 'dividend', 'qualified_dividend', 'substitute_dividend', 'capital_gain', 'return_of_capital'] as const);
  // Plaid has units of a return of capital move (the par that is paid down), so there it comes without.
  book.record({ day, kind, listed, cents, ...(kind === 'return_of_capital' && book.provider === 'plaid' ? {} : paidOn) });
  if (book.chance.whole(0, 3) === 0) book.record({ day, kind: 'tax_withheld', listed, cents: -(cents * 15n) / 100n });
}

/** With the dividend as a row of its own; or the reinvestment alone, whose cash then never passed through the account. */
export function reinvestment(play: Play): void {
  const { book, day } = play;
  const listed = payer(play);
  if (listed === undefined || listed.security.kind === 'bond') return;
  const price = closeOn(listed, day)!;
  const cents = BigInt(book.chance.whole(100, 30_000));
  const units = cut(halfEven(cents * UNIT * 10n ** BigInt(price.scale), price.digits * 100n), 4);
  if (units === 0n) return;
  if (book.chance.whole(0, 2) > 0) {
    book.record({ day, kind: 'dividend', listed, cents });
    book.record({ day, kind: 'dividend_reinvestment', listed, units, price, cents: -cents });
  } else if (!play.paidLately(listed)) {
    book.alone.set(listed, day + 20);
    book.record({ day, kind: 'dividend_reinvestment', listed, units, price, cents: 0n, shownCents: -cents });
  }
}

export function interest({ book, day }: Play): void {
  book.record({ day, kind: 'interest', cents: BigInt(book.chance.whole(1, 3_000)) });
}

export function charge({ book, day }: Play): void {
  book.record({ day, kind: book.chance.pick(['fee', 'management_fee', 'tax'] as const), cents: -BigInt(book.chance.whole(1, 2_500)) });
}

export function rebate({ book, day }: Play): void {
  book.record({ day, kind: 'rebate', cents: BigInt(book.chance.whole(1, 900)) });
}
