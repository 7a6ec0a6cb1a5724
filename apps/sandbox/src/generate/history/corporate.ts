/** What a company's action does to one account that holds it: before the market opens, to what was held the evening before. */
import type { Book } from './book.js';
import { closeOn } from './listed.js';
import { cut, worthInCents } from './numbers.js';
import type { Action } from './universe.js';

/** Institutions count what an action makes to four digits, or in whole shares and pay out the rest. */
function counted(book: Book, units: bigint): bigint {
  return cut(units, book.wholeShares && units > 0n ? 0 : 4);
}

export function act(book: Book, action: Action): void {
  const held = book.held(action.security);
  if (held === 0n) return;
  if (action.kind === 'split') split(book, action, held);
  else if (held > 0n && action.kind === 'stock_dividend') stockDividend(book, action, held);
  else if (held > 0n && action.kind === 'spin_off') spinOff(book, action, held);
  else if (action.kind === 'merger') merge(book, action, held);
}

function split(book: Book, { day, security: listed, numerator, denominator }: Action, held: bigint): void {
  const exact = (held * numerator) / denominator;
  // A row of no units would say nothing: whoever holds a single share gets a fraction.
  const after = counted(book, exact) === held ? cut(exact, 4) : counted(book, exact);
  const kind = numerator > denominator ? 'split' : 'reverse_split';
  const lieu = book.wholeShares && cut(after, 0) === after && exact > after ? worthInCents(exact - after, closeOn(listed, day)!) : 0n;
  const apart = lieu > 0n && book.chance.whole(0, 1) === 0;
  if (kind === 'reverse_split' && book.chance.whole(0, 2) === 0) {
    book.record({ day, kind, listed, units: -held });
    if (after !== 0n) book.record({ day, kind, listed, units: after, cents: apart ? 0n : lieu });
    else if (!apart && lieu > 0n) book.record({ day, kind: 'adjustment', listed, cents: lieu, description: 'cash in lieu of fractional shares' });
  } else {
    const units = after - held;
    const id = book.record({ day, kind, listed, units, cents: apart ? 0n : lieu });
    if (lieu === 0n && book.chance.whole(0, 4) === 0) book.record({ day: day + book.chance.whole(0, 1), kind, listed, units, repeats: id, idle: true });
  }
  if (apart) book.record({ day, kind: 'adjustment', listed, cents: lieu, description: 'cash in lieu of fractional shares' });
}

function stockDividend(book: Book, { day, security: listed, numerator, denominator }: Action, held: bigint): void {
  const units = counted(book, (held * numerator) / denominator);
  if (units > 0n) book.record({ day, kind: 'stock_dividend', listed, units });
}

function spinOff(book: Book, { day, into, numerator, denominator }: Action, held: bigint): void {
  if (into === undefined || book.held(into) < 0n) return;
  const exact = (held * numerator) / denominator;
  const units = counted(book, exact);
  const close = closeOn(into, day);
  const lieu = book.wholeShares && close !== undefined ? worthInCents(exact - units, close) : 0n;
  if (units > 0n) book.record({ day, kind: 'spin_off', listed: into, units, cents: lieu });
  else if (lieu > 0n) book.record({ day, kind: 'adjustment', listed: into, cents: lieu, description: 'cash in lieu of fractional shares' });
}

function merge(book: Book, { day, security, into, numerator, denominator, cents }: Action, held: bigint): void {
  const paid = cents === undefined ? 0n : worthInCents(held, { digits: cents, scale: 2 });
  book.record({ day, kind: 'merger', listed: security, units: -held, cents: paid });
  if (into === undefined || book.held(into) < 0n) return;
  const units = counted(book, (held * numerator) / denominator);
  if (units > 0n) book.record({ day, kind: 'merger', listed: into, units });
}
