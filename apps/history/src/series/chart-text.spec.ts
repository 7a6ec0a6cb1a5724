import { describe, expect, it } from '@jest/globals';
import type { historyRpc } from '@tidemark/contracts';
import { chartText } from './chart-text.js';

const DAY: historyRpc.HistoryPoint = {
  date: '2026-02-27', value: '1100.5', cash: '100', costBasis: '-800', gain: '200.5', gainPercent: '25.06', netFlow: '0',
  open: null, high: null, low: null, close: null, securitiesCount: 2, origin: 'captured', quality: 100,
};
const UNKNOWN: historyRpc.HistoryPoint = { ...DAY, value: null, cash: null, costBasis: null, gain: null, gainPercent: null, netFlow: null, quality: 0 };
const chart = (points: historyRpc.HistoryPoint[], reasons: historyRpc.HistoryReason[] = []): historyRpc.PortfolioHistory => ({ currency: 'USD', from: points[0]?.date ?? null, to: points.at(-1)?.date ?? null, points, reasons, revision: 7 });

describe('the text of a chart', () => {
  it('is what JSON.stringify writes, to the byte', () => {
    const { date: _, ...within } = DAY;
    const reasons: historyRpc.HistoryReason[] = [{ code: 'carried', detail: 'a "quoted" name, \\ and ü\n', from: '2026-02-27', to: '2026-02-27' }];
    for (const one of [
      chart([]),
      chart([DAY]),
      chart([DAY, UNKNOWN, { ...DAY, open: '1', high: '2', low: null, close: '1.5' }], reasons),
      chart([{ at: '2026-02-27T15:00:00.000Z', ...within, origin: 'intraday' }]),
    ]) expect(chartText(one)).toBe(JSON.stringify(one));
  });
});
