/** Coinbase's answers in our terms, without a wire: wallets to one account, fills to transactions, and keys of both kinds. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { parseLossless } from '../wire/lossless.js';
import { shaped } from '../wire/shape.js';
import { portfoliosOf, walletPageOf } from './accounts.js';
import { fillPageOf } from './fills.js';
import { coinbaseKey, coinbaseToken } from './key.js';
import { ledgerPageOf } from './ledger.js';

const parsed = (text: string): unknown => {
  const result = parseLossless(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const wallet = (currency: string, value: string, hold = '0', more: object = {}) => ({ uuid: `w-${currency}`, name: currency, currency, available_balance: { value, currency }, hold: { value: hold, currency }, type: 'ACCOUNT_TYPE_FIAT', retail_portfolio_id: 'p-1', ...more });
const wallets = (...accounts: object[]) => portfoliosOf(walletPageOf({ accounts, has_next: false, cursor: '' }).wallets, 'key');
const faultOf = (read: () => unknown): string => {
  const result = shaped(read);
  return result.ok ? 'none' : `${result.error.path}: ${result.error.expected}`;
};

describe('wallets', () => {
  it('are one account with a line a currency: available + hold, zero cash shown and zero coins not', () => {
    const [account, ...others] = wallets(wallet('BTC', '0.10000000000000000001', '0.2'), wallet('USD', '0', '0'), wallet('DOGE', '0'), wallet('EUR', '12.5', '7.5', { hold: null }));
    expect(others).toEqual([]);
    expect(account?.balances).toEqual([
      { asset: 'crypto:BTC', quantity: '0.30000000000000000001', symbol: 'BTC', currency: null, price: null, value: null, costBasis: null },
      { asset: 'currency:USD', quantity: '0', currency: 'USD', price: '1', value: '0' },
      { asset: 'currency:EUR', quantity: '12.5', currency: 'EUR', price: '1', value: '12.5' },
    ]);
    expect(account).toMatchObject({ account: { providerAccountId: 'p-1', type: 'investment', mask: null, currency: 'USD' }, currency: 'USD', totals: { balance: null, available: null, holdingsValue: null, cashValue: null } });
  });

  it('do not go by their type, and keep a number that came as a number', () => {
    const [account] = portfoliosOf(walletPageOf(parsed('{"accounts":[{"uuid":"w","currency":"BTC","type":"ACCOUNT_TYPE_FIAT","available_balance":{"value":123456789.123456789012345678,"currency":"BTC"},"retail_portfolio_id":"p"}],"has_next":false}')).wallets, 'key');
    expect(account?.balances[0]).toMatchObject({ asset: 'crypto:BTC', quantity: '123456789.123456789012345678' });
  });

  it('of two portfolios are two accounts, each told again by its hash', () => {
    const accounts = wallets(wallet('BTC', '1', '0', { retail_portfolio_id: 'portfolio-1' }), wallet('BTC', '2', '0', { uuid: 'w2', retail_portfolio_id: 'portfolio-2' }));
    expect(accounts.map(({ account, balances }) => [account.providerAccountId, balances[0]?.quantity])).toEqual([['portfolio-1', '1'], ['portfolio-2', '2']]);
    expect(accounts[0]?.account.numberHash).toHaveLength(64);
    expect(accounts[0]?.account.numberHash).not.toBe(accounts[1]?.account.numberHash);
  });

  it.each([
    ['no list', {}, 'accounts: a list is expected'],
    ['no end', { accounts: [], has_next: true }, 'cursor: a text is expected where has_next is true'],
    ['no balance', { accounts: [{ uuid: 'w', currency: 'BTC' }], has_next: false }, 'accounts[0].available_balance: an object is expected'],
    ['a balance of another currency', { accounts: [wallet('BTC', '1', '0', { hold: { value: '1', currency: 'ETH' } })], has_next: false }, 'accounts[0].hold.currency: the currency of the wallet is expected'],
    ['a balance that is no number', { accounts: [wallet('BTC', 'many')], has_next: false }, 'accounts[0].available_balance.value: a number or null is expected'],
  ])('with %s are refused by name', (_what, body, fault) => expect(faultOf(() => walletPageOf(body))).toBe(fault));
});

describe('fills', () => {
  const fill = { entry_id: 'e1', trade_id: 't1', order_id: 'o1', trade_time: '2026-11-02T15:30:00.5Z', trade_type: 'FILL', price: '60000.5', size: '0.01', commission: '1.25', product_id: 'BTC-USD', size_in_quote: false, side: 'BUY', retail_portfolio_id: 'p-1' };
  const rows = (more: object) => fillPageOf({ fills: [{ ...fill, ...more }], cursor: '' }).fills[0]?.transactions ?? [];

  it('are transactions whose cash the wire does not say', () => {
    expect(rows({})).toEqual([expect.objectContaining({ identity: 'e1', date: '2026-11-02', at: '2026-11-02T15:30:00.500Z', providerType: 'FILL', providerSubtype: 'BUY', asset: 'crypto:BTC', quantity: '0.01', price: '60000.5', fees: '1.25', amount: null, currency: 'USD' })]);
    expect(rows({ side: 'SELL' })).toEqual([expect.objectContaining({ quantity: '-0.01', amount: null, providerSubtype: 'SELL' })]);
  });

  it('whose size counts cash say the cash, and their units at 18 digits', () => {
    expect(rows({ size_in_quote: true, size: '1', price: '3', commission: '0.01' })).toEqual([expect.objectContaining({ quantity: '0.333333333333333333', amount: '-1.01' })]);
    expect(rows({ size_in_quote: true, size: '1', price: '3', commission: '0.01', side: 'SELL' })).toEqual([expect.objectContaining({ quantity: '-0.333333333333333333', amount: '0.99' })]);
  });

  it('of a coin against a coin are two rows, the commission in the coin that pays', () => {
    expect(rows({ product_id: 'BTC-USDC' }).map(({ identity, providerSubtype, asset, quantity, amount, currency }) => [identity, providerSubtype, asset, quantity, amount, currency])).toEqual([
      ['e1', 'base_leg', 'crypto:BTC', '0.01', null, null],
      ['e1:quote', 'quote_leg', 'crypto:USDC', '-601.255', null, null],
    ]);
    expect(rows({ product_id: 'BTC-USDC', side: 'SELL' }).map(({ quantity }) => quantity)).toEqual(['-0.01', '598.755']);
  });

  it.each([['REVERSAL', 'BTC-USD', 'BUY'], ['FILL', 'BTC-USD', 'UNKNOWN_ORDER_SIDE'], ['FILL', 'BIT-28NOV26-CDE', 'BUY']])('%s of %s, %s, are kept and move nothing', (trade_type, product_id, side) => {
    expect(rows({ trade_type, product_id, side })).toEqual([expect.objectContaining({ identity: 'e1', providerType: trade_type, providerSubtype: side, quantity: null, amount: null, original: expect.objectContaining({ size: '0.01' }) })]);
  });

  it.each([
    ['without an id', { entry_id: null }, 'fills[0].entry_id: a text is expected'],
    ['at no time', { trade_time: null }, 'fills[0].trade_time: an instant is expected'],
    ['of no price', { price: '0', size_in_quote: true }, 'fills[0].price: a price other than zero is expected where the size counts the quote currency'],
    ['of no size', { size: 'x' }, 'fills[0].size: a number or null is expected'],
  ])('%s are refused by name', (_what, more, fault) => expect(faultOf(() => rows(more))).toBe(fault));
});

describe('the ledger of a wallet', () => {
  const row = { id: 'l1', type: 'fiat_deposit', status: 'completed', amount: { amount: '100.50', currency: 'USD' }, native_amount: { amount: '100.50', currency: 'USD' }, description: null, created_at: '2026-11-02T15:30:00Z' };
  const page = (more: object, pagination: object = { next_uri: null }) => ledgerPageOf({ data: [{ ...row, ...more }], pagination });

  it('has cash of a currency and units of a coin, signed as the wallet feels them', () => {
    expect(page({}).transactions).toEqual([expect.objectContaining({ identity: 'l1', date: '2026-11-02', providerType: 'fiat_deposit', asset: null, quantity: null, amount: '100.5', currency: 'USD' })]);
    expect(page({ type: 'send', amount: { amount: '-0.25', currency: 'BTC' } }).transactions).toEqual([expect.objectContaining({ asset: 'crypto:BTC', quantity: '-0.25', amount: null, currency: null })]);
  });

  it('leaves trades to the fills and what failed to nobody, and marks what is pending', () => {
    expect(page({ type: 'advanced_trade_fill' }).transactions).toEqual([]);
    for (const status of ['failed', 'expired', 'canceled']) expect(page({ status }).transactions).toEqual([]);
    expect(page({ status: 'pending' }).transactions).toMatchObject([{ pending: true }]);
  });

  it('goes on while there is a next page', () => {
    expect([page({}).more, page({}, { next_uri: '' }).more, page({}, { next_uri: '/v2/accounts/w/transactions?starting_after=l1' }).more]).toEqual([false, false, true]);
    expect(page({}).oldest).toEqual({ id: 'l1', at: '2026-11-02T15:30:00.000Z' });
    expect(ledgerPageOf({ data: [] })).toEqual({ transactions: [], oldest: null, more: false });
  });

  it.each([
    ['no rows', {}, 'data: a list is expected'],
    ['no amount', { data: [{ ...row, amount: null }] }, 'data[0].amount: an object is expected'],
    ['no type', { data: [{ ...row, type: null }] }, 'data[0].type: a text is expected'],
    ['no instant', { data: [{ ...row, created_at: 'soon' }] }, 'data[0].created_at: a day or an instant is expected'],
  ])('with %s is refused by name', (_what, body, fault) => expect(faultOf(() => ledgerPageOf(body))).toBe(fault));
});

describe('keys', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ed = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = ed.privateKey.export({ format: 'jwk' });
  const pem = (type: 'sec1' | 'pkcs8') => ec.privateKey.export({ format: 'pem', type }) as string;

  it.each([
    ['PEM as OpenSSL writes it', pem('sec1'), ec.publicKey, 'ES256'],
    ['PKCS #8', pem('pkcs8'), ec.publicKey, 'ES256'],
    ['PEM with its line ends still escaped', pem('sec1').replaceAll('\n', '\\n'), ec.publicKey, 'ES256'],
    ['Ed25519 in base64', Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]).toString('base64'), ed.publicKey, 'EdDSA'],
  ])('of %s sign a token for one request', async (_what, privateKey, publicKey, algorithm) => {
    const key = coinbaseKey({ keyName: 'organizations/o/apiKeys/k', privateKey });
    if (!key.ok) throw new Error(key.error);
    const token = await coinbaseToken(key.value, 'GET api.coinbase.com/api/v3/brokerage/accounts', 1_800_000_000_400, 'ab12');
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: 'organizations/o/apiKeys/k', typ: 'JWT', nonce: 'ab12' });
    expect(decodeJwt(token)).toEqual({ sub: 'organizations/o/apiKeys/k', iss: 'cdp', nbf: 1_800_000_000, exp: 1_800_000_120, uri: 'GET api.coinbase.com/api/v3/brokerage/accounts' });
    await expect(jwtVerify(token, publicKey, { currentDate: new Date(1_800_000_001_000) })).resolves.toBeDefined();
  });

  it.each([
    ['another curve', generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export({ format: 'pem', type: 'sec1' }) as string],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string],
    ['half a PEM', pem('sec1').slice(0, 90)],
    ['short base64', 'c2hvcnQ='],
  ])('of %s are refused without being quoted', (_what, privateKey) => {
    const key = coinbaseKey({ keyName: 'k', privateKey });
    expect(key).toEqual({ ok: false, error: expect.stringContaining('P-256') });
    expect(JSON.stringify(key)).not.toContain(privateKey.split('\n')[1] ?? privateKey);
  });
});
