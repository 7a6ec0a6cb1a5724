/** /authorizations and /connection: list, detail, refresh, transactions sync, disable, remove. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import type { SnapAuthorization } from '../state/link-state.js';
import { accountView } from './account-view.js';
import { accountsBehind, authorizationOf, brokerageOf, disable, dropAuthorization, snapAccountId, subjectOf } from './authorizations.js';
import { brokerageView } from './brokerages.js';
import { SnapTradeError } from './snaptrade-error.js';
import { userOperation } from './snaptrade-operation.js';
import { announceSnapTrade } from './webhook-sender.js';

export function connectionRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  userOperation(app, sandbox, { operation: 'listBrokerageAuthorizations', method: 'GET', path: '/authorizations' }, (user) =>
    sandbox.links.authorizationsOf(user.userId).map((authorization) => authorizationView(sandbox, authorization)),
  );
  userOperation(app, sandbox, { operation: 'detailBrokerageAuthorization', method: 'GET', path: '/authorizations/:authorizationId' }, (user, { params }) =>
    authorizationView(sandbox, authorizationOf(sandbox, user, params['authorizationId']!)),
  );
  userOperation(app, sandbox, { operation: 'listBrokerageAuthorizationAccounts', method: 'GET', path: '/authorizations/:authorizationId/accounts' }, (user, { params }) => {
    const authorization = authorizationOf(sandbox, user, params['authorizationId']!);
    return accountsBehind(sandbox, authorization).map((account) => accountView(sandbox, { authorization, account }));
  });
  userOperation(app, sandbox, { operation: 'removeBrokerageAuthorization', method: 'DELETE', path: '/authorizations/:authorizationId' }, (user, { params, reply }) => {
    dropAuthorization(sandbox, authorizationOf(sandbox, user, params['authorizationId']!));
    reply.code(204);
    return undefined;
  });
  userOperation(app, sandbox, { operation: 'deleteConnection', method: 'DELETE', path: '/connection/:authorizationId' }, (user, { params }) => {
    const authorization = authorizationOf(sandbox, user, params['authorizationId']!);
    dropAuthorization(sandbox, authorization);
    return { detail: `Connection ${authorization.id} is queued for deletion`, connection_id: authorization.id };
  });
  refreshRoutes(app, sandbox);
}

function refreshRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  userOperation(app, sandbox, { operation: 'refreshBrokerageAuthorization', method: 'POST', path: '/authorizations/:authorizationId/refresh' }, (user, { params }) => {
    const authorization = enabledOf(authorizationOf(sandbox, user, params['authorizationId']!));
    tellOfAccounts(sandbox, authorization, 'ACCOUNT_HOLDINGS_UPDATED');
    return { detail: `Connection ${authorization.id} scheduled for refresh` };
  });
  userOperation(app, sandbox, { operation: 'syncBrokerageAuthorizationTransactions', method: 'POST', path: '/authorizations/:authorizationId/transactions/sync' }, (user, { params }) => {
    const authorization = enabledOf(authorizationOf(sandbox, user, params['authorizationId']!));
    tellOfAccounts(sandbox, authorization, 'ACCOUNT_TRANSACTIONS_UPDATED');
    return { detail: `Connection ${authorization.id} scheduled for transactions sync` };
  });
  userOperation(app, sandbox, { operation: 'disableBrokerageAuthorization', method: 'POST', path: '/authorizations/:authorizationId/disable' }, (user, { params }) => {
    const authorization = authorizationOf(sandbox, user, params['authorizationId']!);
    if (authorization.disabledAt !== null) throw new SnapTradeError('3011');
    disable(sandbox, authorization, 'request');
    return { detail: `Connection ${authorization.id} has been disabled` };
  });
}

function enabledOf(authorization: SnapAuthorization): SnapAuthorization {
  if (authorization.disabledAt !== null) throw new SnapTradeError('3003');
  return authorization;
}

function tellOfAccounts(sandbox: Sandbox, authorization: SnapAuthorization, event: 'ACCOUNT_HOLDINGS_UPDATED' | 'ACCOUNT_TRANSACTIONS_UPDATED'): void {
  for (const account of accountsBehind(sandbox, authorization)) {
    announceSnapTrade(sandbox, event, { ...subjectOf(sandbox, authorization), accountId: snapAccountId(authorization, account.id) });
  }
}

function authorizationView(sandbox: Sandbox, authorization: SnapAuthorization): Record<string, unknown> {
  const brokerage = brokerageOf(sandbox, authorization);
  return {
    id: authorization.id,
    created_date: authorization.createdAt,
    updated_date: authorization.updatedAt,
    brokerage: brokerageView(brokerage),
    name: `Connection to ${brokerage.name}`,
    type: authorization.type,
    disabled: authorization.disabledAt !== null,
    disabled_date: authorization.disabledAt,
    meta: {},
    is_eligible_for_payout: false,
    data_freshness_mode: brokerage.snaptrade.realTime === false ? 'delayed' : 'realtime',
  };
}
