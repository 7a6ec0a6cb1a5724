import { describe, expect, it } from '@jest/globals';
import { eventProblems } from '@tidemark/contracts';
import { instant } from '@tidemark/kernel';
import { decideManualSnapshot } from './manual-snapshot.decide.js';
import type { ManualEntry } from './manual-snapshot.decide.js';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
function entry(more: Partial<ManualEntry> = {}): ManualEntry {
  return { now: NOW, snapshotId: '0190a5b0-0000-7000-8000-0000000000ff', userId: 'ada', account: { accountId: '0190a5b0-0000-7000-8000-00000000000a', currency: 'USD' }, balances: [{ asset: 'equity:AAPL', quantity: '10.500', price: '100.05' }], ...more };
}
function made(more: Partial<ManualEntry> = {}) {
  const result = decideManualSnapshot(entry(more));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
function fields(more: Partial<ManualEntry>): string[] {
  const result = decideManualSnapshot(entry(more));
  return result.ok ? [] : result.error.map((error) => error.field);
}

describe('a manual snapshot', () => {
  it('is a valid event with exact values', () => {
    const snapshot = made();
    expect(snapshot.balances[0]).toMatchObject({ quantity: '10.5', price: '100.05', value: '1050.525' });
    expect(snapshot).toMatchObject({ provider: 'manual', source: 'manual_entry', capturedAt: instant(NOW), connectionId: null });
    expect(eventProblems('BalanceSnapshotCaptured', snapshot)).toBeNull();
  });

  it('may be empty, and may be late', () => {
    expect(made({ balances: [] }).balances).toEqual([]);
    expect(made({ capturedAt: '2019-02-28T00:00:00Z' }).capturedAt).toBe('2019-02-28T00:00:00.000Z');
  });

  it('values an option by its contract once, and cash by itself', () => {
    const [option, cash] = made({ balances: [{ asset: 'option:NFLX180201C00355000', quantity: '2', price: '1.5' }, { asset: 'currency:USD', quantity: '0.00' }] }).balances;
    expect(option).toMatchObject({ multiplier: '100', value: '300' });
    expect(cash).toMatchObject({ quantity: '0', value: '0', price: null });
  });

  it('leaves unknown what was not given', () => {
    const [line] = made({ balances: [{ asset: 'equity:AAPL', quantity: '1' }] }).balances;
    expect(line).toMatchObject({ price: null, value: null, costBasis: null });
  });

  it('states the currency of a position where the person does, and of cash always', () => {
    const lines = made({ account: { accountId: entry().account.accountId, currency: 'EUR' }, balances: [{ asset: 'equity:AAPL', quantity: '1', currency: 'USD' }, { asset: 'equity:SAP', quantity: '1' }, { asset: 'fund:X', quantity: '1', currency: null }, { asset: 'currency:CHF', quantity: '1' }] }).balances;
    expect(lines.map((line) => line.currency)).toEqual(['USD', undefined, undefined, 'CHF']);
  });

  it('is refused in a currency that there is not, and cash in another than its own', () => {
    expect(fields({ balances: [{ asset: 'equity:AAPL', quantity: '1', currency: 'XQQ' }, { asset: 'currency:USD', quantity: '1', currency: 'EUR' }, { asset: 'currency:CHF', quantity: '1', currency: 'CHF' }] })).toEqual(['balances/0/currency', 'balances/1/currency']);
  });

  it('may be a minute ahead and no more', () => {
    expect(fields({ capturedAt: instant(NOW + 60_000) })).toEqual([]);
    expect(fields({ capturedAt: instant(NOW + 60_001) })).toEqual(['capturedAt']);
  });

  it('is refused for a day that is not in the calendar', () => expect(fields({ capturedAt: '2026-02-30T10:00:00Z' })).toEqual(['capturedAt']));

  it('names every wrong field at once', () => {
    expect(fields({ balances: [{ asset: 'AAPL', quantity: '1' }, { asset: 'currency:XQQ', quantity: '1' }, { asset: 'currency:USD', quantity: '1', price: '1' }, { asset: 'equity:A', quantity: '1', price: '-1' }, { asset: 'equity:A', quantity: '2' }] })).toEqual([
      'balances/0/asset', 'balances/1/asset', 'balances/2/price', 'balances/3/price', 'balances/4/asset',
    ]);
  });
});
