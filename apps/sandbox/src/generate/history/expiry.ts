/** What becomes of contracts on their last day: they lapse, are exercised, or (written ones) are assigned. Each has its own rows. */
import { closeOn } from './listed.js';
import { CONTRACT_SHARES, type Contract } from './contracts.js';
import { UNIT } from './numbers.js';
import type { Play } from './play.js';
import { fund } from './trades.js';

export function expire(play: Play): void {
  const { book, day } = play;
  for (const contract of book.expiring) {
    if (contract.expiration !== day) continue;
    book.expiring.delete(contract);
    const held = book.held(contract);
    if (held === 0n) continue;
    if (!canDeliver(play, contract, held) || book.chance.whole(0, 1) === 0) book.record({ day, kind: 'option_expiration', listed: contract, units: -held });
    else deliver(play, contract, held);
  }
}

/** Shares come in from a call that is held or a put that was written; else they go out, and must be there. */
function sharesOf({ right }: Contract, held: bigint): bigint {
  return (right === 'call' ? held : -held) * CONTRACT_SHARES;
}

function canDeliver({ book, day }: Play, contract: Contract, held: bigint): boolean {
  const shares = sharesOf(contract, held);
  const owned = book.held(contract.underlying);
  return closeOn(contract.underlying, day) !== undefined && owned >= 0n && owned + shares >= 0n;
}

function deliver(play: Play, contract: Contract, held: bigint): void {
  const { book, day } = play;
  const kind = held > 0n ? 'option_exercise' : 'option_assignment';
  const shares = sharesOf(contract, held);
  const cents = (shares / UNIT) * contract.strike * 100n;
  if (cents > 0n) fund(play, 'USD', cents);
  book.record({ day, kind, listed: contract, units: -held });
  const price = { digits: contract.strike, scale: 0 };
  // Some brokers call the delivery a trade, others call both rows exercise or assignment.
  const named = book.chance.whole(0, 1) === 0 ? kind : shares > 0n ? 'buy' : 'sell';
  book.record({ day, kind: named, listed: contract.underlying, units: shares, price, cents: -cents, fees: 0n });
}
