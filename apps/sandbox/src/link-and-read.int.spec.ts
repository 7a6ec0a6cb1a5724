import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Products } from 'plaid';
import { demoWorld, startSandbox, type RunningSandbox } from './app.js';
import { linkPlaid, linkSnapTrade, plaidClient, registerSnapTradeUser, snaptradeClient } from './testing/clients.js';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world: demoWorld() });
});
afterAll(() => sandbox.close());

describe('linking through the official Plaid SDK', () => {
  it('links Vanguard and reads its holdings, cash among them', async () => {
    const { accessToken, itemId } = await linkPlaid(sandbox, { institutionId: 'ins_115615' });
    const { data } = await plaidClient(sandbox).investmentsHoldingsGet({ access_token: accessToken });
    expect(data.item.item_id).toBe(itemId);
    const symbols = data.securities.map((security) => security.ticker_symbol);
    expect(symbols).toEqual(['CUR:USD', 'VFIAX', 'VTSAX', 'VMFXX']);
    const fund = data.holdings.find((holding) => holding.security_id === data.securities[1]!.security_id)!;
    expect([fund.quantity, fund.institution_price, fund.cost_basis]).toEqual([151.318, 610.22, 52020.11]);
  });

  it('links Chase, whose person has no investments there, and reads balances and transactions instead', async () => {
    const { accessToken } = await linkPlaid(sandbox, { institutionId: 'ins_56', products: [Products.Transactions], ifSupported: [Products.Investments] });
    const plaid = plaidClient(sandbox);
    await expect(plaid.investmentsHoldingsGet({ access_token: accessToken })).rejects.toMatchObject({
      response: { status: 400, data: { error_type: 'ITEM_ERROR', error_code: 'NO_INVESTMENT_ACCOUNTS' } },
    });
    const { data } = await plaid.accountsGet({ access_token: accessToken });
    expect(data.accounts.map(({ subtype, balances }) => [subtype, balances.current])).toEqual([['checking', 5230.18], ['savings', 20144.02], ['credit card', 1284.55]]);
    const sync = (await plaid.transactionsSync({ access_token: accessToken })).data;
    expect(sync.added).toHaveLength(7);
    expect(sync.added.find(({ name }) => name === 'ACME CORP PAYROLL')!.amount).toBe(-3412.77);
  });
});

describe('linking through the official SnapTrade SDK', () => {
  it('links Schwab for trading and reads accounts, balances, positions and activities', async () => {
    const user = await registerSnapTradeUser(sandbox, 'thin-thread');
    const authorizationId = await linkSnapTrade(sandbox, user, { broker: 'SCHWAB', connectionType: 'trade-if-available' });
    const client = snaptradeClient(sandbox);
    const { data: authorization } = await client.connections.detailBrokerageAuthorization({ ...user, authorizationId });
    expect([authorization.type, authorization.brokerage?.slug, authorization.brokerage?.allows_trading]).toEqual(['trade', 'SCHWAB', true]);
    const { data: accounts } = await client.accountInformation.listUserAccounts(user);
    expect(accounts.map(({ name }) => name)).toEqual(["Ada's Individual Brokerage", "Ada's Roth IRA"]);
    const account = { ...user, accountId: accounts[0]!.id };
    const { data: positions } = await client.accountInformation.getAllAccountPositions(account);
    expect(positions.results.map(({ instrument, units, cost_basis }) => [instrument.symbol, units, cost_basis])[0]).toEqual(['AAPL', '100', '152.3']);
    const { data: balances } = await client.accountInformation.getUserAccountBalance(account);
    expect(balances).toMatchObject([{ currency: { code: 'USD' }, cash: 8421.37 }]);
    const { data: page } = await client.accountInformation.getAccountActivities({ ...account, limit: 3 });
    expect(page.pagination).toEqual({ offset: 0, limit: 3, total: 7 });
    expect(page.data!.map(({ type, amount }) => [type, amount])).toEqual([['DIVIDEND', 27], ['BUY', -1550], ['SELL', 2011.45]]);
  });

  it('links Fidelity, which does not trade, and counts money-market funds in cash and as a position', async () => {
    const user = await registerSnapTradeUser(sandbox, 'fidelity');
    const authorizationId = await linkSnapTrade(sandbox, user, { broker: 'FIDELITY', connectionType: 'trade-if-available' });
    const client = snaptradeClient(sandbox);
    const { data: accounts } = await client.connections.listBrokerageAuthorizationAccounts({ ...user, authorizationId });
    const account = { ...user, accountId: accounts[0]!.id };
    const { data: balances } = await client.accountInformation.getUserAccountBalance(account);
    expect(balances[0]!.cash).toBe(2624.11);
    const { data: positions } = await client.accountInformation.getAllAccountPositions(account);
    expect(positions.results.find(({ cash_equivalent }) => cash_equivalent === true)).toMatchObject({ instrument: { symbol: 'SPAXX' }, units: '2504.11' });
    expect((await client.connections.detailBrokerageAuthorization({ ...user, authorizationId })).data.type).toBe('read');
  });
});
