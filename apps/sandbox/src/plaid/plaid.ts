/** Plaid, under `/plaid`: its routes and its way of answering errors. */
import type { FastifyError, FastifyInstance } from 'fastify';
import { watchCalls } from '../server/calls.js';
import type { Sandbox } from '../server/sandbox.js';
import { accountRoutes } from './accounts.js';
import { bankTransactionsRoute } from './bank-transactions.js';
import { holdingsRoute } from './holdings.js';
import { institutionRoutes } from './institutions.js';
import { investmentTransactionsRoute } from './investment-transactions.js';
import { itemRoutes } from './items.js';
import { linkRoutes } from './link.js';
import { PlaidError, usualPlaidError } from './plaid-error.js';
import { refreshRoute, sandboxRoutes } from './refresh.js';

export function plaid(sandbox: Sandbox): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    watchCalls(app, sandbox, 'plaid', usualPlaidError);
    app.setErrorHandler((error: FastifyError, request, reply) => {
      const known = error instanceof PlaidError ? error : fromFastify(error);
      if (known.status >= 500) sandbox.log.error('a Plaid operation failed', { error: error.stack ?? error.message });
      const requestId = request.call?.requestId ?? sandbox.newId().slice(0, 15);
      return reply.code(known.status).send(known.body(requestId));
    });
    app.setNotFoundHandler((_request, reply) => reply.code(404).send(new PlaidError('NOT_FOUND').body(sandbox.newId().slice(0, 15))));
    for (const routes of [linkRoutes, itemRoutes, accountRoutes, holdingsRoute, investmentTransactionsRoute]) routes(app, sandbox);
    for (const routes of [refreshRoute, bankTransactionsRoute, institutionRoutes, sandboxRoutes]) routes(app, sandbox);
  };
}

function fromFastify(error: FastifyError): PlaidError {
  return new PlaidError((error.statusCode ?? 500) < 500 ? 'INVALID_BODY' : 'INTERNAL_SERVER_ERROR');
}
