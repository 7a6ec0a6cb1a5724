/**
 * Worlds with a true history, of any size, from a seed. Pure: the same options give the same world. Accounts are played forward from an opening
 * (empty for most), so that opening + transactions = what stands there now, and `trueHistory` can say what every day was worth.
 */
import type { Account, Holding, Person, Provider, Transaction, World } from '../../world/world.js';
import { INSTITUTIONS } from '../catalogue.js';
import { dice, type Dice } from '../dice.js';
import { closeBank, playBank } from './bank.js';
import { Book } from './book.js';
import { centsText, UNIT, unitsText, worthInCents } from './numbers.js';
import { playPerson } from './play-person.js';
import { corporateActions, dailyPrices, drawUniverse, fxRates, startOf, type Universe } from './universe.js';
import { dayNumber } from '../../market/calendar.js';

export interface HistoryOptions {
  seed: number;
  persons?: number;
  accountsPerPerson?: number;
  /** How many securities there are. */
  securities?: number;
  /** How many different ones an account holds at most at a time. */
  assets?: number;
  transactionsPerAccount?: number;
  /** The last day; history lies before it. */
  today?: string;
  days?: number;
  /** Whose accounts they are; `mixed` draws for each. */
  provider?: Provider | 'mixed';
  /** With corporate actions, options, short sales, transfers, foreign cash and all else; otherwise buys, sales, dividends and deposits only. */
  eventful?: boolean;
}

const SHARED = INSTITUTIONS.filter(({ plaid, snaptrade }) => plaid !== undefined && snaptrade !== undefined);

const BANKS = INSTITUTIONS.filter(({ type }) => type === 'bank');
const BANK_KINDS = [{ type: 'depository', subtype: 'checking' }, { type: 'credit', subtype: 'credit card' }] as const;

export function generateHistory(options: HistoryOptions): World {
  const { seed, persons = 1, accountsPerPerson = 1, securities = 8, today = '2026-11-20', days = 730, eventful = true } = options;
  const chance = dice(seed);
  const universe = drawUniverse(chance, { securities, from: startOf(today, days), to: dayNumber(today), eventful });
  const fx = fxRates(chance, universe);
  const people: Person[] = Array.from({ length: persons }, (_, index) => ({ id: `p${index}`, name: `Person ${index}` }));
  const accounts: Account[] = [];
  const transactions: Transaction[] = [];
  for (const person of people) {
    const books = Array.from({ length: accountsPerPerson }, (_, index) => open(chance, universe, person, index, options));
    playPerson(universe, books.filter(({ account }) => account.type === 'investment'), { transactions: options.transactionsPerAccount ?? 40, assets: options.assets ?? 6, eventful });
    for (const book of books) {
      if (book.account.type !== 'investment') playBank(book, universe, options.transactionsPerAccount ?? 40);
      close(book);
      accounts.push(book.account);
      for (const row of book.rows) transactions.push(row);
    }
  }
  return {
    version: 1,
    name: `history from seed ${seed}`,
    institutions: structuredClone(INSTITUTIONS) as World['institutions'],
    persons: people,
    securities: [...universe.listed, ...universe.contracts].map(({ security }) => security),
    accounts,
    transactions,
    corporateActions: corporateActions(universe),
    prices: { daily: dailyPrices(universe), intraday: [] },
    fx,
  };
}

function open(chance: Dice, universe: Universe, person: Person, index: number, { provider = 'mixed', eventful = true }: HistoryOptions): Book {
  const through: Provider = provider === 'mixed' ? chance.pick(['plaid', 'snaptrade'] as const) : provider;
  const bank = eventful && through === 'plaid' && chance.whole(0, 7) === 0;
  const institution = chance.pick(bank ? BANKS : SHARED);
  const number = String(chance.whole(10_000_000, 99_999_999));
  const account: Account = {
    id: `${person.id}-a${index}`,
    person: person.id,
    institution: institution.id,
    providers: [through],
    ...(bank ? chance.pick(BANK_KINDS) : { type: 'investment', subtype: 'brokerage' }),
    name: `${institution.name} ${index}`,
    mask: number.slice(-4),
    number,
    currency: 'USD',
  };
  const book = new Book(account, through, chance, eventful && chance.whole(0, 2) === 0);
  account.opening = { cash: [], holdings: [] };
  if (!bank && chance.whole(0, 2) === 0) openWith(book, universe);
  return book;
}

/** It held something already when its history begins. */
function openWith(book: Book, universe: Universe): void {
  const cents = BigInt(book.chance.whole(0, 500_000));
  book.cash.set('USD', cents);
  const there = universe.listed.filter((listed) => (listed.days[0] ?? Infinity) < universe.from);
  for (const listed of there.slice(0, book.chance.whole(0, 3))) {
    const units = BigInt(book.chance.whole(1, 90)) * UNIT;
    book.units.set(listed, units);
    const close = listed.closes[0]!;
    book.cost.set(listed, worthInCents(units, close));
  }
  book.account.opening = {
    cash: [{ currency: 'USD', amount: centsText(cents) }],
    holdings: [...book.units].map(([{ security }, units]) => ({ security: security.id, quantity: unitsText(units) })),
  };
}

/** Writes what is left into the account. */
function close(book: Book): void {
  const { account } = book;
  if (account.type !== 'investment') return closeBank(book);
  account.cash = [...book.cash].map(([currency, cents]) => ({ currency, amount: centsText(cents) }));
  account.holdings = [...book.units].map(([listed, units]): Holding => ({ security: listed.security.id, quantity: unitsText(units), costBasis: centsText(book.cost.get(listed) ?? 0n) }));
}

