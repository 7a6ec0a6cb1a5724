/**
 * The market of a generated world: its securities with a close for every day, and what their companies do to them. Drawn before any account
 * plays in it. Closes are as quoted: after a 2:1 split they are half of what they were.
 */
import { halfEven } from '@tidemark/money';
import { closeAt, dayNumber, dayText, hasClose, type Session } from '../../market/calendar.js';
import { walk } from '../../market/walk.js';
import type { CorporateAction, DailyPrice, FxRate, Security, SecurityKind } from '../../world/world.js';
import { tickerOf } from '../catalogue.js';
import type { Dice } from '../dice.js';
import { optionsOn, type Contract } from './contracts.js';
import { debtCusip } from './debt-cusip.js';
import type { Listed } from './listed.js';
import { priceText, unitsText } from './numbers.js';

/** What a company does on a day, before the market opens. */
export interface Action {
  day: number;
  kind: 'split' | 'spin_off' | 'merger' | 'stock_dividend' | 'dividend';
  security: Listed;
  /** New units for old ones: of the same, of `into`, or in addition (a stock dividend). */
  numerator: bigint;
  denominator: bigint;
  into?: Listed;
  /** Cents for each unit given up. */
  cents?: bigint;
}

export interface Universe {
  from: number;
  to: number;
  listed: Listed[];
  contracts: Contract[];
  actions: Map<number, Action[]>;
  /** What has a close on a day, once it was asked for. */
  quoted: Map<number, Listed[]>;
}

const RATIOS = [[2n, 1n], [3n, 2n], [4n, 1n], [10n, 1n], [1n, 3n], [1n, 10n], [5n, 4n]] as const;
/** Every how many securities there is one of this kind. */
const KINDS: readonly SecurityKind[] = ['equity', 'etf', 'equity', 'crypto', 'equity', 'fund', 'equity', 'bond', 'money_market', 'equity'];
/** How far a day moves at most, in hundredths of a percent. */
const SPREADS: Partial<Record<SecurityKind, number>> = { crypto: 350, bond: 20, money_market: 0 };
const FOREIGN = [['EUR', 'XAMS', 'NL'], ['GBP', 'XLON', 'GB']] as const;

export interface UniverseOptions {
  securities: number;
  from: number;
  to: number;
  /** With corporate actions, foreign listings and options; else plain securities only. */
  eventful: boolean;
}

export function drawUniverse(chance: Dice, options: UniverseOptions): Universe {
  const { securities, from, to, eventful } = options;
  const listed = Array.from({ length: securities }, (_, index) => list(chance, index, { ...options, from: from - 10 }));
  const actions = eventful ? drawActions(chance, listed, options) : [];
  for (const action of actions) adjust(action, chance);
  for (const one of listed) one.security.price = one.closes.length === 0 ? null : priceText(one.closes.at(-1)!);
  for (const one of listed) one.security.priceAsOf = one.days.length === 0 ? null : new Date(closeAt(one.days.at(-1)!)).toISOString();
  const underlyings = eventful ? listed.filter(({ security, days }) => security.kind === 'equity' && security.currency === 'USD' && days.at(-1) === lastDay(to)).filter((one) => !actions.some(({ security, kind, into }) => kind !== 'dividend' && (security === one || into === one))) : [];
  return { from, to, listed, contracts: underlyings.slice(0, securities < 30 ? 1 : 3).flatMap((underlying) => optionsOn(chance, underlying, from, to)), actions: Map.groupBy(actions, ({ day }) => day), quoted: new Map() };
}

function lastDay(to: number): number {
  let day = to;
  while (!hasClose(day, 'exchange')) day -= 1;
  return day;
}

function list(chance: Dice, index: number, { from, to, eventful }: UniverseOptions): Listed {
  const kind = KINDS[index % KINDS.length]!;
  const foreign = eventful && kind === 'equity' && index % 4 === 2 ? chance.pick(FOREIGN) : null;
  const session: Session = kind === 'crypto' ? 'crypto' : 'exchange';
  const scale = kind === 'bond' ? 6 : 2;
  const days = Array.from({ length: to - from + 1 }, (_, offset) => from + offset).filter((day) => hasClose(day, session));
  const units = BigInt(kind === 'money_market' ? 100 : kind === 'bond' ? chance.whole(900_000, 1_050_000) : kind === 'crypto' ? chance.whole(100_000, 9_000_000) : chance.whole(800, 60_000));
  const symbol = tickerOf(index);
  const closes = walk(`${chance.whole(0, 1 << 30)}/${symbol}`, days, { at: from, units }, SPREADS[kind] ?? 160);
  const security: Security = {
    id: `s${index}`,
    kind,
    symbol: kind === 'bond' ? null : symbol,
    name: `Made-up ${kind} ${index}`,
    currency: foreign?.[0] ?? 'USD',
    price: null,
    ...(kind === 'bond' ? { cusip: debtCusip(index), bond: { couponRate: '4.25', maturity: '2034-11-15', faceValue: '100' } } : {}),
    ...(foreign === null ? {} : { mic: foreign[1], isin: `${foreign[2]}${String(index).padStart(9, '0')}0` }),
  };
  return { security, session, days, closes: closes.map((digits) => ({ digits, scale })) };
}

