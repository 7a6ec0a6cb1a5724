import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@tidemark/service';
import { costACall, createPriceSource, priceSettingProblems, priceSettings } from './price-settings.js';

const read = (env: Record<string, string>) => readConfig(priceSettings, env);
const deps = { clock: { now: () => 0 }, random: () => 0.5, log: { info: () => undefined, warn: () => undefined, error: () => undefined }, onCall: () => undefined };

describe('settings of prices', () => {
  it('without any there is no source, and a call costs nothing', () => {
    const settings = read({});
    expect([createPriceSource(settings, deps), costACall(settings), priceSettingProblems(settings)]).toEqual([null, '0', []]);
  });
  it('a source needs what it works with', () => {
    expect(priceSettingProblems(read({ PRICE_SOURCE: 'fmp' }))[0]).toContain('FMP_API_KEY is required');
    expect(priceSettingProblems(read({ PRICE_SOURCE: 'file' }))[0]).toContain('PRICE_FILE is required');
    const fmp = read({ PRICE_SOURCE: 'fmp', FMP_API_KEY: 'key-1' });
    expect([createPriceSource(fmp, deps)?.id, costACall(fmp), priceSettingProblems(fmp)]).toEqual(['fmp', '0.0025', []]);
    expect(createPriceSource(read({ PRICE_SOURCE: 'file', PRICE_FILE: 'prices.csv' }), deps)?.id).toBe('file');
  });
  it('a wrong value names the variable and what it accepts', () => {
    expect(() => read({ PRICE_COST_PER_THOUSAND: '-1', PRICE_SOURCE: 'yahoo' })).toThrow(/PRICE_SOURCE must be one of fmp, file, none[\s\S]*PRICE_COST_PER_THOUSAND must be an amount such as 2.50/);
  });
});
