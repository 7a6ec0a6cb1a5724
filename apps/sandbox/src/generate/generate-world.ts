/**
 * Worlds of any size from a seed. Pure: the same options give the same world. Every account's history is played
 * forward from an opening, so that opening + transactions = the holdings and cash that stand there now.
 */
import { add, multiply, negate, round, subtract, type Decimal } from '@tidemark/money';
import type { Account, Holding, Person, Security, Transaction, World } from '../world/world.js';
import { INSTITUTIONS, madeUpSecurities } from './catalogue.js';
import { dice, type Dice } from './dice.js';

export interface GenerateOptions {
  seed: number;
  persons?: number;
  accountsPerPerson?: number;
  holdingsPerAccount?: number;
  transactionsPerAccount?: number;
  /** How many securities there are to hold. */
  securities?: number;
  /** The day it is; history lies before it. */
  today?: string;
}

const TWO_YEARS_DAYS = 730;

export function generateWorld(options: GenerateOptions): World {
  const { seed, persons = 1, accountsPerPerson = 2, holdingsPerAccount = 10, transactionsPerAccount = 50, today = '2026-11-20' } = options;
  const chance = dice(seed);
  const securities = madeUpSecurities(chance, options.securities ?? Math.max(50, holdingsPerAccount * 2), `${today}T21:00:00Z`);
  const people: Person[] = Array.from({ length: persons }, (_, index) => ({ id: `p${index}`, name: `Person ${index}` }));
  const accounts: Account[] = [];
  const transactions: Transaction[] = [];
  for (const person of people) {
    for (let index = 0; index < accountsPerPerson; index += 1) {
      const opened = openAccount(chance, person, index);
      const history = opened.type === 'investment'
        ? invest(chance, opened, { securities, holdings: holdingsPerAccount, transactions: transactionsPerAccount, today })
        : bank(chance, opened, { transactions: transactionsPerAccount, today });
      accounts.push(opened);
      for (const transaction of history) transactions.push(transaction);
    }
  }
  return {
    version: 1,
    name: `generated from seed ${seed}`,
    institutions: structuredClone(INSTITUTIONS) as World['institutions'],
    persons: people,
    securities,
    accounts,
    transactions,
    corporateActions: [],
    prices: { daily: securities.map(({ id, price }) => ({ security: id, date: today, close: price! })), intraday: [] },
    fx: [],
  };
}

function openAccount(chance: Dice, person: Person, index: number): Account {
  const institution = chance.pick(INSTITUTIONS);
  const isBank = institution.type === 'bank';
  const number = String(chance.whole(10_000_000, 99_999_999));
  return {
    id: `${person.id}-a${index}`,
    person: person.id,
    institution: institution.id,
    type: isBank ? 'depository' : 'investment',
    subtype: isBank ? 'checking' : 'brokerage',
    name: `${institution.name} ${index}`,
    mask: number.slice(-4),
    number,
    currency: 'USD',
  };
}

interface Plan {
  transactions: number;
  today: string;
}

/** Opens with positions and cash, then buys, sells and takes dividends; writes what is left into the account. */
function invest(chance: Dice, account: Account, plan: Plan & { securities: Security[]; holdings: number }): Transaction[] {
  const held = sample(chance, plan.securities, plan.holdings);
  const quantities = new Map(held.map(({ id }) => [id, chance.quantity(10_000, 5_000_000)]));
  let cash: Decimal = chance.cents(0, 5_000_000);
  const history: Transaction[] = [];
  for (const date of days(chance, plan)) {
    const security = held.length === 0 ? undefined : chance.pick(held);
    const made = security === undefined ? deposit(chance) : trade(chance, security, quantities.get(security.id)!);
    if (security !== undefined) quantities.set(security.id, add(quantities.get(security.id)!, made.quantity ?? '0'));
    cash = add(cash, made.amount);
    history.push({ ...made, id: `${account.id}-t${history.length}`, account: account.id, date });
  }
  account.cash = [{ currency: 'USD', amount: cash }];
  account.holdings = held.map(({ id, price }): Holding => {
    const quantity = quantities.get(id)!;
    return { security: id, quantity, costBasis: round(multiply(quantity, price!), 2) };
  });
  return history;
}

type Made = Omit<Transaction, 'id' | 'account' | 'date'>;

/** A buy, a sale of at most half, or a dividend. */
function trade(chance: Dice, security: Security, held: Decimal): Made {
  const price = security.price!;
  const words = { security: security.id, currency: 'USD' };
  switch (chance.pick(['buy', 'sell', 'dividend'] as const)) {
    case 'buy': {
      const quantity = chance.quantity(100, 50_000);
      return { ...words, kind: 'buy', quantity, price, fees: '0', amount: negate(round(multiply(quantity, price), 2)), description: `Bought ${quantity} ${security.symbol}` };
    }
    case 'sell': {
      const quantity = round(multiply(held, `0.${chance.whole(1, 4)}`), 4);
      return { ...words, kind: 'sell', quantity: negate(quantity), price, fees: '0', amount: round(multiply(quantity, price), 2), description: `Sold ${quantity} ${security.symbol}` };
    }
    case 'dividend':
      return { ...words, kind: 'dividend', amount: chance.cents(1, 20_000), description: `${security.symbol} dividend` };
  }
}

function deposit(chance: Dice): Made {
  return { kind: 'deposit', currency: 'USD', amount: chance.cents(1_000, 500_000), description: 'Deposit' };
}

function bank(chance: Dice, account: Account, plan: Plan): Transaction[] {
  let balance: Decimal = chance.cents(10_000, 2_000_000);
  const history = days(chance, plan).map((date, index): Transaction => {
    const amount = chance.whole(0, 1) === 0 ? chance.cents(100, 300_000) : subtract('0', chance.cents(100, 20_000));
    balance = add(balance, amount);
    const kind = amount.startsWith('-') ? 'purchase' : 'deposit';
    return { id: `${account.id}-t${index}`, account: account.id, date, kind, amount, currency: 'USD', description: kind === 'purchase' ? 'CARD PURCHASE' : 'PAYROLL' };
  });
  account.balances = { current: balance, available: balance };
  return history;
}

/** As many days of the last two years as there are transactions, oldest first. */
function days(chance: Dice, { transactions, today }: Plan): string[] {
  const now = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: transactions }, () => chance.whole(1, TWO_YEARS_DAYS - 1))
    .sort((a, b) => b - a)
    .map((ago) => new Date(now - ago * 86_400_000).toISOString().slice(0, 10));
}

function sample<T>(chance: Dice, from: readonly T[], howMany: number): T[] {
  const rest = [...from];
  return Array.from({ length: Math.min(howMany, rest.length) }, () => rest.splice(chance.whole(0, rest.length - 1), 1)[0]!);
}
