/** /accounts: list, detail, balances, all positions, activities. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox, Shown } from '../server/sandbox.js';
import { accountView, balancesView } from './account-view.js';
import { activitiesPage } from './activities.js';
import { accountsBehind, brokerageOf, findAccount, type FoundAccount } from './authorizations.js';
import { positionView } from './positions.js';
import { SnapTradeError } from './snaptrade-error.js';
import { userOperation, type SnapCall } from './snaptrade-operation.js';
import type { SnapUser } from '../state/link-state.js';

export function accountRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  userOperation(app, sandbox, { operation: 'listUserAccounts', method: 'GET', path: '/accounts' }, (user) =>
    sandbox.links
      .authorizationsOf(user.userId)
      .flatMap((authorization) => accountsBehind(sandbox, authorization).map((account) => accountView(sandbox, { authorization, account }))),
  );
  const one = (operation: string, path: string, answer: (found: FoundAccount, call: SnapCall) => unknown): void =>
    userOperation(app, sandbox, { operation, method: 'GET', path }, (user: SnapUser, call) =>
      answer(findAccount(sandbox, user, call.params['accountId']!), call),
    );
  one('getUserAccountDetails', '/accounts/:accountId', (found) => accountView(sandbox, found));
  one('getUserAccountBalance', '/accounts/:accountId/balances', (found) => {
    refuseInMaintenance(sandbox, found);
    return balancesView(sandbox, found.account);
  });
  one('getAllAccountPositions', '/accounts/:accountId/positions/all', (found) => {
    refuseInMaintenance(sandbox, found);
    return positionsAnswer(sandbox, found);
  });
  one('getAccountActivities', '/accounts/:accountId/activities', (found, { query }) => activitiesPage(sandbox, found, query));
}

export function positionsAnswer(sandbox: Shown, { account, authorization }: FoundAccount): object {
  return {
    results: (account.holdings ?? []).map((holding) => positionView(sandbox, holding)),
    data_freshness: { as_of: authorization.disabledAt ?? sandbox.clock.now().toISOString() },
  };
}

function refuseInMaintenance(sandbox: Sandbox, { authorization }: FoundAccount): void {
  if (brokerageOf(sandbox, authorization).snaptrade.maintenanceMode === true) throw new SnapTradeError('3002');
}
