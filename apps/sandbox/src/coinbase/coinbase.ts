/**
 * Coinbase Advanced Trade, and the ledgers of its wallets, under `/coinbase`: paths, fields and errors of docs.cdp.coinbase.com (read 2026-11). Each request carries a
 * token that is verified in full; 30 requests a second a key.
 */
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { watchCalls } from '../server/calls.js';
import type { Sandbox } from '../server/sandbox.js';
import type { Account } from '../world/world.js';
import { CoinbaseError, usualCoinbaseError } from './coinbase-error.js';
import { fillsPage } from './fills.js';
import { ledgerPage } from './ledger.js';
import type { CoinbaseQuery } from './pages.js';
import { authenticated } from './token.js';
import { accountsPage } from './wallets.js';

const CALLS_A_SECOND = 30;
const SECOND_MS = 1_000;

export function coinbase(sandbox: Sandbox): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    watchCalls(app, sandbox, 'coinbase', usualCoinbaseError);
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const known = error instanceof CoinbaseError ? error : new CoinbaseError((error.statusCode ?? 500) < 500 ? 'argument' : 'internal');
      if (known.status >= 500) sandbox.log.error('an operation of Coinbase failed', { error: error.stack ?? error.message });
      else sandbox.log.info('Coinbase refused a request', { why: error.message });
      return reply.code(known.status).send(known.body);
    });
    app.setNotFoundHandler((_request, reply) => reply.code(404).send(new CoinbaseError('not_found').body));
    operation(app, sandbox, 'listAccounts', '/api/v3/brokerage/accounts', accountsPage);
    operation(app, sandbox, 'listFills', '/api/v3/brokerage/orders/historical/fills', fillsPage);
    operation(app, sandbox, 'listTransactions', '/v2/accounts/:wallet/transactions', (_sandbox, accounts, query, request) => ledgerPage(sandbox, accounts, (request.params as { wallet: string }).wallet, request.url.split('?')[0] ?? '', query));
  };
}

function operation(app: FastifyInstance, sandbox: Sandbox, name: string, path: string, answer: (sandbox: Sandbox, accounts: readonly Account[], query: CoinbaseQuery, request: FastifyRequest) => object): void {
  app.get(path, { config: { name: { operation: name, path } } }, async (request: FastifyRequest) => {
    const [asked = ''] = request.url.split('?');
    const key = await authenticated(sandbox, request.headers.authorization, `GET ${request.headers.host ?? ''}${asked}`);
    request.call.entry.subject = key.name;
    countCall(sandbox, key.name);
    const accounts = key.accounts.flatMap((id) => sandbox.world.account(id) ?? []).filter(({ closed }) => closed !== true);
    // A login that the world broke is a key that its owner has revoked.
    if (accounts.some(({ login }) => (login ?? 'ok') !== 'ok')) throw new CoinbaseError('unauthorized', 'the key was revoked');
    if (!key.view) throw new CoinbaseError('permission');
    return answer(sandbox, accounts, request.query as CoinbaseQuery, request);
  });
}

function countCall(sandbox: Sandbox, key: string): void {
  const settings = sandbox.world.world.rateLimits;
  if (settings?.enabled === false) return;
  if (!sandbox.limits.take(`coinbase/${key}`, settings?.overrides?.['coinbase']?.perClient ?? CALLS_A_SECOND, SECOND_MS).allowed) throw new CoinbaseError('limit');
}
