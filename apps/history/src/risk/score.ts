/**
 * Two scores from 0 to 100, each by the formula that it carries, from the rounded inputs that it carries: whoever has the answer can compute
 * it again. They are a way of reading the inputs, not an opinion: the weights and the marks at which a part is full are ours, and published.
 *
 *   risk              full marks at 40 % yearly volatility (a single lively share), at a fall of 50 %, at one holding, at 200 % exposure
 *   diversification   full marks at 20 equal holdings and 4 equal classes; what a fund or an ETF holds is not known to us, so each counts as 20
 */
import type { historyRpc } from '@tidemark/contracts';
import { absolute, add, compare, divide, multiply, negate, round, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { allocate, classOf } from '../allocation/allocate.js';
import type { Held } from '../allocation/total.js';
import type { Drawdown } from '../returns/drawdown.js';
import { RATE_DIGITS, why } from '../returns/figure.js';
import type { Why } from '../returns/figure.js';
import { ratioOf, rounded } from '../returns/ratio.js';
import type { Volatility } from '../returns/volatility.js';
import { exposures, herfindahl } from './concentration.js';
import type { Exposure } from './concentration.js';

type Score = historyRpc.Score;

export const RISK_FORMULA = 'round(100 × (0.50 × min(1, volatility / 0.40) + 0.25 × min(1, −maxDrawdown / 0.50) + 0.15 × min(1, hhi × exposure) + 0.10 × min(1, max(0, exposure − 1)))); exposure = Σ |position| / value';
export const DIVERSIFICATION_FORMULA = 'round(100 × (0.70 × min(1, (1 − hhiLookThrough) / 0.95) + 0.30 × min(1, (1 − hhiClasses) / 0.75))); hhiLookThrough counts each fund or ETF as 20 equal holdings; hhiClasses is over classes, cash included';
const HOLDINGS_OF_A_FUND = '20';

/** @param year volatility and drawdown of the last year, or of what is known of it */
export function riskScore(held: Held, year: { volatility: Volatility; maxDrawdown: Drawdown }): Score {
  const found = exposures(held);
  const inputs: Record<string, Decimal | null> = { volatility: year.volatility.annualised, maxDrawdown: year.maxDrawdown.value, hhi: null, exposure: null };
  const nothing = 'reason' in found && found.reason.code === 'no_positions';
  if ('reason' in found && !nothing) return none(RISK_FORMULA, inputs, found.reason);
  const whole = wholeOf(held);
  if (typeof whole !== 'string') return none(RISK_FORMULA, inputs, whole);
  const sizes = 'exposures' in found ? found.exposures.map(({ value }) => absolute(value)) : [];
  const hhi = sizes.length > 0 ? rounded(herfindahl(sizes), RATE_DIGITS) : null;
  const exposure = rounded(ratioOf(sum(sizes), whole), RATE_DIGITS);
  const all = { ...inputs, hhi, exposure };
  const { volatility, maxDrawdown } = year;
  if (volatility.annualised === null) return none(RISK_FORMULA, all, volatility.reason ?? why('too_few_days', 'The volatility is not known.'));
  if (maxDrawdown.value === null) return none(RISK_FORMULA, all, maxDrawdown.reason ?? why('too_few_days', 'The drawdown is not known.'));
  return scored(RISK_FORMULA, all, [
    ['0.50', divide(volatility.annualised, '0.40')],
    ['0.25', divide(negate(maxDrawdown.value), '0.50')],
    ['0.15', multiply(hhi ?? '0', exposure)],
    ['0.10', subtract(exposure, '1')],
  ]);
}

export function diversificationScore(held: Held): Score {
  const found = exposures(held);
  const unknownInputs = { hhiLookThrough: null, hhiClasses: null };
  if ('reason' in found) return none(DIVERSIFICATION_FORMULA, unknownInputs, found.reason);
  const whole = wholeOf(held);
  if (typeof whole !== 'string') return none(DIVERSIFICATION_FORMULA, unknownInputs, whole);
  const { slices } = allocate(held, 'class');
  const inputs = { hhiLookThrough: lookThrough(found.exposures), hhiClasses: rounded(herfindahl(slices.map(({ value }) => value ?? '0')), RATE_DIGITS) };
  return scored(DIVERSIFICATION_FORMULA, inputs, [
    ['0.70', divide(subtract('1', inputs.hhiLookThrough), '0.95')],
    ['0.30', divide(subtract('1', inputs.hhiClasses), '0.75')],
  ]);
}

/** What shares are of, else why there is none. */
function wholeOf({ complete, reasons, total }: Held): Decimal | Why {
  if (!complete) return reasons[0] ?? why('no_history', 'The value is not wholly known.');
  return total !== null && compare(total, '0') > 0 ? total : why('negative_value', `The value is ${total ?? 'not known'}: there is nothing that anything could be a share of.`);
}

/** HHI with a fund's or an ETF's weight spread over as many equal holdings as one is taken to have: w² / 20. */
function lookThrough(all: readonly Exposure[]): Decimal {
  const total = sum(all.map(({ value }) => absolute(value)));
  const squares = all.map(({ asset, value }) => (isPooled(asset) ? multiply(value, value) : multiply(multiply(value, value), HOLDINGS_OF_A_FUND)));
  return rounded(ratioOf(sum(squares), multiply(HOLDINGS_OF_A_FUND, multiply(total, total))), RATE_DIGITS);
}

function isPooled(asset: string): boolean {
  return ['etf', 'fund'].includes(classOf(asset));
}

/** Parts are held between 0 and 1 before they are weighed. */
function scored(formula: string, inputs: Score['inputs'], parts: readonly (readonly [weight: Decimal, part: Decimal])[]): Score {
  const share = parts.reduce((total, [weight, part]) => add(total, multiply(weight, within(part))), '0');
  return { value: Number(round(multiply(share, '100'), 0)), formula, inputs };
}

function within(part: Decimal): Decimal {
  if (compare(part, '0') < 0) return '0';
  return compare(part, '1') > 0 ? '1' : part;
}

function none(formula: string, inputs: Score['inputs'], reason: Why): Score {
  return { value: null, formula, inputs, reason };
}
