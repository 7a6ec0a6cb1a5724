import { describe, expect, it } from '@jest/globals';
import type { historyRpc } from '@tidemark/contracts';
import { parse } from 'csv-parse/sync';
import { ACTIVITY_COLUMNS, GAIN_COLUMNS, gainRows, HISTORY_COLUMNS } from './columns.js';
import { csvOf } from './csv.js';
import { documentOf } from './document.js';

const activity = (given: Partial<historyRpc.Activity>): historyRpc.Activity => ({
  transactionId: '00000000-0000-7000-8000-000000000001', accountId: '00000000-0000-7000-8000-00000000000a', date: '2026-02-28', at: null, type: 'buy', asset: 'equity:AAPL', quantity: '10', price: '150.25', fees: '1', amount: '-1503.5', currency: 'USD',
  description: null, pending: false, external: false, counted: true, unconverted: null, provider: 'plaid', providerType: 'buy', providerSubtype: null, original: { id: 1 }, ...given,
});
const point: historyRpc.HistoryPoint = { date: '2024-02-29', value: '-12.5', cash: null, costBasis: null, gain: null, gainPercent: null, netFlow: '0', open: null, high: null, low: null, close: null, securitiesCount: 2, origin: 'captured', quality: 90 };
const rowsOf = (text: string) => parse(text);

describe('an export', () => {
  it('has these columns in this order, for as long as anyone reads it', () => {
    expect(HISTORY_COLUMNS.map(({ name }) => name).join()).toBe('date,value,cash,costBasis,gain,gainPercent,netFlow,open,high,low,close,securitiesCount,origin,quality');
    expect(ACTIVITY_COLUMNS.map(({ name }) => name).join()).toBe('date,at,accountId,type,asset,quantity,price,fees,amount,currency,external,pending,provider,providerType,providerSubtype,description,transactionId,counted');
    expect(GAIN_COLUMNS.map(({ name }) => name).join()).toBe('kind,accountId,asset,acquired,sold,quantity,costBasis,proceeds,value,gain,currency,longTerm,transactionId,reason');
  });

  it('is RFC 4180, unknown an empty cell, a negative amount a number', () => {
    expect(csvOf(HISTORY_COLUMNS, [point])).toBe(`${HISTORY_COLUMNS.map(({ name }) => name).join()}\r\n2024-02-29,-12.5,,,,,0,,,,,2,captured,90\r\n`);
  });

  it.each([
    ['=HYPERLINK("https://evil.example";"click")', `'=HYPERLINK("https://evil.example";"click")`],
    ['+1-800-CALL', `'+1-800-CALL`],
    ['-2+3+cmd|\' /C calc\'!A0', `'-2+3+cmd|' /C calc'!A0`],
    ['@SUM(1+1)', `'@SUM(1+1)`],
    ['\t=1+1', `'\t=1+1`],
    ['\r=1+1', `'\r=1+1`],
    ['＝1+1', `'＝1+1`],
    ['-5.25', '-5.25'],
    ['BUY "A", B\nC', 'BUY "A", B\nC'],
    ['Zürich 東京 €', 'Zürich 東京 €'],
  ])('lets no cell be a formula: %j', (description, expected) => {
    const [, row] = rowsOf(csvOf(ACTIVITY_COLUMNS, [activity({ description, providerType: description })]));
    expect(row?.[ACTIVITY_COLUMNS.findIndex(({ name }) => name === 'description')]).toBe(expected);
    expect(row?.[ACTIVITY_COLUMNS.findIndex(({ name }) => name === 'providerType')]).toBe(expected);
  });

  it('is read back to what was written', () => {
    const given = [activity({}), activity({ description: 'a,"b"', amount: '-0.000000000000000001' })];
    const [heading, ...rows] = rowsOf(csvOf(ACTIVITY_COLUMNS, given));
    expect(rows.map((row) => Object.fromEntries(row.map((value, at) => [heading?.[at], value])))).toMatchObject([{ amount: '-1503.5', pending: 'false' }, { amount: '-0.000000000000000001', description: 'a,"b"' }]);
  });

  it('is a named document, the same columns as JSON', () => {
    const table = { of: 'history' as const, columns: HISTORY_COLUMNS, rows: [point], from: '2024-02-29', to: '2024-03-01', currency: 'USD', reasons: [] };
    expect(documentOf('csv', table)).toMatchObject({ filename: 'tidemark-history-2024-02-29-2024-03-01.csv', contentType: 'text/csv; charset=utf-8; header=present' });
    const json = documentOf('json', table);
    expect(json).toMatchObject({ filename: 'tidemark-history-2024-02-29-2024-03-01.json', contentType: 'application/json; charset=utf-8' });
    expect(JSON.parse(json.body)).toMatchObject({ of: 'history', currency: 'USD', rows: [{ date: '2024-02-29', value: '-12.5', cash: null, quality: '90' }] });
    expect(documentOf('csv', { ...table, rows: [], from: null, to: null }).filename).toBe('tidemark-history.csv');
  });

  it('has realised and unrealised gains in one table', () => {
    const line = { accountId: 'a', asset: 'equity:AAPL', currency: 'USD', quantity: '10', costBasis: '100', gain: '50' };
    const gains: historyRpc.Gains = {
      currency: 'USD', method: 'fifo', from: null, to: null, reasons: [],
      realised: { total: '50', shortTerm: '50', longTerm: '0', lines: [{ ...line, transactionId: 't', acquired: '2026-01-01', sold: '2026-02-01', proceeds: '150', longTerm: false }] },
      unrealised: { asOf: null, total: null, lines: [{ ...line, gain: null, acquired: null, value: null, reason: { code: 'price_missing', detail: '' } }] },
    };
    const [, ...rows] = rowsOf(csvOf(GAIN_COLUMNS, gainRows(gains)));
    expect(rows).toEqual([
      ['realised', 'a', 'equity:AAPL', '2026-01-01', '2026-02-01', '10', '100', '150', '', '50', 'USD', 'false', 't', ''],
      ['unrealised', 'a', 'equity:AAPL', '', '', '10', '100', '', '', '', 'USD', '', '', 'price_missing'],
    ]);
  });
});
