/**
 * What the answers of other services mean to a rule: the figure that the user's own pages show at the same moment, or why there is none.
 * An answer that is not complete is never judged: a sum without one of its accounts would fall below every threshold.
 */
import type { AlertFigures, historyRpc, snapshotsRpc } from '@tidemark/contracts';
import { closeBefore } from '@tidemark/market';
import { absolute, compare, negate, subtract } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { Rule } from '../rule/rule.js';
import { standOf } from './judge.decide.js';
import type { Stand } from './judge.decide.js';

export interface Ask {
  readonly what: 'value' | 'positions' | 'allocation';
  readonly account: string | null;
  /** Null: the user's base currency. */
  readonly currency: string | null;
}

export type Answer =
  | { readonly what: 'value'; readonly value: snapshotsRpc.PortfolioValue }
  | { readonly what: 'positions'; readonly value: snapshotsRpc.PortfolioPositions }
  | { readonly what: 'allocation'; readonly value: historyRpc.Allocation };

export type Reading =
  | { readonly known: true; readonly stand: Stand; readonly period: string | null; readonly figures: AlertFigures; readonly message: string }
  | { readonly known: false; readonly problem: string };

type AskingRule = Pick<Rule, 'kind' | 'condition' | 'hysteresis'>;

/** The same question for all rules that can share its answer: `askKey` tells. */
export function askOf({ kind, condition }: AskingRule): Ask {
  const account = condition.accountId ?? null;
  if (kind === 'concentration_above') return { what: 'positions', account, currency: null };
  if (kind === 'allocation_drift') return { what: 'allocation', account, currency: null };
  return { what: 'value', account, currency: kind === 'day_change_percent' ? null : (condition.amount?.currency ?? null) };
}

export const askKey = ({ what, account, currency }: Ask): string => `${what} ${account ?? ''} ${currency ?? ''}`;

const unknown = (problem: string): Reading => ({ known: false, problem: problem.slice(0, 1_000) });

/** @param name of the account that the rule names, else of the portfolio */
export function readAnswer(rule: AskingRule, answer: Answer, name: string): Reading {
  switch (answer.what) {
    case 'value':
      return rule.kind === 'day_change_percent' ? dayChange(rule, answer.value, name) : balance(rule, answer.value, name);
    case 'positions':
      return concentration(rule, answer.value, name);
    case 'allocation':
      return drift(rule, answer.value, name);
  }
}

/** Why the value cannot be relied on; null where it can. */
function notJudged({ condition }: AskingRule, { accounts, complete, parked, reasons, value }: snapshotsRpc.PortfolioValue): string | null {
  const aside = condition.accountId == null ? undefined : accounts.find((account) => account.accountId === condition.accountId && !account.counted);
  if (aside) return `The account counts in no total now: ${aside.reason ?? 'it was taken out'}.`;
  if (!accounts.some(({ counted }) => counted)) return 'No account counts: there is nothing to judge.';
  if (complete && parked.length === 0 && value !== null) return null;
  return because(reasons, 'The value is not complete.');
}

function because(reasons: readonly { readonly detail: string; readonly code: string }[], otherwise: string): string {
  return (reasons.find(({ code }) => ['price_missing', 'rate_missing', 'no_snapshot', 'parked'].includes(code)) ?? reasons[0])?.detail ?? otherwise;
}

function balance(rule: AskingRule, answer: snapshotsRpc.PortfolioValue, name: string): Reading {
  const { amount } = rule.condition;
  const problem = notJudged(rule, answer);
  if (problem !== null || answer.value === null || !amount) return unknown(problem ?? 'The value is not known.');
  const { amount: threshold, currency } = amount;
  if (answer.currency !== currency) return unknown(`The value is in ${answer.currency} and not in ${currency}.`);
  const stand = standOf({ kind: rule.kind, threshold, hysteresis: rule.hysteresis }, answer.value);
  const figures: AlertFigures = { value: answer.value, threshold, unit: 'money', currency, asset: null };
  return { known: true, stand, period: null, figures, message: `${name} is worth ${answer.value} ${currency}, ${rule.kind === 'balance_below' ? 'below' : 'above'} ${threshold} ${currency}.` };
}

