/** Buying and selling: what it costs is in the amount, fees included. */
import { closeOn, type Listed } from './listed.js';
import type { Book } from './book.js';
import { CONTRACT_SHARES, type Contract } from './contracts.js';
import { cut, UNIT, worthInCents } from './numbers.js';
import type { Play } from './play.js';

/** How finely a security is counted: crypto to eight digits, funds and shares to four, bonds and contracts in whole ones. */
function digitsOf({ security }: Listed, book: Book): number {
  if (security.kind === 'crypto') return 8;
  if (security.kind === 'bond' || security.kind === 'option') return 0;
  return security.kind === 'fund' || !book.wholeShares ? 4 : 0;
}

export function quotedOn({ universe, day }: Play): Listed[] {
  let quoted = universe.quoted.get(day);
  if (quoted === undefined) universe.quoted.set(day, (quoted = universe.listed.filter((listed) => closeOn(listed, day) !== undefined)));
  return quoted;
}

/** Makes sure that there is so much cash, by a deposit: a generated person always finds the money. */
export function fund({ book, day }: Pick<Play, 'book' | 'day'>, currency: string, cents: bigint): void {
  const missing = cents - book.cashIn(currency);
  if (missing <= 0n) return;
  const deposit = ((missing / 100_000n) + 1n) * 100_000n;
  if (currency === 'USD') {
    book.record({ day, kind: book.chance.whole(0, 4) === 0 ? 'contribution' : 'deposit', cents: deposit });
    return;
  }
  // Foreign cash is bought: two rows, as brokers report an exchange.
  const dollars = (deposit * BigInt(book.chance.whole(105, 135))) / 100n;
  fund({ book, day }, 'USD', dollars);
  book.record({ day, kind: 'cash_transfer_out', cents: -dollars, description: `Exchange to ${currency}` });
  book.record({ day, kind: 'cash_transfer_in', cents: deposit, currency, description: `Exchange from USD` });
}

const feesOf = (book: Book): bigint => (book.chance.whole(0, 2) === 0 ? BigInt(book.chance.whole(1, 999)) : 0n);

export function buy(play: Play): void {
  const { book, day } = play;
  const known = book.longs(day);
  const candidates = known.length >= play.assets ? known : quotedOn(play);
  if (candidates.length > 0) buyOf(play, book.chance.pick(candidates), day);
}

export function buyOf(play: Play, listed: Listed, day: number): void {
  const { book } = play;
  const price = book.priceNear(listed, day);
  if (price === undefined || book.held(listed) < 0n) return;
  const wanted = BigInt(book.chance.whole(5_000, 600_000));
  const units = cut((wanted * UNIT * 10n ** BigInt(price.scale)) / (price.digits * 100n), digitsOf(listed, book)) || UNIT;
  const fees = feesOf(book);
  const cents = worthInCents(units, price) + fees;
  fund(play, listed.security.currency, cents);
  book.record({ day, kind: 'buy', listed, units, price, cents: -cents, fees, ...timed(book) });
}

/** Some rows say when, most only on which day. */
function timed(book: Book): { timed?: true } {
  return book.chance.whole(0, 2) === 0 ? { timed: true } : {};
}

export function sell(play: Play): void {
  const { book, day } = play;
  const longs = book.longs(day);
  if (longs.length === 0) return;
  const listed = book.chance.pick(longs);
  const held = book.held(listed);
  const all = book.chance.whole(0, 3) === 0;
  sellOf(play, listed, all ? held : cut((held * BigInt(book.chance.whole(5, 60))) / 100n, digitsOf(listed, book)));
}

export function sellOf({ book, day }: Play, listed: Listed, units: bigint): void {
  const price = book.priceNear(listed, day);
  if (price === undefined || units <= 0n) return;
  const fees = feesOf(book);
  book.record({ day, kind: 'sell', listed, units: -units, price, cents: worthInCents(units, price) - fees, fees, ...timed(book) });
}

