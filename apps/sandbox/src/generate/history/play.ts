/** One moment of one account while it is played: what a happening may look at. */
import type { Book } from './book.js';
import type { Listed } from './listed.js';
import type { Universe } from './universe.js';

export interface Play {
  universe: Universe;
  /** Securities to which no company does anything. */
  quiet: Listed[];
  books: Book[];
  book: Book;
  day: number;
  /** How many securities an account holds at most at a time. */
  assets: number;
  /** Was anything paid on it in the days before? Then a reinvestment alone would look paid for. */
  paidLately(listed: Listed): boolean;
}
