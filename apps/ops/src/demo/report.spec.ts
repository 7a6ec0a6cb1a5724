import { describe, expect, it } from '@jest/globals';
import type { DemoResult } from './run-demo.js';
import { balanceTable } from './report.js';
import { reasonLines } from './run-demo.js';

describe('the table of the demo', () => {
  it('says once why a value is not known', () => {
    const account = { name: 'Odd', institution: null, provider: 'manual', value: null, currency: 'USD', percent: null, reason: 'price_missing', asOf: null };
    const value = { value: null, currency: 'USD', asOf: '2026-11-21T10:00:00.000Z', accounts: [account, { ...account, name: 'Twin', value: '5', reason: 'duplicate' }] };
    const table = balanceTable({ value } as unknown as DemoResult);
    expect(table.match(/price_missing/g)).toHaveLength(1);
    expect(table).toMatch(/Twin .* 5 USD .* duplicate/);
  });

  it('says equal reasons once, and how often they hold', () => {
    const missing = { code: 'price_missing' as const, detail: 'No price of X is known.' };
    expect(reasonLines([missing, { code: 'stale', detail: 'Old.' }, missing])).toEqual(['price_missing: No price of X is known. (2 times)', 'stale: Old.']);
  });
});