function dayChange(rule: AskingRule, answer: snapshotsRpc.PortfolioValue, name: string): Reading {
  const { percent: threshold, direction = 'any' } = rule.condition;
  const problem = notJudged(rule, answer);
  if (problem !== null || threshold === undefined) return unknown(problem ?? 'The change is not known.');
  const change = answer.dayChangePercent;
  if (change === null) return unknown(because(answer.reasons, 'The change since the close before is not known.'));
  const size = direction === 'any' ? absolute(change) : direction === 'up' ? change : negate(change);
  const stand = standOf({ kind: rule.kind, threshold, hysteresis: rule.hysteresis }, size);
  const figures: AlertFigures = { value: change, threshold, unit: 'percent', currency: null, asset: null };
  const moved = compare(change, '0') < 0 ? 'down' : 'up';
  // A day's change starts anew at each close: what was told of yesterday is over.
  return { known: true, stand, period: closeBefore(answer.asOf), figures, message: `${name} is ${moved} ${absolute(change)} % since the close before; you asked to hear of ${threshold} %.` };
}

function concentration(rule: AskingRule, { positions, complete, reasons, totals }: snapshotsRpc.PortfolioPositions, name: string): Reading {
  const { percent: threshold } = rule.condition;
  const parked = reasons.some(({ code }) => code === 'parked');
  if (!complete || parked || totals.value === null || threshold === undefined) return unknown(because(reasons, 'The positions are not complete.'));
  let largest: { weight: Decimal; asset: string; title: string } | null = null;
  for (const { weight, asset } of positions) {
    if (weight === null) return unknown('Shares of the whole mean nothing: it is not worth more than zero.');
    if (largest === null || compare(weight, largest.weight) > 0) largest = { weight, asset: asset.id, title: asset.name ?? asset.symbol ?? asset.id };
  }
  const weight = largest?.weight ?? '0';
  const figures: AlertFigures = { value: weight, threshold, unit: 'percent', currency: null, asset: largest?.asset ?? null };
  return { known: true, stand: standOf({ kind: rule.kind, threshold, hysteresis: rule.hysteresis }, weight), period: null, figures, message: `${largest?.title ?? 'Nothing'} is ${weight} % of ${name}, above ${threshold} %.` };
}

function drift(rule: AskingRule, { slices, complete, reasons, total }: historyRpc.Allocation, name: string): Reading {
  const { percent: threshold, targets } = rule.condition;
  if (!complete || total === null || threshold === undefined || !targets) return unknown(because(reasons, 'The allocation is not complete.'));
  if (slices.length === 0) return unknown('No account counts: there is nothing to judge.');
  const actual = new Map<string, Decimal>();
  for (const { key, percent } of slices) {
    if (percent === null) return unknown(because(reasons, 'Shares of the whole mean nothing: it is not worth more than zero.'));
    actual.set(key, percent);
  }
  const wanted = targets as Readonly<Record<string, Decimal | undefined>>;
  const classes = [...new Set([...actual.keys(), ...Object.keys(wanted)])].sort();
  const off = classes.map((key) => ({ key, is: actual.get(key) ?? '0', target: wanted[key] ?? '0' })).map((one) => ({ ...one, points: absolute(subtract(one.is, one.target)) }));
  const worst = off.reduce((most, one) => (compare(one.points, most.points) > 0 ? one : most));
  const figures: AlertFigures = { value: worst.points, threshold, unit: 'points', currency: null, asset: null };
  const stand = standOf({ kind: rule.kind, threshold, hysteresis: rule.hysteresis }, worst.points);
  return { known: true, stand, period: null, figures, message: `${name}: ${worst.key} is ${worst.is} %, ${worst.points} points off its target of ${worst.target} %; you asked to hear of more than ${threshold}.` };
}
