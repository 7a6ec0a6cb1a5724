import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoWorld, generateHistory, offlineAccount, startSandbox, type RunningSandbox } from '../app.js';
import { linkSnapTrade, registerSnapTradeUser } from '../testing/clients.js';
import { openApi, specsThere, type OpenApi } from '../testing/openapi.js';
import { signedFetch } from '../testing/signed-fetch.js';

if (!specsThere) {
  process.stderr.write('\n!! The official OpenAPI documents are not here (TIDEMARK_SPECS or ../shared/specs): SnapTrade answers are NOT checked against them.\n\n');
}

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
});
afterAll(() => sandbox.close());

// The specs are reference data that only a developer's machine has; without them the warning above is printed.
(specsThere ? describe : describe.skip)('every SnapTrade answer is what its official OpenAPI document says', () => {
  let spec: OpenApi;
  beforeAll(() => {
    spec = openApi('snaptrade');
  });

  async function conforms(method: string, template: string, path: string, query: Record<string, string> = {}, body?: object): Promise<unknown> {
    const response = await signedFetch(sandbox, method, path, { query, ...(body === undefined ? {} : { body }) });
    const answer = await response.json();
    expect([template, response.status, ...spec.answer(method.toLowerCase(), template, '200', answer)]).toEqual([template, 200]);
    return answer;
  }

  it.each(['SCHWAB', 'FIDELITY', 'ETRADE', 'INTERACTIVE-BROKERS-FLEX', 'ROBINHOOD', 'COINBASE'])('all that is read of %s', async (broker) => {
    const user = { ...(await registerSnapTradeUser(sandbox, `wire-${broker}`)) };
    const id = await linkSnapTrade(sandbox, user, { broker });
    await conforms('GET', '/authorizations', '/authorizations', user);
    await conforms('GET', '/authorizations/{authorizationId}', `/authorizations/${id}`, user);
    const accounts = (await conforms('GET', '/accounts', '/accounts', user)) as { id: string }[];
    await conforms('GET', '/authorizations/{authorizationId}/accounts', `/authorizations/${id}/accounts`, user);
    for (const account of accounts) {
      await conforms('GET', '/accounts/{accountId}', `/accounts/${account.id}`, user);
      await conforms('GET', '/accounts/{accountId}/balances', `/accounts/${account.id}/balances`, user);
      await conforms('GET', '/accounts/{accountId}/positions/all', `/accounts/${account.id}/positions/all`, user);
      await conforms('GET', '/accounts/{accountId}/activities', `/accounts/${account.id}/activities`, user);
    }
    await conforms('POST', '/authorizations/{authorizationId}/refresh', `/authorizations/${id}/refresh`, user);
    await conforms('POST', '/authorizations/{authorizationId}/transactions/sync', `/authorizations/${id}/transactions/sync`, user);
    await conforms('POST', '/authorizations/{authorizationId}/disable', `/authorizations/${id}/disable`, user);
    await conforms('DELETE', '/connection/{connectionId}', `/connection/${id}`, user);
  });

  it('generated histories, with every kind of transaction', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 25; seed += 1) {
      const world = generateHistory({ seed, provider: 'snaptrade', days: 120, accountsPerPerson: 2 });
      for (const { kind } of world.transactions) kinds.add(kind);
      for (const { id } of world.accounts) {
        const texts = offlineAccount(world, id, new Date('2026-11-20T22:00:00Z')).snaptrade;
        const check = (path: string, text: string): void => expect([path, ...spec.answer('get', path, '200', JSON.parse(text))]).toEqual([path]);
        check('/accounts/{accountId}/positions/all', texts.positions());
        check('/accounts/{accountId}/balances', texts.balances());
        for (const page of texts.activities()) check('/accounts/{accountId}/activities', page);
      }
    }
    expect(kinds.size).toBeGreaterThan(30);
  });

  it('users, the portal and reference data', async () => {
    await conforms('GET', '/', '/');
    const user = (await conforms('POST', '/snapTrade/registerUser', '/snapTrade/registerUser', {}, { userId: 'wire' })) as Record<string, string>;
    await conforms('GET', '/snapTrade/listUsers', '/snapTrade/listUsers');
    await conforms('POST', '/snapTrade/login', '/snapTrade/login', user, { broker: 'SCHWAB', connectionType: 'trade' });
    const renewed = (await conforms('POST', '/snapTrade/resetUserSecret', '/snapTrade/resetUserSecret', {}, user)) as Record<string, string>;
    expect(renewed['userSecret']).not.toBe(user['userSecret']);
    await conforms('GET', '/brokerages', '/brokerages');
    await conforms('GET', '/brokerageAuthorizationTypes', '/brokerageAuthorizationTypes', { brokerage: 'SCHWAB,FIDELITY' });
    await conforms('DELETE', '/snapTrade/deleteUser', '/snapTrade/deleteUser', { userId: 'wire' });
  });
});
