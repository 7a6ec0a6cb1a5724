import { describe, expect, it } from '@jest/globals';
import type { Tolerance } from '@tidemark/contracts';
import { allowedFor, levelFor, resolveTolerance } from './tolerance.js';

const CONFIGURED: Tolerance = { absolute: '0.01', relative: '0.0001', classes: { cash: { absolute: '0.02' }, crypto: { absolute: '0.00000001', dust: '0.00001' } } };

describe('the tolerance of a run', () => {
  it('is as configured where the run says nothing', () => {
    expect(resolveTolerance(CONFIGURED)).toEqual(CONFIGURED);
    expect(resolveTolerance(CONFIGURED, {})).toEqual(CONFIGURED);
  });

  it('keeps what the run leaves out', () => {
    expect(resolveTolerance(CONFIGURED, { classes: { cash: { relative: '0.5' } } })).toEqual({ ...CONFIGURED, classes: { ...CONFIGURED.classes, cash: { absolute: '0.02', relative: '0.5' } } });
  });

  it('hears what the run says of every asset before what is configured for a class', () => {
    const exact = resolveTolerance(CONFIGURED, { absolute: '0', relative: '0', dust: '0' });
    for (const asset of ['currency:USD', 'crypto:BTC', 'equity:AAPL']) expect(levelFor(exact, asset)).toEqual({ absolute: '0', relative: '0', dust: '0' });
  });

  it('hears what the run says of a class before what it says of every asset', () => {
    expect(levelFor(resolveTolerance(CONFIGURED, { absolute: '5', classes: { crypto: { absolute: '0.001' } } }), 'crypto:BTC')).toEqual({ absolute: '0.001', relative: '0.0001', dust: '0.00001' });
  });

  it('is nothing where nobody says anything', () => {
    expect(levelFor(resolveTolerance({}), 'equity:AAPL')).toEqual({ absolute: '0', relative: '0', dust: '0' });
  });

  it.each([['currency:USD', '0.1'], ['equity:A', '0.2'], ['etf:A', '0.3'], ['fund:A', '0.4'], ['bond:912828U81', '0.5'], ['option:NFLX180201C00355000', '0.6'], ['crypto:BTC', '0.7'], ['provider:dydx:ETH-USD', '0.8']])('has a class for %s', (asset, absolute) => {
    const classes: Tolerance['classes'] = { cash: { absolute: '0.1' }, equity: { absolute: '0.2' }, etf: { absolute: '0.3' }, fund: { absolute: '0.4' }, bond: { absolute: '0.5' }, option: { absolute: '0.6' }, crypto: { absolute: '0.7' }, other: { absolute: '0.8' } };
    expect(levelFor({ classes }, asset).absolute).toBe(absolute);
  });

  it('allows the larger of the absolute part and the share', () => {
    const level = { absolute: '0.01', relative: '0.001', dust: '0' };
    expect([allowedFor(level, '5'), allowedFor(level, '10'), allowedFor(level, '-2500.5')]).toEqual(['0.01', '0.01', '2.5005']);
  });
});
