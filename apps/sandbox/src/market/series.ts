/**
 * What the price source of this world knows: which securities it lists under which symbol, and their closes as they were quoted on their day.
 * Closes are those of the world's `prices.daily` and `fx`; where the world has a `prices.walk`, days without one get a made-up close.
 */
import { add, decimal, divide, exact, multiply, round, scaled, written, type Decimal } from '@tidemark/money';
import type { CorporateAction, Security, World } from '../world/world.js';
import { dayNumber, dayText, hasClose, type Session } from './calendar.js';
import { draw, walk } from './walk.js';

export interface Quoted {
  date: string;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
}

export interface Listing {
  symbol: string;
  name: string;
  currency: string;
  session: Session;
  /** Null for a pair of currencies. */
  security: Security | null;
}

/** What the price source appends to the symbols of exchanges outside the United States. */
const SUFFIXES: Record<string, string> = { XLON: '.L', XAMS: '.AS', XPAR: '.PA', XETR: '.DE', XTSE: '.TO', XTKS: '.T', XSWX: '.SW', XMIL: '.MI', XHKG: '.HK', XASX: '.AX' };
const SPREADS: Partial<Record<Security['kind'], number>> = { crypto: 350, bond: 30, money_market: 0 };

/** The symbol under which the price source lists a security; null where it does not. */
export function symbolAtSource(security: Security): string | null {
  if (security.market !== undefined) return security.market;
  if (security.symbol === null || ['option', 'bond', 'future', 'other'].includes(security.kind)) return null;
  if (security.kind === 'crypto') return `${security.symbol}${security.currency}`;
  return `${security.symbol}${SUFFIXES[security.mic ?? ''] ?? ''}`;
}

const listings = new WeakMap<World, Map<string, Listing>>();

/** All that the price source lists, by symbol. */
export function listed(world: World): Map<string, Listing> {
  const known = listings.get(world);
  if (known !== undefined) return known;
  const all = new Map<string, Listing>();
  for (const security of world.securities) {
    const symbol = symbolAtSource(security);
    if (symbol === null || all.has(symbol)) continue;
    all.set(symbol, { symbol, name: security.name, currency: security.currency, session: security.kind === 'crypto' ? 'crypto' : 'exchange', security });
  }
  for (const { base, quote } of world.fx) {
    const symbol = `${base}${quote}`;
    if (!all.has(symbol)) all.set(symbol, { symbol, name: `${base}/${quote}`, currency: quote, session: 'fx', security: null });
  }
  listings.set(world, all);
  return all;
}

export function splitsOf(world: World, security: Security | null): (CorporateAction & { numerator: Decimal; denominator: Decimal })[] {
  return actionsOf(world, security, 'split').filter((action) => action.numerator !== undefined && action.denominator !== undefined) as (CorporateAction & { numerator: Decimal; denominator: Decimal })[];
}

export function dividendsOf(world: World, security: Security | null): CorporateAction[] {
  return actionsOf(world, security, 'dividend').filter(({ amount }) => amount !== undefined);
}

/** Oldest first. */
function actionsOf(world: World, security: Security | null, kind: CorporateAction['kind']): CorporateAction[] {
  if (security === null) return [];
  return world.corporateActions.filter((action) => action.security === security.id && action.kind === kind).sort((a, b) => (a.date < b.date ? -1 : 1));
}

const computed = new WeakMap<World, Map<string, { to: number; rows: Quoted[] }>>();

/** Every close up to the day `to`, oldest first, unadjusted. */
export function quotedCloses(world: World, listing: Listing, to: number): Quoted[] {
  const cache = computed.get(world) ?? new Map<string, { to: number; rows: Quoted[] }>();
  computed.set(world, cache);
  const known = cache.get(listing.symbol);
  if (known?.to === to) return known.rows;
  const closes = new Map<string, Quoted>();
  for (const [day, close] of madeUp(world, listing, to)) closes.set(day, bar(listing.symbol, day, close));
  for (const row of given(world, listing)) if (dayNumber(row.date) <= to) closes.set(row.date, row);
  const rows = [...closes.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
  cache.set(listing.symbol, { to, rows });
  return rows;
}

function given(world: World, listing: Listing): Quoted[] {
  if (listing.security === null) {
    return world.fx.filter(({ base, quote }) => `${base}${quote}` === listing.symbol).map(({ date, rate }) => bar(listing.symbol, date, rate));
  }
  const { id } = listing.security;
  return world.prices.daily
    .filter(({ security }) => security === id)
    .map(({ date, close, open, high, low }) => ({ ...bar(listing.symbol, date, close), ...(open && { open }), ...(high && { high }), ...(low && { low }) }));
}

/** The walk of one symbol through its known price, split by split as it was quoted. */
function madeUp(world: World, listing: Listing, to: number): [string, Decimal][] {
  const settings = world.prices.walk;
  const anchor = anchorOf(world, listing);
  if (settings === undefined || anchor === null) return [];
  const from = dayNumber(settings.from);
  const days = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index).filter((day) => hasClose(day, listing.session));
  const spread = listing.session === 'fx' ? 60 : (SPREADS[listing.security?.kind ?? 'equity'] ?? 160);
  const digits = Math.max(2, anchor.price.split('.')[1]?.length ?? 0);
  const units = walk(`${settings.seed}/${listing.symbol}`, days, { at: anchor.day, units: scaled(exact(anchor.price), digits) }, spread);
  const splits = splitsOf(world, listing.security).map(({ date, numerator, denominator }) => ({ day: dayNumber(date), numerator, denominator }));
  return days.map((day, index): [string, Decimal] => {
    let price = written({ digits: units[index]!, scale: digits });
    for (const split of splits) {
      if (day < split.day && split.day <= anchor.day) price = round(divide(multiply(price, split.numerator), split.denominator), digits);
      if (day >= split.day && split.day > anchor.day) price = round(divide(multiply(price, split.denominator), split.numerator), digits);
    }
    return [dayText(day), price];
  });
}

function anchorOf(world: World, listing: Listing): { day: number; price: Decimal } | null {
  if (listing.security === null) {
    const newest = world.fx.filter(({ base, quote }) => `${base}${quote}` === listing.symbol).reduce((a, b) => (a.date > b.date ? a : b));
    return { day: dayNumber(newest.date), price: newest.rate };
  }
  const { price, priceAsOf } = listing.security;
  return price === null || priceAsOf === undefined || priceAsOf === null ? null : { day: dayNumber(priceAsOf.slice(0, 10)), price };
}

/** Open, high and low around a close, the same at every call. */
function bar(symbol: string, date: string, close: Decimal): Quoted {
  const digits = Math.max(2, close.split('.')[1]?.length ?? 0);
  const near = (salt: string, sign: 1 | -1 | 0): Decimal => {
    const points = draw(`${symbol}/${salt}`, dayNumber(date)) % 90;
    const signed = sign === 0 ? points - 45 : sign * (50 + points);
    return round(add(close, multiply(close, decimal(`${signed}e-4`))), digits);
  };
  return { date, open: near('open', 0), high: near('high', 1), low: near('low', -1), close };
}
