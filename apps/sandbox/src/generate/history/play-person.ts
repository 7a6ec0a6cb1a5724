/**
 * Plays one person's accounts forward, day by day: first what companies did, then what expires, then what the person does. What can happen is the
 * table below; how often is its weight.
 */
import { dayText } from '../../market/calendar.js';
import type { Book } from './book.js';
import { act } from './corporate.js';
import { expire } from './expiry.js';
import { charge, dividend, interest, rebate, reinvestment } from './income.js';
import type { Listed } from './listed.js';
import { assetTransfer, deposit, ownTransfer, withdrawal } from './movements.js';
import type { Play } from './play.js';
import { buy, cancelled, closeOption, option, sell, short } from './trades.js';
import type { Universe } from './universe.js';

const HAPPENINGS: readonly [weight: number, happening: (play: Play) => void][] = [
  [30, buy],
  [16, sell],
  [10, dividend],
  [6, reinvestment],
  [3, deposit],
  [3, withdrawal],
  [2, interest],
  [3, charge],
  [1, rebate],
  [2, assetTransfer],
  [2, ownTransfer],
  [2, short],
  [2, cancelled],
  [5, option],
  [2, closeOption],
];
const PLAIN = new Set([buy, sell, dividend, deposit, interest]);
const INCOME = new Set(['dividend', 'qualified_dividend', 'substitute_dividend', 'capital_gain', 'return_of_capital', 'interest']);

export interface PlayOptions {
  transactions: number;
  assets: number;
  eventful: boolean;
}

export function playPerson(universe: Universe, books: Book[], options: PlayOptions): void {
  const touched = new Set([...universe.actions.values()].flat().flatMap(({ security, into }) => [security, into]));
  const quiet = universe.listed.filter((listed) => !touched.has(listed) && listed.session === 'exchange');
  const drawn = HAPPENINGS.filter(([, happening]) => options.eventful || PLAIN.has(happening)).flatMap(([weight, happening]) => new Array<(play: Play) => void>(weight).fill(happening));
  const planned = new Map(books.map((book) => [book, plan(book, universe, options.transactions)]));
  for (let day = universe.from; day <= universe.to; day += 1) {
    const actions = universe.actions.get(day) ?? [];
    for (const book of books) for (const action of actions) act(book, action);
    for (const book of books) {
      const play: Play = { universe, quiet, books, book, day, assets: options.assets, paidLately: (listed) => paidLately(book, listed, day) };
      if (book.expiring.size > 0) expire(play);
      for (let left = planned.get(book)?.get(day) ?? 0; left > 0 && book.rows.length < options.transactions; left -= 1) book.chance.pick(drawn)(play);
    }
  }
}

/** How many things happen on which day. */
function plan(book: Book, { from, to }: Universe, transactions: number): Map<number, number> {
  const days = new Map<number, number>();
  for (let i = 0; i < transactions; i += 1) {
    const day = book.chance.whole(from, to);
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  return days;
}

function paidLately(book: Book, { security }: Listed, day: number): boolean {
  const since = dayText(day - 20);
  for (let i = book.rows.length - 1; i >= 0 && book.rows[i]!.date >= since; i -= 1) {
    if (book.rows[i]!.security === security.id && INCOME.has(book.rows[i]!.kind)) return true;
  }
  return false;
}
