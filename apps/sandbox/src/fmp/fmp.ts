/**
 * Financial Modeling Prep's "stable" API and its quote stream, under `/fmp`. Shapes as its documentation shows them
 * (site.financialmodelingprep.com/developer/docs/stable, read 2026-11). Who only wants prices needs nothing else of the sandbox.
 */
import websocket from '@fastify/websocket';
import type { FastifyError, FastifyInstance } from 'fastify';
import { watchCalls } from '../server/calls.js';
import type { Sandbox } from '../server/sandbox.js';
import { actionRoutes } from './actions.js';
import { bulkRoutes } from './bulk.js';
import { directoryRoutes } from './directory.js';
import { eodRoutes } from './eod.js';
import { FmpError, usualFmpError } from './fmp-error.js';
import { quoteRoutes } from './quotes.js';
import { streamRoute } from './stream.js';

export function fmp(sandbox: Sandbox): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    await app.register(websocket, { options: { maxPayload: 64 * 1024 } });
    streamRoute(app, sandbox);
    await app.register(async (rest) => {
      watchCalls(rest, sandbox, 'fmp', usualFmpError);
      rest.setErrorHandler((error: FastifyError, _request, reply) => {
        const known = error instanceof FmpError ? error : new FmpError((error.statusCode ?? 500) < 500 ? 'query' : 'server');
        if (known.status >= 500) sandbox.log.error('an operation of the price source failed', { error: error.stack ?? error.message });
        return reply.code(known.status).send(known.body);
      });
      rest.setNotFoundHandler((_request, reply) => reply.code(404).send(new FmpError('not_found').body));
      for (const routes of [quoteRoutes, eodRoutes, actionRoutes, bulkRoutes, directoryRoutes]) routes(rest, sandbox);
    });
  };
}
