import { describe, expect, it } from '@jest/globals';
import type { RecordedTransaction } from '@tidemark/contracts';
import { normalise } from '@tidemark/transactions';
import { activityOf } from './activity.js';
import { decodeCursor, encodeCursor } from './activity-cursor.js';
import { kindsAsked } from './kinds-asked.js';

const TRANSACTION = '00000000-0000-7000-8000-000000000001';
const recorded: RecordedTransaction = {
  transactionId: TRANSACTION, identity: 't1', date: '2026-02-18', providerType: 'DIVIDEND', providerSubtype: null, description: 'APPLE DIV', asset: 'equity:AAPL',
  quantity: '40', price: '0.24', fees: null, amount: '9.6', currency: 'USD', original: { units: '40' },
};

describe('an activity', () => {
  it('says what happened to units and cash, and keeps what the provider wrote', () => {
    expect(activityOf({ accountId: 'a', provider: 'snaptrade', recorded, normalised: normalise('snaptrade', recorded) }, { counted: true, convert: null })).toEqual({
      transactionId: TRANSACTION, accountId: 'a', date: '2026-02-18', at: null, type: 'dividend', asset: 'equity:AAPL', quantity: '0', price: '0.24', fees: null, amount: '9.6', currency: 'USD',
      description: 'APPLE DIV', pending: false, external: false, counted: true, unconverted: null, provider: 'snaptrade', providerType: 'DIVIDEND', providerSubtype: null, original: { units: '40' },
    });
  });
});

describe('an activity in another currency', () => {
  const shown = (rate: string | null) => activityOf({ accountId: 'a', provider: 'snaptrade', recorded, normalised: normalise('snaptrade', recorded) }, { counted: false, convert: { currency: 'EUR', rate: (from, day) => (from === 'USD' && day === '2026-02-18' ? rate : '7') } });

  it('has its amounts at the rate of its day, and what they were', () => {
    expect(shown('0.9')).toMatchObject({ currency: 'EUR', amount: '8.64', price: '0.216', fees: null, quantity: '0', counted: false, unconverted: { currency: 'USD', amount: '9.6', price: '0.24', fees: null } });
    expect(shown('0.9')).not.toHaveProperty('reason');
  });

  it('has none where there is no rate, and says so', () => {
    expect(shown(null)).toMatchObject({ currency: 'EUR', amount: null, price: null, unconverted: { currency: 'USD', amount: '9.6' }, reason: { code: 'rate_missing', detail: 'No rate from USD to EUR is known on 2026-02-18.', accountId: 'a', asset: 'equity:AAPL' } });
  });
});

describe('a cursor', () => {
  it('is read back, and nothing else is', () => {
    const cursor = { day: '2026-02-18', transactionId: TRANSACTION };
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
    for (const other of ['', 'x', '%%%', btoa('2026-02-30 x'), encodeCursor({ ...cursor, day: '2026-02-29' })]) expect(decodeCursor(other)).toBeNull();
  });
});

describe('the kinds asked for', () => {
  it('are one or several', () => {
    expect(kindsAsked('dividend,interest')).toEqual({ ok: true, value: ['dividend', 'interest'] });
    expect(kindsAsked(undefined)).toEqual({ ok: true, value: undefined });
  });

  it('that do not exist are refused with those that do', () => {
    const refused = kindsAsked('dividends');
    expect(refused.ok ? null : refused.error.detail).toMatch(/^type: dividends is no kind of activity; accepted are buy, sell, .* unknown$/);
  });
});
