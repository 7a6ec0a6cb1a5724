/** A day of a scope as a chart shows it. Pure. */
import type { historyRpc } from '@tidemark/contracts';
import { exact, halfEven, scaled, subtract, written, writtenPlain } from '@tidemark/money';
import type { Decimal, Exact } from '@tidemark/money';
import type { ScopeDay } from './scope-day.js';

/** The value within a day, where it was watched. */
export interface DayRangeOfValue {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
}

/**
 * gain = positions − their cost basis (cash is no gain); its percentage is of the size of the cost basis, 2 digits, and has no meaning where
 * that is nothing. Where the value is not whole there is no gain: what has no price would look like a loss of all that it cost.
 */
export function pointOf(day: ScopeDay, range?: DayRangeOfValue): historyRpc.HistoryPoint {
  const { date, value, cash, costBasis, inflow, outflow, securities, origin, quality, complete } = day;
  const { gain, gainPercent } = !complete || value === null || cash === null || costBasis === null ? NO_GAIN : gainOf(value, cash, costBasis);
  return {
    date, value, cash, costBasis, gain,
    gainPercent,
    netFlow: inflow === null || outflow === null ? null : outflow === '0' ? inflow : subtract(inflow, outflow),
    open: range?.open ?? null, high: range?.high ?? null, low: range?.low ?? null, close: range?.close ?? null,
    securitiesCount: securities, origin, quality,
  };
}

const NO_GAIN = { gain: null, gainPercent: null };
const PERCENT_DIGITS = 2;
/** 100 % at two digits after the point. */
const HUNDREDTHS = 10_000;

interface Gain {
  readonly gain: Decimal;
  readonly gainPercent: Decimal | null;
}

/** An answer has hundreds of points, so in plain numbers where all of it fits into them whole: both ways say the same. */
function gainOf(value: Decimal, cash: Decimal, costBasis: Decimal): Gain {
  return plainGain(value, cash, costBasis) ?? exactGain(exact(value), exact(cash), exact(costBasis));
}

function plainGain(value: Decimal, cash: Decimal, costBasis: Decimal): Gain | null {
  const [worth, money, paid] = [plain(value), plain(cash), plain(costBasis)];
  if (!worth || !money || !paid) return null;
  const scale = Math.max(worth.scale, money.scale, paid.scale);
  const basis = atScale(paid, scale);
  const digits = atScale(worth, scale) - atScale(money, scale) - basis;
  // What is too large for a number anywhere on the way is too large at its end: nothing that is multiplied here gets smaller again.
  const size = Math.max(Math.abs(atScale(worth, scale)), Math.abs(atScale(money, scale)), Math.abs(basis), Math.abs(digits)) * HUNDREDTHS;
  if (!(size <= MOST)) return null;
  return { gain: writtenPlain(digits, scale), gainPercent: basis === 0 ? null : writtenPlain(halfEvenPlain(digits * HUNDREDTHS, Math.abs(basis)), PERCENT_DIGITS) };
}

/** Far enough below 2^53 that a difference of three of them is whole too. */
const MOST = 2 ** 51;
const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const atScale = ({ digits, scale }: PlainNumber, to: number): number => digits * (POWERS[to - scale] ?? Infinity);

interface PlainNumber {
  readonly digits: number;
  readonly scale: number;
}

/** Longer ones may not be whole in floating point. */
const LONGEST = 16;

function plain(text: Decimal): PlainNumber | null {
  if (text.length > LONGEST) return null;
  const point = text.indexOf('.');
  return point < 0 ? { digits: Number(text), scale: 0 } : { digits: Number(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/** numerator / denominator, half to even: the remainder of whole numbers is exact, and so is what is left without it. @param denominator > 0 */
function halfEvenPlain(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  const quotient = (numerator - rest) / denominator;
  const twice = Math.abs(rest) * 2;
  if (twice < denominator || (twice === denominator && quotient % 2 === 0)) return quotient;
  return numerator < 0 ? quotient - 1 : quotient + 1;
}

function exactGain(worth: Exact, money: Exact, paid: Exact): Gain {
  const scale = Math.max(worth.scale, money.scale, paid.scale);
  const basis = scaled(paid, scale);
  const digits = scaled(worth, scale) - scaled(money, scale) - basis;
  return { gain: written({ digits, scale }), gainPercent: basis === 0n ? null : written({ digits: halfEven(digits * BigInt(HUNDREDTHS), basis < 0n ? -basis : basis), scale: PERCENT_DIGITS }) };
}
