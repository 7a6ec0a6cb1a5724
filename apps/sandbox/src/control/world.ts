/** GET|PUT /_control/world and its schema; and what a changed world means for what is linked. */
import type { FastifyInstance } from 'fastify';
import { accountsOf, errorOf } from '../plaid/item-view.js';
import { announce } from '../plaid/webhook-sender.js';
import type { Sandbox } from '../server/sandbox.js';
import { accountsInWorld, disable, enable } from '../snaptrade/authorizations.js';
import { validateWorld, worldSchema } from '../world/validate-world.js';
import type { Account } from '../world/world.js';
import type { WorldStore } from '../world/world-store.js';
import { Refusal } from './refusal.js';

export function worldControl(app: FastifyInstance, sandbox: Sandbox): void {
  app.get('/world', async () => sandbox.world.world);
  app.get('/world/schema', async () => worldSchema);
  app.put('/world', async (request) => {
    const checked = validateWorld(request.body);
    if ('problems' in checked) {
      throw new Refusal(400, `the world is refused: ${checked.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`, checked.problems);
    }
    sandbox.world.replace(checked.world);
    const { institutions, persons, accounts, transactions } = checked.world;
    return { institutions: institutions.length, persons: persons.length, accounts: accounts.length, transactions: transactions.length };
  });
}

/** Logins that broke or healed with the world break and heal the connections behind them. */
export function followWorld(sandbox: Sandbox): void {
  sandbox.world.onReplaced((previous) => {
    const before: Sandbox = { ...sandbox, world: previous };
    for (const item of sandbox.links.items.values()) {
      if (item.removed || accountsOf(sandbox, item).length === 0) continue;
      const [was, is] = [errorOf(before, item), errorOf(sandbox, item)];
      if (was === null && is !== null) announce(sandbox, item, 'ITEM', 'ERROR');
      if (was !== null && is === null) announce(sandbox, item, 'ITEM', 'LOGIN_REPAIRED');
    }
    followAuthorizations(sandbox, previous);
  });
}

function followAuthorizations(sandbox: Sandbox, previous: WorldStore): void {
  for (const authorization of sandbox.links.authorizations.values()) {
    const broken = accountsInWorld(sandbox.world, authorization).some(isBroken);
    if (broken && authorization.disabledAt === null) disable(sandbox, authorization, 'world', previous);
    if (!broken && authorization.disabledBy === 'world') enable(sandbox, authorization);
  }
}

function isBroken(account: Account): boolean {
  return (account.login ?? 'ok') !== 'ok';
}
