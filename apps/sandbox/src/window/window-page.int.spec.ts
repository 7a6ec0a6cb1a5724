import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CountryCode, Products } from 'plaid';
import { demoWorld, startSandbox, type RunningSandbox } from '../app.js';
import { plaidClient, registerSnapTradeUser, snaptradeClient } from '../testing/clients.js';

let sandbox: RunningSandbox;
beforeAll(async () => {
  const world = demoWorld();
  world.persons[0]!.name = '<script>alert(1)</script>';
  sandbox = await startSandbox({ world });
});
afterAll(() => sandbox.close());

it('the portal opens in a browser, names the institution and lets nothing of the world run as script', async () => {
  const user = await registerSnapTradeUser(sandbox, 'person');
  const { data } = await snaptradeClient(sandbox).authentication.loginSnapTradeUser({ ...user, broker: 'SCHWAB', customRedirect: 'https://app.example/<done>' });
  const response = await fetch((data as { redirectURI: string }).redirectURI);
  const html = await response.text();
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(html).toContain('<b>Charles Schwab</b>');
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('<done>');
});

it("so does Plaid's hosted link; an unknown one says so", async () => {
  const { data } = await plaidClient(sandbox).linkTokenCreate({
    client_name: 'T', language: 'en', country_codes: [CountryCode.Us], user: { client_user_id: 'u' }, products: [Products.Investments], institution_id: 'ins_115615', hosted_link: {},
  });
  expect(await (await fetch(data.hosted_link_url!)).text()).toContain('<b>Vanguard</b>');
  expect((await fetch(`${sandbox.url}/plaid/hosted-link/none`)).status).toBe(404);
});

it('where an API key is made or an address looked up leads to a page too, which approves as any other', async () => {
  for (const [path, name] of [['/coinbase/access/api', 'Coinbase'], ['/dydx/portfolio', 'dYdX']] as const) {
    const html = await (await fetch(`${sandbox.url}${path}`)).text();
    expect(html).toContain(`<b>${name}</b>`);
    expect(html).toContain(JSON.stringify({ kind: 'api_key', url: `${sandbox.url}${path}` }));
  }
});