/** About a third of the companies do something; each security only once, so that a history can be followed by hand. */
function drawActions(chance: Dice, listed: Listed[], { from, to }: UniverseOptions): Action[] {
  const taken = new Set<Listed>();
  const companies = listed.filter(({ security }) => security.kind === 'equity' || security.kind === 'etf');
  const other = (than: Listed): Listed | undefined => companies.find((one) => one !== than && !taken.has(one) && one.security.currency === than.security.currency);
  return companies.flatMap((security): Action[] => {
    if (taken.has(security)) return [];
    const day = tradingDayIn(chance, security, from + 20, to - 20);
    const made = day === null ? null : draw(chance, security, day, other);
    if (made === null) return [];
    taken.add(security);
    if (made.into !== undefined) taken.add(made.into);
    return [made];
  });
}

function draw(chance: Dice, security: Listed, day: number, other: (than: Listed) => Listed | undefined): Action | null {
  switch (chance.whole(0, 7)) {
    case 0:
    case 1:
    case 2: {
      const [numerator, denominator] = chance.pick(RATIOS);
      return { day, kind: 'split', security, numerator, denominator };
    }
    case 3:
      return { day, kind: 'stock_dividend', security, numerator: BigInt(chance.whole(1, 10)), denominator: 100n };
    case 4: {
      const into = other(security);
      return into === undefined ? null : { day, kind: 'spin_off', security, numerator: 1n, denominator: BigInt(chance.whole(2, 9)), into };
    }
    case 5: {
      const into = chance.whole(0, 2) === 0 ? undefined : other(security);
      const cents = into === undefined || chance.whole(0, 1) === 0 ? { cents: BigInt(chance.whole(100, 5_000)) } : {};
      return { day, kind: 'merger', security, numerator: BigInt(chance.whole(20, 180)), denominator: 100n, ...(into === undefined ? {} : { into }), ...cents };
    }
    default:
      return null;
  }
}

export function tradingDayIn(chance: Dice, listed: Listed, from: number, to: number): number | null {
  const days = listed.days.filter((day) => day >= from && day <= to);
  return days.length === 0 ? null : chance.pick(days);
}

/** Brings the closes into line with what happened: divided by a split, ended by a merger, begun by a spin-off. */
function adjust({ kind, security, into, day, numerator, denominator }: Action, chance: Dice): void {
  if (kind === 'split') {
    security.closes = security.closes.map(({ digits, scale }, index) => ({ digits: security.days[index]! < day ? digits : atLeastOne(halfEven(digits * denominator, numerator)), scale }));
  }
  if (kind === 'merger') keep(security, (listedDay) => listedDay < day);
  // Half of the children were not listed before: theirs begins on the day.
  if (kind === 'spin_off' && into !== undefined && chance.whole(0, 1) === 0) keep(into, (listedDay) => listedDay >= day);
}

const atLeastOne = (digits: bigint): bigint => (digits < 1n ? 1n : digits);

function keep(listed: Listed, wanted: (day: number) => boolean): void {
  const kept = listed.days.map((day, index) => [day, listed.closes[index]!] as const).filter(([day]) => wanted(day));
  listed.days = kept.map(([day]) => day);
  listed.closes = kept.map(([, close]) => close);
}

export function dailyPrices({ listed, contracts }: Universe): DailyPrice[] {
  return [...listed, ...contracts].flatMap(({ security, days, closes }) => days.map((day, index) => ({ security: security.id, date: dayText(day), close: priceText(closes[index]!) })));
}

export function corporateActions(universe: Universe): CorporateAction[] {
  return [...universe.actions.values()].flat().flatMap(({ kind, security, day, numerator, denominator, into }, index): CorporateAction[] => {
    const action = { id: `action-${index}`, security: security.security.id, date: dayText(day), ...(into === undefined ? {} : { into: into.security.id }) };
    const ratio = { numerator: unitsText(numerator * 100_000_000n), denominator: unitsText(denominator * 100_000_000n) };
    return kind === 'stock_dividend' || kind === 'dividend' ? [] : [{ ...action, kind, ...ratio }];
  });
}

/** Dollars for one unit of each foreign currency, every weekday. */
export function fxRates(chance: Dice, { from, to }: Universe): FxRate[] {
  return ([['EUR', 115_000n], ['GBP', 131_000n]] as const).flatMap(([base, units]) => {
    const days = Array.from({ length: to - from + 11 }, (_, offset) => from - 10 + offset).filter((day) => hasClose(day, 'fx'));
    const rates = walk(`${chance.whole(0, 1 << 30)}/${base}`, days, { at: from, units }, 50);
    return days.map((day, index) => ({ date: dayText(day), base, quote: 'USD', rate: priceText({ digits: rates[index]!, scale: 5 }) }));
  });
}

export const startOf = (today: string, days: number): number => dayNumber(today) - days;
