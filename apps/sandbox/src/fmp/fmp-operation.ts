/** One operation of the price source: the key checked, the limit counted, then its handler. Everything is GET with a query. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { FmpError } from './fmp-error.js';

export type FmpQuery = Record<string, string | undefined>;

/** Of the dearest plan; `rateLimits.overrides.fmp.perClient` sets another. */
const CALLS_A_MINUTE = 3_000;

export function operation(app: FastifyInstance, sandbox: Sandbox, name: string, path: string, handler: (query: FmpQuery, request: FastifyRequest) => unknown): void {
  app.get(path, { config: { name: { operation: name, path } } }, async (request) => {
    const query = request.query as FmpQuery;
    request.call.entry.subject = query['symbol'] ?? query['symbols'] ?? query['query'] ?? null;
    const given = query['apikey'] ?? request.headers['apikey'];
    if (typeof given !== 'string' || !rightKey(sandbox, given)) throw new FmpError('key');
    countCall(sandbox);
    return handler(query, request);
  });
}

export function rightKey(sandbox: Sandbox, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(sandbox.credentials.fmp.apiKey));
}

function countCall(sandbox: Sandbox): void {
  const settings = sandbox.world.world.rateLimits;
  if (settings?.enabled === false) return;
  if (!sandbox.limits.take('fmp/client', settings?.overrides?.['fmp']?.perClient ?? CALLS_A_MINUTE).allowed) throw new FmpError('limit');
}

/** A required value of the query. */
export function needed(query: FmpQuery, field: string): string {
  const value = query[field];
  if (value === undefined || value === '') throw new FmpError('query');
  return value;
}

/** A whole number of the query, or its default where it is absent. */
export function atMost(query: FmpQuery, preset: number): number {
  const value = query['limit'];
  if (value === undefined) return preset;
  if (!/^\d{1,6}$/.test(value)) throw new FmpError('query');
  return Number(value);
}