/** Sold short, or bought back. Only Plaid has a word for it with shares, so only there can it be told from missing history. */
export function short(play: Play): void {
  const { book, day } = play;
  if (book.provider !== 'plaid') return;
  const shorts = [...book.units].filter(([listed, units]) => units < 0n && listed.security.kind === 'equity' && closeOn(listed, day) !== undefined);
  const open = shorts[0];
  if (open !== undefined) {
    const [listed, units] = open;
    const price = book.priceNear(listed, day)!;
    const cents = worthInCents(-units, price);
    fund(play, listed.security.currency, cents);
    book.record({ day, kind: 'buy_to_cover', listed, units: -units, price, cents: -cents, fees: 0n });
    return;
  }
  const quiet = play.quiet.filter((listed) => book.held(listed) === 0n && listed.security.kind === 'equity' && closeOn(listed, day) !== undefined);
  if (quiet.length === 0) return;
  const listed = book.chance.pick(quiet);
  const price = book.priceNear(listed, day)!;
  const units = BigInt(book.chance.whole(1, 40)) * UNIT;
  book.record({ day, kind: 'sell_short', listed, units: -units, price, cents: worthInCents(units, price), fees: 0n });
}

/** A trade that is taken back: by Plaid with a row that names it, on the same or a later day; by SnapTrade with its mirror image on the same day. */
export function cancelled(play: Play): void {
  const { book, day } = play;
  const quoted = quotedOn(play);
  if (quoted.length === 0) return;
  const listed = book.chance.pick(quoted);
  const price = book.priceNear(listed, day)!;
  const units = BigInt(book.chance.whole(1, 50)) * UNIT;
  const cents = worthInCents(units, price);
  if (book.held(listed) < 0n) return;
  const idle = book.provider === 'plaid' ? { idle: true as const } : {};
  const id = book.record({ day, kind: 'buy', listed, units, price, cents: -cents, fees: 0n, ...idle });
  const later = book.provider === 'plaid' ? Math.min(day + book.chance.whole(0, 2), play.universe.to) : day;
  book.record({ day: later, kind: 'cancel', listed, units: -units, price, cents, ...idle, cancels: id });
}

/** Buys or writes a contract. */
export function option(play: Play): void {
  const { book, day } = play;
  const open = play.universe.contracts.filter((contract) => closeOn(contract, day) !== undefined && contract.expiration > day + 3 && book.held(contract) === 0n);
  if (open.length === 0) return;
  const contract = book.chance.pick(open);
  const price = book.priceNear(contract, day)!;
  const units = BigInt(book.chance.whole(1, 3)) * UNIT;
  const cents = worthInCents(units, price, CONTRACT_SHARES);
  const fees = BigInt(book.chance.whole(0, 130));
  book.expiring.add(contract);
  if (book.chance.whole(0, 1) === 0) {
    fund(play, 'USD', cents + fees);
    book.record({ day, kind: 'buy', listed: contract, units, price, cents: -cents - fees, fees });
  } else {
    book.record({ day, kind: 'sell_short', listed: contract, units: -units, price, cents: cents - fees, fees });
  }
}

/** Closes a contract before it expires. */
export function closeOption(play: Play): void {
  const { book, day } = play;
  const open = [...book.expiring].filter((contract) => book.held(contract) !== 0n && closeOn(contract, day) !== undefined && contract.expiration > day);
  if (open.length === 0) return;
  const contract: Contract = book.chance.pick(open);
  const held = book.held(contract);
  const price = book.priceNear(contract, day)!;
  const worth = worthInCents(held < 0n ? -held : held, price, CONTRACT_SHARES);
  if (held < 0n) fund(play, 'USD', worth);
  book.record({ day, kind: held > 0n ? 'sell' : 'buy_to_cover', listed: contract, units: -held, price, cents: held > 0n ? worth : -worth, fees: 0n });
}
