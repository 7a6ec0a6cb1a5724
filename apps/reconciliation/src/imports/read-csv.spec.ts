import { describe, expect, it } from '@jest/globals';
import { readCsv } from './read-csv.js';
import { statedPositions } from './stated-positions.decide.js';

const fromCsv = (text: string) => {
  const lines = readCsv(text);
  return lines.ok ? statedPositions(lines.value) : lines;
};

describe('a CSV file of positions', () => {
  it.each([
    ['as spreadsheets write it', '\uFEFFAsset,Quantity\r\nequity:AAPL,10\r\ncurrency:USD,-5.25\r\n'],
    ['columns the other way round, quotes, blank lines, spaces', 'quantity,asset\n\n"10", equity:AAPL\n-5.250,"currency:USD"\n\n'],
  ])('is read: %s', (_how, text) => {
    expect(fromCsv(text)).toEqual({ ok: true, value: [{ asset: 'currency:USD', quantity: '-5.25' }, { asset: 'equity:AAPL', quantity: '10' }] });
  });

  it('with a header alone is an account that holds nothing', () => {
    expect(fromCsv('asset,quantity\n')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['symbol,shares\nAAPL,1\n', 'found "symbol", "shares"'],
    ['asset;quantity\nequity:AAPL;1\n', 'found "asset;quantity"'],
    ['asset,quantity,price\nequity:AAPL,1,2\n', 'found "asset", "quantity", "price"'],
    ['asset,asset\n', 'found "asset", "asset"'],
    ['equity:AAPL,1\n', 'found "equity:AAPL", "1"'],
    ['\n\n', 'the file is empty'],
  ])('with other columns is refused: %j', (text, found) => {
    expect(fromCsv(text)).toEqual({ ok: false, error: [{ field: 'csv', message: `the header must name the columns asset and quantity, separated by a comma, and no others; ${found}` }] });
  });

  it('has its bad lines and fields named by their number in the file', () => {
    expect(fromCsv('asset,quantity\nequity:AAPL,ten\n\nfund:,\nequity:AAPL,1\n')).toMatchObject({ ok: false, error: [
      { field: 'csv/2/quantity', message: expect.stringContaining('line 2: "ten" is no quantity') },
      { field: 'csv/4/asset', message: expect.stringContaining('line 4: "fund:" is no asset id') },
      { field: 'csv/4/quantity', message: expect.stringContaining('line 4: an empty field is no quantity') },
      { field: 'csv/5/asset', message: 'line 5: equity:AAPL is there already (line 2): give it once, with its whole quantity' },
    ] });
    expect(fromCsv('asset,quantity\nequity:AAPL,1,000\nequity:B\n')).toMatchObject({ ok: false, error: [{ field: 'csv/2', message: expect.stringContaining('line 2: has 3 fields') }, { field: 'csv/3', message: expect.stringContaining('one field') }] });
  });

  it.each(['asset,quantity\n"equity:AAPL,1\n', 'asset,quantity\nequity:"A",1\n'])('that is no CSV is refused: %j', (text) => {
    expect(fromCsv(text)).toMatchObject({ ok: false, error: [{ message: expect.stringContaining('cannot be read as CSV: a quote') }] });
  });

  it('takes no more positions than a request may name', () => {
    const file = (lines: number) => ['asset,quantity', ...Array.from({ length: lines }, (_, at) => `provider:x:${at},1`)].join('\n');
    expect(fromCsv(file(5_000))).toMatchObject({ ok: true });
    expect(fromCsv(file(5_001))).toEqual({ ok: false, error: [{ field: 'csv', message: 'has 5001 positions; 5000 are accepted at the most' }] });
  });
});
