/** Volatility and drawdown of the year behind now, or of what is known of it: by the same rules as the performance of that year. */
import type { Problem } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { HistoryReads } from '../reads/read-context.js';
import { dailyGrowths } from '../returns/daily-growth.js';
import { maxDrawdown } from '../returns/drawdown.js';
import type { Drawdown } from '../returns/drawdown.js';
import type { Why } from '../returns/figure.js';
import { fromFirstKnown, tradingDaysOf } from '../returns/period-days.js';
import { volatility } from '../returns/volatility.js';
import type { Volatility } from '../returns/volatility.js';
import { loadScope } from '../series/load-scope.js';
import type { ScopeAsked } from '../series/scope-accounts.js';

export interface Year {
  readonly volatility: Volatility;
  readonly maxDrawdown: Drawdown;
  readonly reasons: readonly Why[];
}

export async function loadYear(reads: HistoryReads, asked: ScopeAsked): Promise<Result<Year, Problem>> {
  const { userId, account, source, currency } = asked;
  const series = await loadScope(reads, { userId, account, source, currency, period: '1Y' });
  if (!series.ok) return series;
  const days = fromFirstKnown(series.value.days, series.value.reasons);
  const growths = dailyGrowths(days, series.value.reasons);
  return ok({ volatility: volatility(growths, tradingDaysOf(series.value.accounts)), maxDrawdown: maxDrawdown(growths, days[0]?.date), reasons: series.value.reasons });
}
