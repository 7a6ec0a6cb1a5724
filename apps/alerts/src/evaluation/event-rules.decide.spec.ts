import { describe, expect, it } from '@jest/globals';
import type { AlertCondition, AlertKind, EventEnvelope, RecordedTransaction } from '@tidemark/contracts';
import { concerns, ratesNeeded, seeEvent } from './event-rules.decide.js';
import type { Counted, Known } from './event-rules.decide.js';

const ACCOUNT = '11111111-1111-4111-8111-111111111111';
const CONNECTION = '22222222-2222-4222-8222-222222222222';
const OTHER = '33333333-3333-4333-8333-333333333333';
const NEW: Counted = { failures: 0, syncId: null, told: [] };
const known: Known = { name: (id) => (id === ACCOUNT ? 'Brokerage' : 'My bank'), rate: (from, to, day) => (from === to ? '1' : from === 'EUR' && day === '2026-11-19' ? '1.1' : null) };

const event = (type: string, data: object): EventEnvelope =>
  ({ id: OTHER, type, source: 'sync', subject: 's', time: '2026-11-20T15:00:00.000Z', recordedtime: '2026-11-20T15:00:00.000Z', userid: 'ann', epoch: 1, partition: 0, position: 1, streamversion: 1, data: { connectionId: CONNECTION, ...data } }) as unknown as EventEnvelope;
const rule = (kind: AlertKind, condition: AlertCondition = {}) => ({ kind, condition });
const row = (given: Partial<RecordedTransaction>): RecordedTransaction => ({ date: '2026-11-19', providerType: 'cash', description: 'Wire out', asset: null, quantity: null, price: null, fees: null, amount: null, currency: 'USD', original: {}, identity: 'x', ...given }) as RecordedTransaction;
const recorded = (...transactions: RecordedTransaction[]) => event('TransactionsRecorded', { accountId: ACCOUNT, transactions }) as EventEnvelope<never>;
const large = rule('large_transaction', { amount: { amount: '10000', currency: 'USD' } });

describe('a large transaction', () => {
  it.each([
    ['cash out', { amount: '-10000' }, '10000'],
    ['cash in', { amount: '10000.01' }, '10000.01'],
    ['units at a price', { quantity: '-100', price: '250.5' }, '25050'],
    ['another currency by the rate of its day', { amount: '-10000', currency: 'EUR' }, '11000'],
  ])('is told of %s', (_what, given, value) => {
    expect(seeEvent(large, recorded(row(given)), NEW, known)).toMatchObject({ stand: 'pulse', problem: null, figures: { value, threshold: '10000', unit: 'money', currency: 'USD' }, message: `Brokerage: Wire out of ${value} USD on 2026-11-19; you asked to hear of 10000 USD and more.` });
  });

  it('that was told while it was pending is no news when it is posted, unless it was too small then', () => {
    const pending = seeEvent(large, recorded(row({ amount: '-20000', pending: true, identity: 'p-1' }), row({ amount: '-5', pending: true, identity: 'p-2' })), NEW, known);
    expect(pending).toMatchObject({ stand: 'pulse', told: ['p-1'] });
    expect(seeEvent(large, recorded(row({ amount: '-20000', identity: 't-1', original: { pending_transaction_id: 'p-1' } })), pending, known)).toMatchObject({ stand: 'nothing', told: ['p-1'] });
    expect(seeEvent(large, recorded(row({ amount: '-15000', identity: 't-2', original: { pending_transaction_id: 'p-2' } })), pending, known)).toMatchObject({ stand: 'pulse', figures: { value: '15000' } });
  });

  it('says how many more there are in its event', () => {
    expect(seeEvent(large, recorded(row({ amount: '-20000' }), row({ amount: '30000' }), row({ amount: '10000' }), row({ amount: '1' })), NEW, known)).toMatchObject({ figures: { value: '30000' }, message: expect.stringContaining('on 2026-11-19, and 2 more that are as large; you asked') });
  });

  it('is the largest of its event', () => {
    expect(seeEvent(large, recorded(row({ amount: '-20000' }), row({ amount: '30000', asset: 'equity:A' }), row({ amount: '1' })), NEW, known)).toMatchObject({ figures: { value: '30000', asset: 'equity:A' } });
  });

  it('is none below the amount, of nothing that moved, or of the past that is being imported', () => {
    for (const one of [row({ amount: '9999.99' }), row({ amount: null }), row({ amount: '50000', date: '2026-10-01' })]) expect(seeEvent(large, recorded(one), NEW, known)).toMatchObject({ stand: 'nothing', problem: null });
  });

  it('whose rate or currency is not known is no guess, and the rule says so; what is known is told all the same', () => {
    const unknown = [row({ amount: '50000', currency: 'CHF' }), row({ amount: '50000', currency: null }), row({ amount: '50000', currency: 'EUR', date: '2026-11-18' })];
    expect(seeEvent(large, recorded(...unknown), NEW, known)).toMatchObject({ stand: 'nothing', problem: 'Transactions could not be compared with USD: no rate from CHF is known on 2026-11-19; no rate from EUR is known on 2026-11-18; the currency of one is not known.' });
    expect(seeEvent(large, recorded(...unknown, row({ amount: '10001' })), NEW, known)).toMatchObject({ stand: 'pulse', figures: { value: '10001' }, problem: expect.stringContaining('CHF') });
  });

  it('asks for the rates of both currencies on the days concerned, and for none where there is nothing to convert', () => {
    expect(ratesNeeded(large, recorded(row({ amount: '1', currency: 'EUR' }), row({ amount: '1' }), row({ amount: '1', currency: null })))).toEqual([{ currency: 'EUR', day: '2026-11-19' }, { currency: 'USD', day: '2026-11-19' }]);
  });
});

