import { describe, expect, it } from '@jest/globals';
import { readPriceFile } from './read-price-file.js';

describe('a file of prices', () => {
  it('is read with every digit, splits and names', () => {
    const csv = '\uFEFFsymbol,date,close,currency,split,name\nAAPL,2020-08-28,499.2300000000000001,USD,,Apple Inc.\nAAPL,2020-08-31,129.04,USD,4:1,\n\nSAP.DE,2020-08-31,138.6,EUR,,\n';
    const read = readPriceFile(csv, 'csv');
    expect(read.ok && Object.fromEntries(read.value)).toEqual({
      AAPL: { currency: 'USD', name: 'Apple Inc.', closes: [{ day: '2020-08-28', close: '499.2300000000000001' }, { day: '2020-08-31', close: '129.04' }], splits: [{ day: '2020-08-31', numerator: '4', denominator: '1' }] },
      'SAP.DE': { currency: 'EUR', name: null, closes: [{ day: '2020-08-31', close: '138.6' }], splits: [] },
    });
    const json = readPriceFile('[{"symbol":"BTCUSD","date":"2020-08-30","close":11711.505000000000000001,"currency":"USD"}]', 'json');
    expect(json.ok && json.value.get('BTCUSD')?.closes).toEqual([{ day: '2020-08-30', close: '11711.505000000000000001' }]);
  });

  it.each([
    ['symbol,date,close,currency\nAAPL,2026-02-29,1,USD', ['line 2: date: a day such as 2026-11-20 is expected']],
    ['symbol,date,close,currency\nAAPL,2026-02-27,1,USD\naapl,2026-02-27,x,usd', ['line 3: symbol: capital letters, digits and .-^=/_ are expected, such as BRK-B', 'line 3: close: a number such as 187.32 is expected', 'line 3: currency: an ISO 4217 code such as USD is expected']],
    ['symbol,date,close\nAAPL,2026-02-27,1', ['line 2: currency: is missing']],
    ['symbol,date,close,currency,split\nAAPL,2026-02-27,1,USD,2', ['line 2: split: new units to old ones such as 2:1 are expected']],
    ['symbol,date,close,currency,volume\nAAPL,2026-02-27,1,USD,5', ['line 2: volume: no such column; symbol, date, close, currency, split, name are']],
    ['symbol,date,close,currency\nAAPL,2026-02-26,1,USD\nAAPL,2026-02-27,1,EUR', ['line 3: currency: AAPL is in USD further up, and a symbol has one currency']],
  ])('that is wrong is refused whole, line and field named: %j', (csv, problems) => {
    expect(readPriceFile(csv, 'csv')).toEqual({ ok: false, error: problems });
  });

  it('that is no table or list is refused', () => {
    expect(readPriceFile('symbol,date\nAAPL', 'csv')).toMatchObject({ ok: false });
    expect(readPriceFile('{"symbol":"AAPL"}', 'json')).toEqual({ ok: false, error: ['a list of objects with symbol, date, close and currency is expected'] });
  });
});
