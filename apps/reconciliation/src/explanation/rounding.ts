/**
 * The other side states fewer digits than are expected. To how many, its own figures of the same class tell: cash to the digits of its
 * currency, else the most digits that any of them has. What is expected, rounded so, is what it states; or the difference is less than one of its last digit;
 * or each transaction since was rounded so and together they make it.
 */
import { absolute, add, compare, displayDigits, exact, isCash, isCurrency, isZero, multiply, round, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { classOf } from '../comparison/asset-class.js';
import { candidatesOf, signed } from './candidates.js';
import type { ExplanationInput, Proposal, Rule } from './explanation-input.js';

const ROUNDED = 95;
const LAST_DIGIT = 70;
const ADDED_UP = 55;
/** Institutions that state so few digits of a security pay the fraction out, or do not hold it; it may be rounding all the same. */
const FEW_DIGITS = 3;
const WHOLE_UNITS = 50;
const PAID_OUT: ReadonlySet<string> = new Set(['equity', 'etf', 'fund', 'option']);

export const rounding: Rule = ({ line, rest }, input) => {
  if (isZero(line.actual)) return null;
  const digits = digitsOf(line.asset, line.actual, input);
  const fine = isCash(line.asset) || digits >= FEW_DIGITS;
  if (!fine && !PAID_OUT.has(classOf(line.asset))) return null;
  const expected = subtract(line.actual, rest);
  const last = exactly(1, digits);
  if (exact(expected).scale > digits && compare(round(expected, digits), line.actual) === 0) return proposal(rest, fine ? ROUNDED : WHOLE_UNITS, digits, `${expected} rounded to ${digits} digits is ${line.actual}`);
  if (exact(expected).scale > digits && compare(absolute(rest), last) < 0) return proposal(rest, fine ? LAST_DIGIT : WHOLE_UNITS, digits, `${signed(rest)} is less than one of the last digit, ${last}`);
  const count = candidatesOf(input.state.counted, line.asset, input.sweeps).length;
  const most = multiply(String(count), exactly(5, digits + 1));
  if (count > 1 && fine && compare(absolute(rest), most) <= 0) return proposal(rest, ADDED_UP, digits, `${count} transactions, each rounded to ${digits} digits, make up to ${most}`);
  return null;
};

function proposal(quantity: Decimal, confidence: number, digits: number, text: string): Proposal {
  return { kind: 'rounding', quantity, confidence, summary: `The provider states ${digits === 0 ? 'whole units' : `${digits} digit${digits === 1 ? '' : 's'} after the point`}: ${text}.`, evidence: [{ kind: 'figure', id: null, text }] };
}

function digitsOf(asset: string, actual: Decimal, input: ExplanationInput): number {
  const currency = isCash(asset) ? asset.slice('currency:'.length) : null;
  if (isCurrency(currency)) return Math.max(displayDigits(currency), exact(actual).scale);
  const name = classOf(asset);
  return Math.max(exact(actual).scale, ...[...input.actual].filter(([other]) => classOf(other) === name).map(([, quantity]) => exact(add(quantity, '0')).scale));
}

/** `count` × 10^−digits. */
function exactly(count: number, digits: number): Decimal {
  return add(`${count}e-${digits}`, '0');
}
