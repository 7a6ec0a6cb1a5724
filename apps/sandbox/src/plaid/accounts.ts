/** /accounts/get and /accounts/balance/get: every shared account of an item, whatever its kind. */
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../server/sandbox.js';
import { accountView, chosenAccounts } from './account-view.js';
import { itemView, readableAccounts } from './item-view.js';
import { itemOperation, options, type PlaidOperation } from './plaid-operation.js';

const OPERATIONS: PlaidOperation[] = [
  { operation: 'accountsGet', path: '/accounts/get', limit: { perItem: 15, perClient: 15_000, code: 'ACCOUNTS_LIMIT' } },
  { operation: 'accountsBalanceGet', path: '/accounts/balance/get', limit: { perItem: 5, perClient: 1_200, code: 'BALANCE_LIMIT' } },
];

export function accountRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  for (const name of OPERATIONS) {
    itemOperation(app, sandbox, name, (item, body) => ({
      accounts: chosenAccounts(item, readableAccounts(sandbox, item), options(body)).map((account) => accountView(sandbox, item, account)),
      item: itemView(sandbox, item),
    }));
  }
}
