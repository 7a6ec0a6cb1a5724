/**
 * The dYdX v4 indexer, under `/dydx`: paths, fields and errors as its own sources have them (dydxprotocol/v4-chain, comlink; read 2026-11).
 * Nobody signs in; 100 requests in 10 s an IP address, and a `Retry-After` in milliseconds.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { watchCalls } from '../server/calls.js';
import type { Sandbox } from '../server/sandbox.js';
import type { Account } from '../world/world.js';
import { sum } from '@tidemark/money';
import { DydxError, invalid, usualDydxError } from './dydx-error.js';
import { rowsOf, type History } from './history-view.js';
import { marketView, perpetualsOf, subaccountView } from './subaccount-view.js';

const CALLS = 100;
const WINDOW_MS = 10_000;
const MOST_ROWS = 1_000;
const PARENTS = 128;

type Values = Record<string, string | undefined>;

export function dydx(sandbox: Sandbox): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    watchCalls(app, sandbox, 'dydx', usualDydxError);
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const known = error instanceof DydxError ? error : new DydxError((error.statusCode ?? 500) < 500 ? 400 : 500, 'Internal Server Error');
      if (known.status >= 500) sandbox.log.error('an operation of dYdX failed', { error: error.stack ?? error.message });
      return reply.code(known.status).send(known.body);
    });
    app.setNotFoundHandler((_request, reply) => reply.code(404).send(new DydxError(404, 'Not Found').body));
    const get = (operation: string, path: string, answer: (request: FastifyRequest) => object): unknown =>
      app.get(path, { config: { name: { operation, path } } }, async (request, reply) => {
        countCall(sandbox, request, reply);
        return answer(request);
      });
    get('getSubaccounts', '/v4/addresses/:address', ({ params }) => {
      const found = subaccountsOf(sandbox, (params as Values)['address']);
      if (found.length === 0) throw new DydxError(404, `No subaccounts found for address ${(params as Values)['address'] ?? ''}`);
      return { subaccounts: found.map((account) => subaccountView(sandbox, account)), totalTradingRewards: '0' };
    });
    get('getSubaccount', '/v4/addresses/:address/subaccountNumber/:number', ({ params }) => ({ subaccount: subaccountView(sandbox, theSubaccount(sandbox, params as Values, 'number')) }));
    get('getParentSubaccount', '/v4/addresses/:address/parentSubaccountNumber/:number', ({ params }) => parentView(sandbox, params as Values));
    get('getPerpetualMarkets', '/v4/perpetualMarkets', ({ query }) => marketsView(sandbox, query as Values));
    for (const [what, operation] of [['fills', 'listFills'], ['transfers', 'listTransfers'], ['fundingPayments', 'listFundingPayments']] as const) {
      get(operation, `/v4/${what}`, ({ query }) => historyPage(sandbox, what, query as Values));
    }
  };
}

function countCall(sandbox: Sandbox, request: FastifyRequest, reply: FastifyReply): void {
  const settings = sandbox.world.world.rateLimits;
  if (settings?.enabled === false) return;
  const standing = sandbox.limits.take(`dydx/${request.ip}`, settings?.overrides?.['dydx']?.perClient ?? CALLS, WINDOW_MS);
  reply.headers({ 'RateLimit-Limit': standing.limit, 'RateLimit-Remaining': standing.remaining, 'RateLimit-Reset': sandbox.clock.now().getTime() + standing.resetMs });
  if (standing.allowed) return;
  reply.header('Retry-After', standing.resetMs);
  throw new DydxError(429, 'Too many requests');
}

function subaccountsOf(sandbox: Sandbox, address: string | undefined): Account[] {
  return sandbox.world.world.accounts.filter((account) => account.dydx !== undefined && account.dydx.address === address && account.closed !== true);
}

function theSubaccount(sandbox: Sandbox, values: Values, field: 'number' | 'subaccountNumber'): Account {
  const number = whole(values, field);
  const found = subaccountsOf(sandbox, values['address']).find(({ dydx: of }) => of?.subaccountNumber === number);
  if (found === undefined) throw new DydxError(404, `No subaccount found with address ${values['address'] ?? ''} and subaccountNumber ${number}`);
  return found;
}

function parentView(sandbox: Sandbox, params: Values): object {
  const [number, address] = [whole(params, 'number'), params['address'] ?? ''];
  if (number >= PARENTS) throw invalid('parentSubaccountNumber', 'parentSubaccountNumber must be a non-negative integer less than 128');
  const children = subaccountsOf(sandbox, address).filter(({ dydx: of }) => (of?.subaccountNumber ?? 0) % PARENTS === number).map((account) => subaccountView(sandbox, account));
  if (children.length === 0) throw new DydxError(404, `No subaccounts found for address ${address} and parentSubaccountNumber ${number}`);
  const total = (field: string): string => sum(children.map((child) => child[field] as string));
  return { subaccount: { address, parentSubaccountNumber: number, equity: total('equity'), freeCollateral: total('freeCollateral'), childSubaccounts: children } };
}

function marketsView(sandbox: Sandbox, query: Values): object {
  const ticker = query['ticker'] ?? query['market'];
  const all = perpetualsOf(sandbox).map((security, index) => [security.symbol, marketView(security, index)] as const);
  if (ticker !== undefined && !all.some(([symbol]) => symbol === ticker)) throw invalid('ticker', 'ticker must be a valid ticker (BTC-USD, etc)');
  return { markets: Object.fromEntries(all.filter(([symbol]) => ticker === undefined || symbol === ticker)) };
}

function historyPage(sandbox: Sandbox, what: History, query: Values): object {
  const account = theSubaccount(sandbox, query, 'subaccountNumber');
  const limit = whole(query, 'limit', MOST_ROWS);
  if (limit < 1 || limit > MOST_ROWS) throw invalid('limit', `limit must be a positive integer that is not greater than max: ${MOST_ROWS}`);
  const [before, after] = [instant(query, 'createdBeforeOrAt'), instant(query, 'afterOrAt')];
  const rows = rowsOf(sandbox, account, what).filter(({ createdAt }) => (before === null || Date.parse(createdAt) <= before) && (after === null || Date.parse(createdAt) >= after));
  const offset = (whole(query, 'page', 1) - 1) * limit;
  const paged = query['page'] === undefined ? {} : { pageSize: limit, totalResults: rows.length, offset };
  return { [what]: rows.slice(offset, offset + limit).map(({ view }) => view), ...paged };
}

function whole(values: Values, field: string, preset?: number): number {
  const text = values[field];
  if (text === undefined && preset !== undefined) return preset;
  if (text === undefined || !/^\d{1,6}$/.test(text)) throw invalid(field, `${field} must be a non-negative integer`);
  return Number(text);
}

function instant(values: Values, field: string): number | null {
  const text = values[field];
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(field, `${field} must be a valid ISO 8601 string`);
  return time;
}
