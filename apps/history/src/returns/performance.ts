/**
 * The answer to "how did it do": every figure of one period from the same days, so that they agree with each other and with the chart.
 * The first day is the one at whose close the period starts. Days before anything is known are cut off, and the answer says so.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Decimal } from '@tidemark/money';
import { subtract } from '@tidemark/money';
import type { ScopeDay } from '../series/scope-day.js';
import { benchmarkOf } from './benchmark.js';
import type { LevelOf } from './benchmark.js';
import { dailyGrowths, knownDays } from './daily-growth.js';
import { maxDrawdown } from './drawdown.js';
import { why } from './figure.js';
import type { Why } from './figure.js';
import { modifiedDietz } from './modified-dietz.js';
import { moneyWeighted } from './money-weighted.js';
import { fromFirstKnown } from './period-days.js';
import { timeWeighted } from './time-weighted.js';
import { volatility } from './volatility.js';

type Performance = historyRpc.Performance;

/** What a day brought beside prices, in the answer's currency. Null: not known. */
export interface DayIncome {
  /** Dividends, interest, distributed gains and returns of capital, withheld tax not taken off. */
  readonly income: Decimal | null;
  /** Fees and taxes, ≥ 0. */
  readonly costs: Decimal | null;
}

export interface PerformanceInput {
  readonly currency: string;
  /** Oldest first, one a day; the first is the day at whose close the period starts. */
  readonly days: readonly ScopeDay[];
  /** Days that are not in it had neither income nor costs. */
  readonly income: ReadonlyMap<string, DayIncome>;
  readonly gain: Performance['gain'];
  /** As they are listed in the answer; what counts is in the days. */
  readonly flows: Performance['flows'];
  readonly benchmark: { readonly symbol: string; readonly levelOf: LevelOf } | null;
  /** What the history says of these days. */
  readonly reasons: readonly Why[];
  /** Of the market by which volatility counts its days. */
  readonly isTradingDay: (date: string) => boolean;
}

export function performanceOf(input: PerformanceInput): Performance {
  const days = fromFirstKnown(input.days, input.reasons);
  const [first, last] = [days[0], days.at(-1)];
  const reasons = [...cutOff(input.days, first), ...input.reasons];
  const known = knownDays(days, input.reasons);
  const growths = dailyGrowths(days, input.reasons);
  const total = timeWeighted(growths);
  const period = first && last ? { from: first.date, to: last.date } : null;
  return {
    currency: input.currency,
    from: first?.date ?? null,
    to: last?.date ?? null,
    startValue: first?.value ?? null,
    endValue: last?.value ?? null,
    timeWeighted: total,
    moneyWeighted: moneyWeighted(known),
    modifiedDietz: modifiedDietz(known),
    priceReturn: timeWeighted(dailyGrowths(days, input.reasons, (date) => beside(input.income.get(date)))),
    totalReturn: total,
    volatility: volatility(growths, input.isTradingDay),
    maxDrawdown: maxDrawdown(growths, first?.date),
    gain: input.gain,
    flows: [...input.flows],
    benchmark: input.benchmark && period ? benchmarkOf(input.benchmark.symbol, known, period, input.benchmark.levelOf) : null,
    quality: days.reduce((least, day) => Math.min(least, day.quality), days.length === 0 ? 0 : 100),
    reasons,
  };
}

/** What of a day's result prices did not make. */
function beside(day: DayIncome | undefined): Decimal | null {
  if (!day) return '0';
  return day.income === null || day.costs === null ? null : subtract(day.income, day.costs);
}

function cutOff(days: readonly ScopeDay[], first: ScopeDay | undefined): Why[] {
  const asked = days[0];
  if (!asked) return [why('no_history', 'There is no history yet.')];
  if (!first) return [why('no_history', 'Nothing is known of these days.', { from: asked.date, to: days.at(-1)?.date })];
  if (asked === first) return [];
  return [why('no_history', `Nothing is known before ${first.date}: the figures start there.`, { from: asked.date, to: days[days.indexOf(first) - 1]?.date })];
}
