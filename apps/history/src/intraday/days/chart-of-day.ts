/**
 * The chart of the day that is still open: a point for every five minutes in which somebody watched, as the accounts' bars have it. A point is
 * made only where every account that counts is known by then, so that one which was watched later is no jump; between its bars an account stands
 * where its last one left it. What a scope of several accounts reached within five minutes is not the sum of what each reached, so it is null.
 */
import type { historyRpc } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { closeMs, XNYS } from '@tidemark/market';
import { multiply, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { HistoryReads } from '../../reads/read-context.js';
import type { DayNumber } from '../../reconstruction/model.js';
import { readBars } from './intraday-tables.js';
import type { Bar } from './intraday-tables.js';

export interface ChartAsked {
  readonly base: string;
  /** Those that count. */
  readonly accountIds: readonly string[];
  /** The last day that is closed; the chart begins at its close. */
  readonly closed: DayNumber;
  /** Held at that close: bars do not count them. */
  readonly securities: number;
}

type Convert = (amount: Decimal, currency: string) => Decimal | null;

export async function readChartOfDay({ database, clock, prices }: HistoryReads, { base, accountIds, closed, securities }: ChartAsked): Promise<historyRpc.HistoryPoint[]> {
  const { rows } = await database.query<{ account_id: string }>('SELECT account_id FROM held_snapshot WHERE account_id = ANY($1::uuid[])', [accountIds]);
  const needed = rows.map((row) => row.account_id);
  if (needed.length === 0) return [];
  const bars = await readBars(database, needed, instant(closeMs(closed, XNYS)), instant(clock.now()));
  if (bars.length === 0) return [];
  const rates = await prices.ratesFor([...new Set([base, ...bars.map((bar) => bar.currency)])], closed, closed + 1);
  return chartOfDay(bars, needed, securities, (amount, currency) => {
    const rate = currency === base ? '1' : rates.rate(currency, base, closed + 1);
    return rate === null ? null : rate === '1' ? amount : multiply(amount, rate);
  });
}

/** Pure. @param bars oldest first */
export function chartOfDay(bars: readonly Bar[], needed: readonly string[], securities: number, convert: Convert): historyRpc.HistoryPoint[] {
  const standing = new Map<string, Bar>();
  const points: historyRpc.HistoryPoint[] = [];
  for (const [at, ofMoment] of Map.groupBy(bars, (bar) => bar.at)) {
    for (const bar of ofMoment) standing.set(bar.accountId, bar);
    if (standing.size === needed.length) points.push({ ...pointOf(at, [...standing.values()], convert), securitiesCount: securities });
  }
  return points;
}

function pointOf(at: string, standing: readonly Bar[], convert: Convert): historyRpc.HistoryPoint {
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
