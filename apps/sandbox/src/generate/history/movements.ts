/** What crosses the account's border: cash and securities, from and to outside, or from and to another account of the same person. */
import { closeOn } from './listed.js';
import type { Book } from './book.js';
import { cut, UNIT } from './numbers.js';
import type { Play } from './play.js';
import { quotedOn } from './trades.js';

export function deposit({ book, day }: Play): void {
  const currency = book.chance.whole(0, 9) === 0 ? 'EUR' : 'USD';
  book.record({ day, kind: book.chance.whole(0, 3) === 0 ? 'contribution' : 'deposit', cents: BigInt(book.chance.whole(1_000, 900_000)), currency });
}

export function withdrawal({ book, day }: Play): void {
  const cents = (book.cashIn('USD') * BigInt(book.chance.whole(5, 80))) / 100n;
  if (cents > 0n) book.record({ day, kind: 'withdrawal', cents: -cents });
}

export function assetTransfer(play: Play): void {
  const { book, day } = play;
  const longs = book.longs(day);
  if (longs.length > 0 && book.chance.whole(0, 1) === 0) {
    const listed = book.chance.pick(longs);
    const units = book.held(listed);
    const part = book.chance.whole(0, 1) === 0 ? units : cut(units / 2n, 0);
    if (part > 0n) book.record({ day, kind: 'transfer_out', listed, units: -part });
    return;
  }
  const quoted = quotedOn(play);
  if (quoted.length === 0) return;
  const listed = book.chance.pick(quoted);
  if (book.held(listed) >= 0n) book.record({ day, kind: 'transfer_in', listed, units: BigInt(book.chance.whole(1, 60)) * UNIT });
}

/** From this account to another of the same person: one row on each side, on the same day. */
export function ownTransfer(play: Play): void {
  const { book, day } = play;
  const others: Book[] = play.books.filter((other) => other !== book);
  if (others.length === 0) return;
  const other = book.chance.pick(others);
  const longs = book.longs(day).filter((listed) => closeOn(listed, day) !== undefined && other.held(listed) >= 0n);
  if (longs.length > 0 && book.chance.whole(0, 1) === 0) {
    const listed = book.chance.pick(longs);
    const units = book.held(listed);
    book.record({ day, kind: 'asset_transfer_out', listed, units: -units });
    other.record({ day, kind: 'asset_transfer_in', listed, units });
    return;
  }
  const cents = book.cashIn('USD') / 3n;
  if (cents <= 0n) return;
  book.record({ day, kind: 'cash_transfer_out', cents: -cents });
  other.record({ day, kind: 'cash_transfer_in', cents });
}
