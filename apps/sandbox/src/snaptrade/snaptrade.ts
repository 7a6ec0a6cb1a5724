/** SnapTrade, under `/snaptrade` and (as the real one, with a `Deprecation` header) under its old `/api/v1`. */
import type { FastifyError, FastifyInstance } from 'fastify';
import { watchCalls } from '../server/calls.js';
import type { Sandbox } from '../server/sandbox.js';
import { accountRoutes } from './accounts.js';
import { brokerageRoutes } from './brokerages.js';
import { connectionRoutes } from './connections.js';
import { SnapTradeError, usualSnapTradeError } from './snaptrade-error.js';
import { userRoutes } from './users.js';

/** 12 June 2026, when the old prefix was deprecated (it stands in the SDK's own documentation). */
const DEPRECATED_AT = '@1781222400';

export function snaptrade(sandbox: Sandbox, legacy: boolean): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    watchCalls(app, sandbox, 'snaptrade', usualSnapTradeError);
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('X-Request-ID', sandbox.newId());
      if (legacy) reply.header('Deprecation', DEPRECATED_AT);
    });
    app.setErrorHandler((error: FastifyError, _request, reply) => {
      const known = error instanceof SnapTradeError ? error : new SnapTradeError((error.statusCode ?? 500) < 500 ? '1089' : '1000');
      if (known.status >= 500 && !(error instanceof SnapTradeError)) sandbox.log.error('a SnapTrade operation failed', { error: error.stack ?? error.message });
      return reply.code(known.status).send(known.body());
    });
    app.setNotFoundHandler((_request, reply) => reply.code(404).send(new SnapTradeError('1011').body()));
    for (const routes of [brokerageRoutes, userRoutes, connectionRoutes, accountRoutes]) routes(app, sandbox);
  };
}