describe('syncs that fail', () => {
  const failing = rule('sync_failing', { failures: 2 });
  const failed = (syncId: string) => event('SyncFailed', { syncId, detail: 'the bank is down' });

  it('are counted by sync and not by try, until one succeeds', () => {
    const one = seeEvent(failing, failed('s1'), NEW, known);
    const again = seeEvent(failing, failed('s1'), one, known);
    const two = seeEvent(failing, failed('s2'), again, known);
    expect([one, again, two].map(({ stand, failures }) => [stand, failures])).toEqual([['between', 1], ['between', 1], ['over', 2]]);
    expect(two).toMatchObject({ figures: { value: '2', threshold: '2', unit: 'count' }, message: 'The last 2 syncs of My bank failed: the bank is down' });
    expect(seeEvent(failing, event('SyncCompleted', { syncId: 's3' }), two, known)).toMatchObject({ stand: 'back', failures: 0 });
  });
});

describe('a connection that must be linked again', () => {
  it('is told with what the provider says, and is over when it is linked, restored or removed', () => {
    expect(seeEvent(rule('reauthentication_required'), event('ReauthenticationRequired', { detail: 'the password changed' }), NEW, known)).toMatchObject({ stand: 'over', message: 'My bank must be linked again: the password changed' });
    for (const type of ['ConnectionRestored', 'ConnectionLinked', 'ConnectionRemoved']) expect(seeEvent(rule('reauthentication_required'), event(type, {}), NEW, known)).toMatchObject({ stand: 'back' });
  });
});

describe('a discrepancy', () => {
  it('is told with both sides', () => {
    const opened = event('DiscrepancyOpened', { accountId: ACCOUNT, asset: 'equity:A', expected: '10', actual: '9', difference: '-1' });
    expect(seeEvent(rule('discrepancy_opened'), opened, NEW, known)).toMatchObject({ stand: 'pulse', figures: { value: '-1', asset: 'equity:A' }, message: 'Brokerage: books and provider disagree about equity:A: 10 was expected, the provider has 9.' });
  });
});

describe('a rule that names an account or a connection', () => {
  it('has nothing to do with another', () => {
    const one = recorded(row({ amount: '1' }));
    const cases: [AlertCondition, boolean][] = [[{}, true], [{ accountId: ACCOUNT }, true], [{ accountId: OTHER }, false], [{ connectionId: CONNECTION }, true], [{ connectionId: OTHER }, false], [{ accountId: ACCOUNT, connectionId: OTHER }, false]];
    expect(cases.map(([condition]) => concerns(rule('large_transaction', condition), one))).toEqual(cases.map(([, expected]) => expected));
  });
});
