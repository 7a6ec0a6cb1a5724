/** Loads what a period's figures are made from: the days of the scope, what was paid and charged in it, flows, and a benchmark's closes. */
import type { historyRpc, Problem } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { dayNumber, dayOf } from '@tidemark/market';
import { isZero, multiply, subtract, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { resolveTransactions } from '@tidemark/transactions';
import type { NormalisedTransaction } from '@tidemark/transactions';
import { gainsOf } from '../gains/gains-of.js';
import { transactionsOf } from '../projections/transactions/query.js';
import type { HistoryReads, RateTable } from '../reads/read-context.js';
import { loadScope } from '../series/load-scope.js';
import type { ScopeQuery, ScopeSeries } from '../series/load-scope.js';
import type { ScopeDay } from '../series/scope-day.js';
import type { LevelOf } from './benchmark.js';
import { levelsOf } from './benchmark-level.js';
import type { BenchmarkPrices } from './benchmark-prices.js';
import { incomeDays } from './income-days.js';
import type { PerformanceInput } from './performance.js';
import { tradingDaysOf } from './period-days.js';

type Flow = historyRpc.Performance['flows'][number];

export interface PeriodAsked {
  readonly query: ScopeQuery;
  readonly benchmark?: string | undefined;
}

export async function loadPeriod(reads: HistoryReads, prices: BenchmarkPrices, { query, benchmark }: PeriodAsked): Promise<Result<PerformanceInput, Problem>> {
  const loaded = await loadDays(reads, query);
  if (!loaded.ok) return loaded;
  const series = loaded.value;
  const { days } = series;
  const [first, last] = [days[0]?.date, days.at(-1)?.date];
  if (first === undefined || last === undefined) return ok(nothingKnown(series));
  const accountIds = series.accounts.map(({ accountId }) => accountId);
  const transactions = await transactionsOf(reads.database, accountIds);
  const currencies = [...transactions.values()].flatMap((rows) => rows.flatMap(({ currency }) => currency ?? []));
  const rates = await reads.prices.ratesFor([...new Set([series.base, ...currencies, ...series.flows.flatMap(({ currency }) => currency ?? [])])], dayNumber(first), dayNumber(last));
  const gains = await gainsOf(reads, { userId: query.userId, account: query.account, source: query.source, currency: query.currency, from: dayOf(dayNumber(first) + 1), to: last }, { unrealised: false });
  if (!gains.ok) return gains;
  const levels = benchmark === undefined ? ok(null) : await levelOf(reads, prices, { symbol: benchmark, base: series.base, first, last });
  if (!levels.ok) return levels;
  const income = incomeOf(series, transactions, rates, { first, last });
  return ok({
    currency: series.base, days,
    income: income.days,
    gain: { realised: gains.value.realised.total, unrealised: unrealisedOf(days.at(-1)), ...income.totals },
    flows: flowsOf(series, rates, { first, last }),
    benchmark: benchmark === undefined || levels.value === null ? null : { symbol: benchmark, levelOf: levels.value },
    reasons: [...series.reasons.filter((reason) => (reason.from ?? first) <= last && (reason.to ?? last) >= first), ...(gains.value.realised.total === null ? gains.value.reasons : [])],
    isTradingDay: tradingDaysOf(series.accounts),
  });
}

/** A return needs two days: where the period's last one is not known yet and only one is left, the one before it comes in. */
async function loadDays(reads: HistoryReads, query: ScopeQuery): Promise<Result<ScopeSeries, Problem>> {
  const loaded = await loadScope(reads, query, { flows: true });
  const only = loaded.ok && loaded.value.days.length === 1 ? loaded.value.days[0] : undefined;
  if (!only) return loaded;
  return loadScope(reads, { ...query, period: undefined, from: dayOf(dayNumber(only.date) - 1), to: only.date }, { flows: true });
}

const NO_GAIN = { realised: null, unrealised: null, dividends: null, interest: null, fees: null, interestPaid: null, taxes: null };

function nothingKnown({ base, reasons }: ScopeSeries): PerformanceInput {
  return { currency: base, days: [], income: new Map(), gain: NO_GAIN, flows: [], benchmark: null, reasons, isTradingDay: () => true };
}

/** What was paid and charged after the close of the first day, in accounts that counted on the day. */
function incomeOf(series: ScopeSeries, transactions: ReadonlyMap<string, NormalisedTransaction[]>, rates: RateTable, { first, last }: { first: string; last: string }) {
  const payers = series.accounts.map(({ accountId }) => ({
    accountId,
    transactions: resolveTransactions(transactions.get(accountId) ?? []),
    counts: (date: string) => first < date && date <= last && countsOn(series, accountId, date),
  }));
  return incomeDays(payers, (amount, currency, date) => converted(amount, currency, series.base, date, rates));
}

/** As the returns have them: an account that comes or goes takes its whole value over the border, its own flows of that day are in it. */
function flowsOf(series: ScopeSeries, rates: RateTable, { first, last }: { first: string; last: string }): Flow[] {
  const within = (date: string) => first < date && date <= last;
  const crossed = new Set(series.borders.flatMap(({ accountId, date, takesOver }) => (takesOver ? [] : `${accountId} ${date}`)));
  const own = series.flows
    .map((flow): Flow => {
      const date = dayOf(flow.day);
      return { date, amount: flow.amount === null || flow.currency === null ? null : converted(flow.amount, flow.currency, series.base, date, rates), kind: flow.kind, accountId: flow.accountId, transactionId: flow.transactionId, internal: flow.internal };
    })
    .filter(({ date, accountId }) => !crossed.has(`${accountId} ${date}`) && countsOn(series, accountId, date));
  const borders = series.borders.map(({ accountId, date, amount }): Flow => ({ date, amount, kind: amount?.startsWith('-') ? 'account_left' : 'account_entered', accountId, transactionId: null, internal: false }));
  return [...borders, ...perStatement(own)].filter(({ date }) => within(date)).sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** What a statement has otherwise than the one before is one flow: the difference. Nothing crossed where there is none. */
function perStatement(flows: readonly Flow[]): Flow[] {
  const [stated, told] = [flows.filter(({ kind }) => kind === 'stated_otherwise'), flows.filter(({ kind }) => kind !== 'stated_otherwise')];
  const nets = [...Map.groupBy(stated, ({ accountId, date }) => `${accountId} ${date}`).values()].flatMap((legs): Flow[] => {
    const known = legs.flatMap(({ amount }) => amount ?? []);
    return legs[0] ? [{ ...legs[0], amount: known.length === legs.length ? sum(known) : null }] : [];
  });
  return [...told, ...nets.filter(({ amount }) => amount === null || !isZero(amount))];
}

/** Of the positions at the last close. Null where the value or the cost of one is not known. */
function unrealisedOf(day: ScopeDay | undefined): Decimal | null {
  if (!day?.complete || day.value === null || day.cash === null || day.costBasis === null) return null;
  return subtract(subtract(day.value, day.cash), day.costBasis);
}

function countsOn(series: ScopeSeries, accountId: string, date: string): boolean {
  const counts = series.countsOn.get(accountId);
  return counts !== undefined && counts(dayNumber(date)) === null;
}

function converted(amount: Decimal, currency: string, base: string, date: string, rates: RateTable): Decimal | null {
  const rate = rates.rate(currency, base, dayNumber(date));
  return rate === null ? null : multiply(amount, rate);
}

async function levelOf(reads: HistoryReads, prices: BenchmarkPrices, asked: { symbol: string; base: string; first: string; last: string }): Promise<Result<LevelOf, Problem>> {
  const { symbol, base, first, last } = asked;
  const [from, to] = [dayNumber(first), dayNumber(last)];
  const known = await prices.closes(symbol, from, to);
  if (!known.ok) return known;
  const { closes } = known.value;
  const rates = await reads.prices.ratesFor([base, ...(closes ? [closes.currency] : [])], from, to);
  return ok(levelsOf(symbol, known.value, rates, base, first));
}
