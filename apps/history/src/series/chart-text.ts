/** A chart as JSON. Its points are all of one shape and there are hundreds of them, so they are written as that shape. */
import type { historyRpc } from '@tidemark/contracts';
import type { Decimal } from '@tidemark/money';

/** @returns as `JSON.stringify(chart)` */
export function chartText({ points, currency, from, to, reasons, revision }: historyRpc.PortfolioHistory): string {
  const ends = { currency, from, to };
  return `${JSON.stringify(ends).slice(0, -1)},"points":[${points.map(pointText).join(',')}],"reasons":${JSON.stringify(reasons)},"revision":${revision}}`;
}

/** Days and decimals have nothing in them that JSON would write otherwise. */
function pointText(point: historyRpc.HistoryPoint): string {
  const { date, value, cash, costBasis, gain, gainPercent, netFlow, open, high, low, close, securitiesCount, origin, quality } = point;
  if (date === undefined) return JSON.stringify(point);
  const range = open === null && high === null && low === null && close === null ? NO_RANGE : `"open":${quoted(open)},"high":${quoted(high)},"low":${quoted(low)},"close":${quoted(close)}`;
  return `{"date":"${date}","value":${quoted(value)},"cash":${quoted(cash)},"costBasis":${quoted(costBasis)},"gain":${quoted(gain)},"gainPercent":${quoted(gainPercent)},"netFlow":${quoted(netFlow)},${range},"securitiesCount":${securitiesCount},"origin":"${origin}","quality":${quality}}`;
}

const NO_RANGE = '"open":null,"high":null,"low":null,"close":null';
const quoted = (amount: Decimal | null): string => (amount === null ? 'null' : `"${amount}"`);
