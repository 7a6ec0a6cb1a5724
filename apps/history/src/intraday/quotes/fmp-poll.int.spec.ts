/** Polling over real HTTP: a source that is away or answers rubbish costs quotes and nothing else, and the key stands in no address and no log. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tidemark/service';
import { waitUntil } from '@tidemark/testing';
import { FmpClient } from '../../price-source/fmp/fmp-client.js';
import { pollFmp } from './fmp-poll.js';
import { KEY } from './fmp-socket.fixture.js';
import type { Quote, QuoteSource } from './quote.js';

const asked: { url: string; key: unknown }[] = [];
const logged: unknown[] = [];
const quotes: Quote[] = [];
let answers: (readonly [status: number, body: string])[] = [];
let malformed = 0;
let source: QuoteSource;
const server = createServer((request, response) => {
  asked.push({ url: request.url ?? '', key: request.headers['apikey'] });
  const [status, body] = answers.shift() ?? [200, '[{"symbol":"AAPL","price":201.10,"timestamp":1763737200},{"symbol":"VTI","price":"?"}]'];
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const log = { info: (...said: unknown[]) => void logged.push(said), warn: (...said: unknown[]) => void logged.push(said), error: (...said: unknown[]) => void logged.push(said) };
  const settings = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: KEY, requestsPerMinute: 10_000, timeoutMs: 20_000, retries: 0, costACall: '0.0025' };
  const client = new FmpClient(settings, { clock: systemClock, random: () => 0, log, onCall: () => undefined, breaker: { volumeThreshold: 1_000 } });
  source = pollFmp({ client, everyMs: 20, log })({ quote: (quote) => void quotes.push(quote), malformed: () => (malformed += 1) });
});
afterAll(async () => {
  await source.close();
  server.close();
});

it('asks for what is followed, all in one call, and again after whatever goes wrong', async () => {
  answers = [[429, '{"Error Message":"Limit Reach"}'], [200, 'not JSON'], [500, '{}']];
  source.follow(new Set(['AAPL', 'VTI']));
  expect(await waitUntil(() => quotes[0])).toEqual({ symbol: 'AAPL', price: '201.1', at: 1_763_737_200_000 });
  expect(asked.slice(0, 4)).toEqual(Array(4).fill({ url: '/stable/batch-quote?symbols=AAPL%2CVTI', key: KEY }));
  const failures = logged.filter((said) => JSON.stringify(said).includes('quotes could not be fetched'));
  expect([malformed > 0, failures.length]).toEqual([true, 3]);
  expect(JSON.stringify([logged, asked.map(({ url }) => url)])).not.toContain(KEY);
});
