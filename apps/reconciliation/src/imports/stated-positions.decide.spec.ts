import { describe, expect, it } from '@jest/globals';
import { statedInstant, statedPositions } from './stated-positions.decide.js';

const given = (positions: readonly { asset: string; quantity: string }[]) => statedPositions(positions.map((one, at) => ({ ...one, field: `positions/${at}`, where: '' })));

describe('positions that a person gives', () => {
  it('are kept in one form and order, however they were written', () => {
    const positions = [{ asset: 'equity:AAPL', quantity: '010.50' }, { asset: 'currency:USD', quantity: '-0.10' }];
    expect(given(positions)).toEqual({ ok: true, value: [{ asset: 'currency:USD', quantity: '-0.1' }, { asset: 'equity:AAPL', quantity: '10.5' }] });
    expect(given([...positions].reverse())).toEqual(given(positions));
  });

  it('are refused all together, every wrong field named', () => {
    const refused = given([{ asset: 'AAPL', quantity: '1' }, { asset: 'currency:XXA', quantity: '1,000.5' }, { asset: 'etf:VTI', quantity: '1' }, { asset: 'etf:VTI', quantity: '1e3' }]);
    expect(refused).toMatchObject({ ok: false, error: [
      { field: 'positions/0/asset', message: expect.stringContaining('"AAPL" is no asset id: give currency:USD') },
      { field: 'positions/1/asset', message: 'currency:XXA names no ISO 4217 currency' },
      { field: 'positions/1/quantity', message: expect.stringContaining('"1,000.5" is no quantity') },
      { field: 'positions/3/asset', message: 'etf:VTI is there already (positions/2): give it once, with its whole quantity' },
      { field: 'positions/3/quantity', message: expect.stringContaining('"1e3"') },
    ] });
  });

  it('hold at an instant of the calendar that is not ahead', () => {
    const now = Date.parse('2026-11-21T10:00:00Z');
    expect(statedInstant(undefined, now)).toEqual({ ok: true, value: '2026-11-21T10:00:00.000Z' });
    expect(statedInstant('2026-11-21T10:01:00Z', now)).toEqual({ ok: true, value: '2026-11-21T10:01:00.000Z' });
    expect(statedInstant('2026-11-21T10:01:00.001Z', now)).toMatchObject({ ok: false, error: { field: 'asOf', message: expect.stringContaining('in the future') } });
    expect(statedInstant('2026-02-30T10:00:00Z', now)).toMatchObject({ ok: false, error: { field: 'asOf', message: expect.stringContaining('calendar') } });
  });
});
