/** GET|POST /_control/market: lets the prices move, at a pace and from a seed. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { objectOf, onlyFields, optionalWhole, problem } from './refusal.js';

const MOST_TICKS_PER_SECOND = 5_000;

export function marketControl(app: FastifyInstance, sandbox: Sandbox): void {
  app.get('/market', async () => sandbox.market.settings);
  app.post('/market', async (request) => {
    const body = objectOf(request.body);
    onlyFields(body, ['running', 'ticksPerSecond', 'seed', 'symbols']);
    const { running, symbols } = body;
    if (typeof running !== 'boolean') throw problem('running', 'must be true or false');
    if (symbols !== undefined && !(Array.isArray(symbols) && symbols.every((symbol) => typeof symbol === 'string'))) throw problem('symbols', 'must be a list of symbols of the price source');
    const { ticksPerSecond, seed } = sandbox.market.settings;
    sandbox.market.set({
      running,
      ticksPerSecond: optionalWhole(body, 'ticksPerSecond', 1, MOST_TICKS_PER_SECOND) ?? ticksPerSecond,
      seed: optionalWhole(body, 'seed', 0, 2 ** 31) ?? seed,
      ...(symbols === undefined ? {} : { symbols: symbols }),
    });
    return sandbox.market.settings;
  });
}
