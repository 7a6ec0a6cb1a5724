/**
 * The chart of the day that is still open: a point for every five minutes in which somebody watched, as the accounts' bars have it. A point is
 * made only where every account that counts is known by then, so that one which was watched later is no jump; between its bars an account stands
 * where its last one left it. What a scope of several accounts reached within five minutes is not the sum of what each reached, so it is null.
 * Cash is that of the newest snapshot by then. A bar is in its account's currency, into which positions in others were converted already: what
 * is converted once more is rounded, or 100 dollars would come back from euros as 99.999999999999999986.
 */
import type { historyRpc } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { closeMs, XNYS } from '@tidemark/market';
import { multiply, round, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { HistoryReads } from '../../reads/read-context.js';
import type { DayNumber } from '../../reconstruction/model.js';
import { readCash } from './cash-of-day.js';
import type { CashCaptured } from './cash-of-day.js';
import { BAR_MS, readBars } from './intraday-tables.js';
import type { Bar } from './intraday-tables.js';

export interface ChartAsked {
  readonly base: string;
  /** Those that count. */
  readonly accountIds: readonly string[];
  /** The last day that is closed; the chart begins at its close. */
  readonly closed: DayNumber;
}

/** Bars do not count what is held. */
const HELD = `
  SELECT s.account_id, (SELECT count(DISTINCT h.asset)::int FROM holding h WHERE h.account_id = s.account_id AND h.quantity <> 0 AND NOT h.counted_as_cash AND h.asset NOT LIKE 'currency:%') AS securities
  FROM held_snapshot s WHERE s.account_id = ANY($1::uuid[])`;

type Convert = (amount: Decimal, currency: string) => Decimal | null;

export async function readChartOfDay({ database, clock, prices }: HistoryReads, { base, accountIds, closed }: ChartAsked): Promise<historyRpc.HistoryPoint[]> {
  const { rows } = await database.query<{ account_id: string; securities: number }>(HELD, [accountIds]);
  const needed = rows.map((row) => row.account_id);
  const securities = rows.reduce((all, row) => all + row.securities, 0);
  if (needed.length === 0) return [];
  const [from, to] = [instant(closeMs(closed, XNYS)), instant(clock.now())];
  const bars = await readBars(database, needed, from, to);
  if (bars.length === 0) return [];
  const cash = await readCash(database, needed, from, to);
  const currencies = [base, ...bars.map((bar) => bar.currency), ...cash.flatMap(({ amounts }) => amounts.map(([currency]) => currency))];
  const rates = await prices.ratesFor([...new Set(currencies)], closed, closed + 1);
  return chartOfDay({ bars, needed, securities, cash }, (amount, currency) => {
    const rate = currency === base ? '1' : rates.rate(currency, base, closed + 1);
    return rate === null ? null : rate === '1' ? amount : multiply(amount, rate);
  });
}

export interface DayKnown {
  /** Oldest first. */
  readonly bars: readonly Bar[];
  readonly needed: readonly string[];
  readonly securities: number;
  /** Oldest first. */
  readonly cash: readonly CashCaptured[];
}

/** Pure. */
export function chartOfDay({ bars, needed, securities, cash }: DayKnown, convert: Convert): historyRpc.HistoryPoint[] {
  const captured = Map.groupBy(cash, ({ accountId }) => accountId);
  const standing = new Map<string, Bar>();
  const points: historyRpc.HistoryPoint[] = [];
  for (const [at, ofMoment] of Map.groupBy(bars, (bar) => bar.at)) {
    for (const bar of ofMoment) standing.set(bar.accountId, bar);
    if (standing.size === needed.length) points.push({ ...pointOf(at, [...standing.values()], convert), cash: cashAt(Date.parse(at) + BAR_MS, needed, captured, convert), securitiesCount: securities });
  }
  return points;
}

/** Null where that of one account, or a rate, is not known. */
function cashAt(until: number, accountIds: readonly string[], captured: ReadonlyMap<string, readonly CashCaptured[]>, convert: Convert): Decimal | null {
  const amounts = accountIds.flatMap((accountId) => captured.get(accountId)?.findLast(({ at }) => at < until)?.amounts.map(([currency, amount]) => convert(amount, currency)) ?? [null]);
  const known = amounts.filter((amount) => amount !== null);
  return known.length === amounts.length ? sum(known) : null;
}

const ROUNDED_DIGITS = 8;

function pointOf(at: string, standing: readonly Bar[], exactly: Convert): historyRpc.HistoryPoint {
  const convert: Convert = (amount, currency) => {
    const worth = exactly(amount, currency);
    return worth === null || worth === amount ? worth : round(worth, ROUNDED_DIGITS);
  };
  const values = standing.map((bar) => convert(bar.close, bar.currency));
  const known = values.filter((value) => value !== null);
  const only = standing.length === 1 && standing[0]?.at === at ? standing[0] : undefined;
  const reached = (pick: (bar: Bar) => Decimal) => (only ? convert(pick(only), only.currency) : null);
  const value = known.length === values.length ? sum(known) : null;
  return {
    at, value, cash: null, costBasis: null, gain: null, gainPercent: null, netFlow: null,
    open: reached((bar) => bar.open), high: reached((bar) => bar.high), low: reached((bar) => bar.low), close: value,
    securitiesCount: 0, origin: 'intraday', quality: value === null ? 0 : Math.min(...standing.map((bar) => bar.quality)),
  };
}
