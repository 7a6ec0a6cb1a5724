import { describe, expect, it } from '@jest/globals';
import { parseLossless } from '@tidemark/providers';
import { loginMessage, readBatchQuotes, readStreamMessage, tickerMessage } from './fmp-wire.js';

describe('the wire of quotes', () => {
  it('reads a trade to the last digit', () => {
    expect(readStreamMessage('{"s":"btcusd","t":1763737200123,"type":"T","lp":91234.123456789012345678,"ls":1}')).toEqual({ kind: 'quote', quote: { symbol: 'BTCUSD', price: '91234.123456789012345678', at: 1_763_737_200_123 } });
    expect(readStreamMessage('{"s":"shibusd","t":1763737200123,"type":"T","lp":8.5e-6,"ls":1}')).toMatchObject({ quote: { price: '0.0000085' } });
  });

  it('takes neither the top of the book nor a trade that is taken back for a price', () => {
    expect(readStreamMessage('{"s":"aapl","t":1763737200123,"type":"Q","ap":201.1,"as":1,"bp":200.9,"bs":2}')).toEqual({ kind: 'other' });
    expect(readStreamMessage('{"s":"aapl","t":1763737200123,"type":"B","lp":201.1,"ls":1}')).toEqual({ kind: 'other' });
  });

  it('tells seconds, milliseconds, micro- and nanoseconds apart', () => {
    const at = (t: string) => readStreamMessage(`{"s":"aapl","t":${t},"type":"T","lp":1}`);
    for (const t of ['1763737200', '1763737200000', '1763737200000000', '1763737200000000000']) expect(at(t)).toMatchObject({ quote: { at: 1_763_737_200_000 } });
  });

  it('reads answers, and calls what it cannot read malformed', () => {
    expect(readStreamMessage('{"event":"login","status":401,"message":"Unauthorized"}')).toEqual({ kind: 'answer', event: 'login', status: 401, message: 'Unauthorized' });
    for (const text of ['', 'null', '[]', '{', '{"type":"T"}', '{"s":"aapl","t":"x","type":"T","lp":1}', '{"s":"aapl","t":1763737200123,"type":"T","lp":null}']) expect(readStreamMessage(text)).toEqual({ kind: 'malformed' });
  });

  it('reads rows of a batch', () => {
    const body = parseLossless('[{"symbol":"AAPL","price":201.10,"timestamp":1763737200},{"symbol":"MSFT","price":null}]');
    expect(body.ok && readBatchQuotes(body.value)).toEqual([{ symbol: 'AAPL', price: '201.1', at: 1_763_737_200_000 }, null]);
  });

  it('writes what the documentation asks for', () => {
    expect([loginMessage('k'), tickerMessage('subscribe', ['AAPL'])]).toEqual(['{"event":"login","data":{"apiKey":"k"}}', '{"event":"subscribe","data":{"ticker":["aapl"]}}']);
  });
});
