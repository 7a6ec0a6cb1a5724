/** The indexer's answers in our terms, without a wire: signs, equity, and both sides of a trade. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { add, multiply, negate, sum } from '@tidemark/money';
import { shaped } from '../wire/shape.js';
import { inSeconds } from './client.js';
import { dydxOwner, hashOfOwner } from './credential.js';
import { historyOf } from './history.js';
import { fetchedAccountOf, isOfOneMoment, oraclePricesOf, subaccountsOf, unexplained } from './subaccounts.js';

const ADDRESS = 'dydx1q7l0fz4kn3w6m8tce5xa2vsrd9ugyhpj0k7ezn';
const OWN = { address: ADDRESS, hashKey: 'key' };
const subaccount = (more: object = {}) => ({ address: ADDRESS, subaccountNumber: '0', equity: '100', freeCollateral: '50', openPerpetualPositions: {}, assetPositions: { USDC: { symbol: 'USDC', side: 'LONG', size: '100', assetId: '0' } }, ...more });
const one = (more: object = {}) => subaccountsOf({ subaccount: subaccount(more) })[0]!;
const faultOf = (read: () => unknown): string => {
  const result = shaped(read);
  return result.ok ? 'none' : `${result.error.path}: ${result.error.expected}`;
};

describe('a subaccount', () => {
  it('is read out of each of the three answers', () => {
    const numbers = (body: unknown) => subaccountsOf(body).map(({ number }) => number);
    expect(numbers({ subaccounts: [subaccount(), subaccount({ subaccountNumber: '128' })] })).toEqual([0, 128]);
    expect(numbers({ subaccount: subaccount({ subaccountNumber: '256' }) })).toEqual([256]);
    expect(numbers({ subaccount: { address: ADDRESS, parentSubaccountNumber: '0', childSubaccounts: [subaccount(), subaccount({ subaccountNumber: '128' })] } })).toEqual([0, 128]);
  });

  it('owes USDC whose side is short, and names what has no oracle price', () => {
    const prices = oraclePricesOf({ markets: { 'BTC-USD': { oraclePrice: '80000' }, 'NEW-USD': { oraclePrice: null } } });
    const owing = one({ equity: '79000', assetPositions: { USDC: { side: 'SHORT', size: '1000' } }, openPerpetualPositions: { 'BTC-USD': { size: '1', side: 'LONG', entryPrice: '70000' } } });
    const account = fetchedAccountOf(owing, prices, OWN);
    expect(account).toMatchObject({ currency: 'USD', totals: { balance: '79000', cashValue: '-1000', holdingsValue: '80000' }, balances: [{ asset: 'crypto:USDC', quantity: '-1000', value: '-1000' }, { asset: 'provider:dydx:BTC-USD', quantity: '1', price: '80000', value: '80000', costBasis: '70000' }] });
    const unpriced = one({ openPerpetualPositions: { 'NEW-USD': { size: '-2', side: 'SHORT', entryPrice: '1' } } });
    expect(fetchedAccountOf(unpriced, prices, OWN)).toMatchObject({ totals: { balance: '100', holdingsValue: null }, balances: [{}, { asset: 'provider:dydx:NEW-USD', quantity: '-2', price: null, value: null }] });
    expect(unexplained(unpriced, prices)).toBeNull();
  });

  it('that is empty is an account with nothing, and not a missing one', () => {
    expect(fetchedAccountOf(one({ equity: '0', assetPositions: {} }), new Map(), OWN)).toMatchObject({ balances: [], totals: { balance: '0', holdingsValue: '0', cashValue: '0' } });
  });

  it('sums to its equity whatever it holds (signed USDC + Σ size × oracle price)', () => {
    const cents = fc.integer({ min: -10_000_000, max: 10_000_000 }).map((n) => (n / 10_000).toFixed(4).replace(/\.?0+$/, ''));
    fc.assert(fc.property(cents, fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 99_999_999 })), { maxLength: 8 }), (usdc, held) => {
      const positions = held.map(([size, price], index) => ({ market: `M${index}-USD`, size, price: `${price}.125` }));
      const equity = positions.reduce((total, { size, price }) => add(total, multiply(size, price)), add(usdc, '0'));
      const prices = oraclePricesOf({ markets: Object.fromEntries(positions.map(({ market, price }) => [market, { oraclePrice: price }])) });
      const made = one({ equity, assetPositions: { USDC: { side: usdc.startsWith('-') ? 'SHORT' : 'LONG', size: usdc.replace('-', '') } }, openPerpetualPositions: Object.fromEntries(positions.map(({ market, size }) => [market, { size, side: size.startsWith('-') ? 'SHORT' : 'LONG', entryPrice: '1' }])) });
      expect(isOfOneMoment([made], prices)).toBe(true);
      expect(sum(fetchedAccountOf(made, prices, OWN).balances.map(({ value }) => value ?? 'none'))).toBe(equity);
      expect(isOfOneMoment([{ ...made, equity: add(equity, '0.000001') }], prices)).toBe(false);
    }), { seed: 7, numRuns: 100 });
  });

  it('keeps its address to itself', () => {
    const account = fetchedAccountOf(one(), new Map(), OWN);
    expect(JSON.stringify(account)).not.toContain(ADDRESS);
    expect(account.account.numberHash).toBe(hashOfOwner(ADDRESS, 0, 'key'));
  });

  it.each([
    ['no wrapper', { address: ADDRESS }, 'subaccount: an object is expected'],
    ['no equity', { subaccount: subaccount({ equity: null }) }, 'subaccount.equity: a number is expected'],
    ['an unsigned short', { subaccount: subaccount({ openPerpetualPositions: { 'BTC-USD': { size: '1', side: 'SHORT' } } }) }, 'subaccount.openPerpetualPositions.BTC-USD.size: a size with the sign of its side is expected'],
    ['a signed asset', { subaccount: subaccount({ assetPositions: { USDC: { size: '-1', side: 'SHORT' } } }) }, 'subaccount.assetPositions.USDC.size: a size without sign is expected, beside its side'],
    ['an asset without side', { subaccount: subaccount({ assetPositions: { USDC: { size: '1' } } }) }, 'subaccount.assetPositions.USDC.side: a text is expected'],
  ])('with %s is refused by name', (_what, body, fault) => expect(faultOf(() => subaccountsOf(body))).toBe(fault));
});

describe('the history of a subaccount', () => {
  const when = { createdAt: '2026-11-02T15:30:00.500Z', createdAtHeight: '321' };
  const fill = { id: 'f1', side: 'BUY', liquidity: 'TAKER', type: 'LIMIT', market: 'BTC-USD', marketType: 'PERPETUAL', price: '80000.5', size: '0.25', fee: '10.5', ...when };
  const rows = (what: 'fills' | 'transfers' | 'fundingPayments', row: object) => historyOf(what, { [what]: [row] }, [ADDRESS])[0]?.transactions ?? [];
  const moves = (what: 'fills' | 'transfers' | 'fundingPayments', row: object) => rows(what, row).map(({ identity, providerType, providerSubtype, asset, quantity }) => [identity, providerType, providerSubtype, asset, quantity]);

  it('has both sides of a trade', () => {
    expect(moves('fills', fill)).toEqual([['f1', 'FILL', 'LIMIT', 'provider:dydx:BTC-USD', '0.25'], ['f1:settlement', 'SETTLEMENT', 'LIMIT', 'crypto:USDC', negate(add('20000.125', '10.5'))]]);
    expect(moves('fills', { ...fill, side: 'SELL', type: 'LIQUIDATED' })).toEqual([['f1', 'FILL', 'LIQUIDATED', 'provider:dydx:BTC-USD', '-0.25'], ['f1:settlement', 'SETTLEMENT', 'LIQUIDATED', 'crypto:USDC', '19989.625']]);
    expect(moves('fills', { ...fill, fee: '-1.5' })[1]).toEqual(['f1:settlement', 'SETTLEMENT', 'LIMIT', 'crypto:USDC', '-19998.625']);
  });

  it('has transfers from the side of this subaccount, and payments of funding with their sign', () => {
    const transfer = { id: 't1', sender: { address: ADDRESS }, recipient: { address: ADDRESS, subaccountNumber: '0' }, size: '250', symbol: 'USDC', type: 'DEPOSIT', transactionHash: 'H', ...when };
    expect(['DEPOSIT', 'TRANSFER_IN', 'WITHDRAWAL', 'TRANSFER_OUT', 'VAULT'].map((type) => moves('transfers', { ...transfer, type })[0]?.at(-1))).toEqual(['250', '250', '-250', '-250', null]);
    expect(JSON.stringify(rows('transfers', transfer))).not.toContain(ADDRESS);
    expect(moves('fundingPayments', { ticker: 'BTC-USD', payment: '-0.42', ...when })).toEqual([['funding:BTC-USD:321', 'FUNDING', null, 'crypto:USDC', '-0.42']]);
  });

  it('keeps what it does not understand, and moves nothing by it', () => {
    expect(rows('fills', { ...fill, marketType: 'SPOT' })).toEqual([expect.objectContaining({ identity: 'f1', providerType: 'SPOT_FILL', quantity: null, original: expect.objectContaining({ size: '0.25' }) })]);
    expect(rows('fills', { ...fill, side: 'SWAP' })).toEqual([expect.objectContaining({ providerSubtype: 'SWAP', quantity: null })]);
  });

  it.each([['no size', { ...fill, size: null }, 'fills[0].size: a number is expected'], ['no instant', { ...fill, createdAt: 'soon' }, 'fills[0].createdAt: an instant is expected'], ['no fee', { ...fill, fee: null }, 'fills[0].fee: a number is expected']])('with %s is refused by name', (_what, row, fault) => {
    expect(faultOf(() => historyOf('fills', { fills: [row] }, []))).toBe(fault);
  });
});

describe('what names an account', () => {
  it.each([
    [{ address: ` ${ADDRESS.toUpperCase()} ` }, { address: ADDRESS, subaccount: null }],
    [{ address: ADDRESS, subaccountNumber: '128' }, { address: ADDRESS, subaccount: 128 }],
  ])('%j is %j', (given, owner) => expect(dydxOwner(given)).toEqual({ ok: true, value: owner }));

  it.each([[{}, 'credentials.address is needed'], [{ address: 'dydx1short' }, '38 more characters'], [{ address: ADDRESS.replace('q7', 'b7') }, 'no dYdX address'], [{ address: ADDRESS, subaccountNumber: '128001' }, 'from 0 to 128000'], [{ address: ADDRESS, subaccountNumber: 'one' }, 'whole number']])('%j is refused: %s', (given, why) => {
    expect(dydxOwner(given)).toEqual({ ok: false, error: expect.stringContaining(why) });
  });

  it('differs from subaccount to subaccount in its hash', () => {
    expect(new Set([null, 0, 128].map((number) => hashOfOwner(ADDRESS, number, 'key'))).size).toBe(3);
  });
});

describe('Retry-After', () => {
  it.each([['4200', '4.2'], ['Fri, 20 Nov 2026 21:05:07 GMT', 'Fri, 20 Nov 2026 21:05:07 GMT']])('%s is read as %s', (asked, seconds) => {
    expect(inSeconds({ status: 429, headers: { 'retry-after': asked }, text: '' }).headers).toEqual({ 'retry-after': seconds });
  });
});
