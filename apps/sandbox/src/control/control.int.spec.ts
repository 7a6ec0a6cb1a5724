import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { Products } from 'plaid';
import { demoWorld, startSandbox, type RunningSandbox, type World } from '../app.js';
import { optionsFrom } from '../config.js';
import { control, linkPlaid, linkSnapTrade, plaidClient, registerSnapTradeUser, snaptradeClient } from '../testing/clients.js';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
});
afterAll(() => sandbox.close());

describe('the world document', () => {
  it('comes with its published schema, and the demo world keeps to it', async () => {
    const schema = await control<object>(sandbox, 'GET', '/world/schema');
    expect(new Ajv({ strict: false }).compile(schema)(await control(sandbox, 'GET', '/world'))).toBe(true);
  });

  it.each<[string, (world: World) => object, RegExp]>([
    ['accounts[0].holdings[0].quantity', (world) => Object.assign(world.accounts[0]!.holdings![0]!, { quantity: 100 }), /must be string/],
    ['accounts[0].holdings[0].quantity', (world) => Object.assign(world.accounts[0]!.holdings![0]!, { quantity: '1,000' }), /must match pattern/],
    ['accounts[1].holdings[0].security', (world) => Object.assign(world.accounts[1]!.holdings![0]!, { security: 'nope' }), /"nope" is not in securities/],
    ['accounts[2].person', (world) => Object.assign(world.accounts[2]!, { person: 'nobody' }), /"nobody" is not in persons/],
    ['accounts[1].id', (world) => Object.assign(world.accounts[1]!, { id: world.accounts[0]!.id }), /already used in accounts/],
    ['transactions[0].kind', (world) => Object.assign(world.transactions[0]!, { kind: 'gift' }), /must be equal to one of the allowed values: buy, sell/],
    ['persons[0].name', (world) => Object.assign(world.persons[0]!, { name: undefined }), /required property/],
    ['accounts[0].cahs', (world) => Object.assign(world.accounts[0]!, { cahs: [] }), /must NOT have additional properties/],
  ])('is refused whole, naming %s', async (path, spoil, words) => {
    const world = demoWorld();
    spoil(world);
    const response = await fetch(`${sandbox.url}/_control/world`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(world) });
    const answer = (await response.json()) as { problems: { path: string; message: string }[] };
    expect([response.status, answer.problems.map((problem) => problem.path)]).toEqual([400, expect.arrayContaining([path])]);
    expect(answer.problems.find((problem) => problem.path === path)!.message).toMatch(words);
    expect(await control(sandbox, 'GET', '/world')).toEqual(demoWorld());
  });

  it('can be changed under what is linked: a sold holding is gone at once', async () => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_115615' });
    const world = await control<World>(sandbox, 'GET', '/world');
    const account = world.accounts.find(({ id }) => id === 'ada-vanguard-brokerage')!;
    account.holdings = account.holdings!.filter(({ security }) => security !== 'vtsax');
    await control(sandbox, 'PUT', '/world', world);
    const { data } = await plaidClient(sandbox).investmentsHoldingsGet({ access_token });
    expect(data.securities.map(({ ticker_symbol }) => ticker_symbol)).toEqual(['CUR:USD', 'VFIAX', 'VMFXX']);
  });
});

describe('approving a link', () => {
  it('shares what the test says: person and accounts', async () => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_56', products: [Products.Transactions], as: { person: 'ada', accounts: ['ada-chase-card'] } });
    expect((await plaidClient(sandbox).accountsGet({ access_token })).data.accounts.map(({ mask }) => mask)).toEqual(['8806']);
    const user = await registerSnapTradeUser(sandbox, 'as-dan');
    await linkSnapTrade(sandbox, user, { broker: 'SCHWAB', as: { person: 'dan' } });
    expect((await snaptradeClient(sandbox).accountInformation.listUserAccounts(user)).data.map(({ name }) => name)).toEqual(['Rollover IRA']);
  });

  it('one account through both providers shows the same number and mask under two ids', async () => {
    const { accessToken: access_token } = await linkPlaid(sandbox, { institutionId: 'ins_11' });
    const user = await registerSnapTradeUser(sandbox, 'twice');
    await linkSnapTrade(sandbox, user, { broker: 'SCHWAB' });
    const plaid = (await plaidClient(sandbox).accountsGet({ access_token })).data.accounts[0]!;
    const snap = (await snaptradeClient(sandbox).accountInformation.listUserAccounts(user)).data[0]!;
    expect([plaid.mask, snap.number.slice(-4)]).toEqual(['4417', '4417']);
    expect(plaid.account_id).not.toBe(snap.id);
  });

  it('says in words why it cannot be done', async () => {
    const approve = (body: object): Promise<unknown> => control(sandbox, 'POST', '/links/approve', body);
    await expect(approve({})).rejects.toThrow(/400.*must be a JSON object/);
    await expect(approve({ link: { kind: 'oauth' } })).rejects.toThrow(/link.kind must be one of plaid_link, snaptrade_portal/);
    await expect(approve({ link: { kind: 'plaid_link', token: 'link-sandbox-x' } })).rejects.toThrow(/404.*no link token/);
    await expect(linkPlaid(sandbox, { institutionId: 'ins_5' })).rejects.toThrow(/422.*Citi does not support investments/);
    await expect(linkPlaid(sandbox, { institutionId: 'ins_115615', as: { person: 'ben' } })).rejects.toThrow(/422.*no open account/);
    await expect(linkPlaid(sandbox, { institutionId: 'ins_115615', as: { person: 'nobody' } })).rejects.toThrow(/400.*as.person/);
  });
});

describe('the process', () => {
  it('keeps links over a restart where a state file is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const stateFile = join(folder, 'state', 'links.json');
    const first = await startSandbox({ world: demoWorld(), stateFile });
    const { accessToken: access_token } = await linkPlaid(first, { institutionId: 'ins_115615' });
    await first.close();
    const second = await startSandbox({ world: demoWorld(), stateFile });
    expect((await plaidClient(second).accountsGet({ access_token })).data.accounts).toHaveLength(1);
    await second.close();
    rmSync(folder, { recursive: true });
  });

  it('makes the same ids from the same seed', async () => {
    const ids = [];
    for (const seed of [5, 5, 6]) {
      const seeded = await startSandbox({ world: demoWorld(), seed });
      ids.push((await linkPlaid(seeded, { institutionId: 'ins_115615' })).itemId);
      await seeded.close();
    }
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });

  it('names the variable that is wrong', () => {
    expect(() => optionsFrom({ SANDBOX_PORT: '99999' })).toThrow('SANDBOX_PORT must be a whole number between 0 and 65535, not "99999"');
    expect(() => optionsFrom({ SANDBOX_WORLD: './nowhere.json' })).toThrow(/SANDBOX_WORLD must name a JSON file/);
    expect(() => optionsFrom({ SANDBOX_SNAPTRADE_WEBHOOK: 'here' })).toThrow(/SANDBOX_SNAPTRADE_WEBHOOK must be a URL such as http.*snaptrade, not "here"/);
    expect(optionsFrom({ SANDBOX_PLAID_SECRET: 's' }).credentials?.plaid).toEqual({ clientId: 'sandbox-plaid-client', secret: 's' });
  });

  it('refuses a world that is not valid, and a clock that is no instant', async () => {
    await expect(startSandbox({ world: { ...demoWorld(), version: 2 } as never })).rejects.toThrow(/the world is not valid: version must be equal to constant/);
    await expect(control(sandbox, 'POST', '/clock', { now: 'noon' })).rejects.toThrow(/now must be an instant/);
  });
});
