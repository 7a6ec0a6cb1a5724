import { describe, expect, it } from '@jest/globals';
import type { BalanceLine } from '@tidemark/contracts';
import { account } from './gains.fixture.js';
import type { Row } from './gains.fixture.js';
import { heldOn } from './held-on.js';
import type { HeldThen } from './held-on.js';
import { realise } from './realise.js';
import { timeline } from './timeline.js';
import { unrealisedLines } from './unrealised.js';

const A = 'equity:A';
const rows: readonly Row[] = [['2025-01-10', 'buy', '10', A, '-1000'], ['2025-03-03', 'sell', '-4', A, '480'], ['2026-02-02', 'buy', '14', A, '-2100']];
const NOW: readonly BalanceLine[] = [{ asset: A, quantity: '20', price: '200', costBasis: '2700', currency: 'USD' }];

interface Given {
  readonly rows?: readonly Row[];
  readonly now?: readonly BalanceLine[];
  readonly snapshot?: HeldThen['snapshot'];
  readonly beyond?: HeldThen['beyond'];
}

/** Unrealised gains of the account `a` at the close of `on`, whose market closed at 120. */
function gainsOn(on: string, { rows: given = rows, now = NOW, snapshot = null, beyond = null }: Given = {}) {
  const record = account(given, Object.fromEntries(now.map(({ asset, quantity }) => [asset, quantity])));
  const books = realise({ accounts: [record], method: 'fifo', picks: [], splitsOf: () => [], until: on });
  const { held, unknown } = heldOn({ record, now: { accountId: 'a', name: 'A', provider: 'plaid', snapshot: { capturedAt: '2026-12-31T22:00:00.000Z', currency: 'USD', lines: now } }, snapshot, beyond }, books, timeline([record], () => []), on);
  const market = { at: `${on}T21:00:00.000Z`, base: 'USD', close: (asset: string) => (asset === A ? { day: on, close: '120', currency: 'USD' } : null), rate: () => '1' };
  const lines = unrealisedLines([held], market, (accountId, asset) => books.position(accountId, asset)).map(({ quantity, value, costBasis, gain, acquired }) => [quantity, value, costBasis, gain, acquired].join(' '));
  return { lines, unknown };
}
const captured = (day: string, ...lines: readonly BalanceLine[]): HeldThen['snapshot'] => ({ capturedAt: `${day}T15:00:00.000Z`, day, currency: 'USD', lines });

describe('what is held at the close of an earlier day', () => {
  it('without a snapshot before it is what is left of the newest when all since is undone, at that day\'s price and cost', () => {
    expect(gainsOn('2025-02-28').lines).toEqual(['10 1200 1000 200 2025-01-10']);
    expect(gainsOn('2025-12-31').lines).toEqual(['6 720 600 120 2025-01-10']);
    expect(gainsOn('2026-02-02').lines).toEqual(['20 2400 2700 -300 2025-01-10']);
    expect(gainsOn('2025-01-09')).toEqual({ lines: [], unknown: [] });
  });

  it('has the cost that the first snapshot after it states, where the lots know none and nothing of it moved between', () => {
    const since: readonly Row[] = [['2026-02-02', 'buy', '14', A, '-2100']];
    expect(gainsOn('2026-02-02', { rows: since }).lines).toEqual(['20 2400 2700 -300 ']);
    expect(gainsOn('2026-02-01', { rows: since }).lines).toEqual(['6 720   ']);
  });

  it('is what was captured before it, with the cost that was stated, while nothing of it moves', () => {
    const snapshot = captured('2025-02-03', { asset: A, quantity: '10', costBasis: '990', price: '1' });
    expect(gainsOn('2025-02-28', { snapshot }).lines).toEqual(['10 1200 990 210 2025-01-10']);
    expect(gainsOn('2025-03-03', { snapshot }).lines).toEqual(['6 720 600 120 2025-01-10']);
  });

  it('on the day of a snapshot is on the side of it that the lots agree with', () => {
    expect(gainsOn('2025-03-03', { snapshot: captured('2025-03-03', { asset: A, quantity: '6' }) }).lines).toEqual(['6 720 600 120 2025-01-10']);
    expect(gainsOn('2025-03-03', { snapshot: captured('2025-03-03', { asset: A, quantity: '10' }) }).lines).toEqual(['6 720 600 120 2025-01-10']);
  });

  it('counts units as they were before a split, and carries no price over one', () => {
    const split: readonly Row[] = [['2025-01-10', 'buy', '10', 'fund:B', '-1000'], ['2025-06-02', 'split', '30', 'fund:B', '0']];
    const now = [{ asset: 'fund:B', quantity: '40', price: '25' }];
    const snapshot = captured('2025-02-03', { asset: 'fund:B', quantity: '10', price: '101' });
    expect(gainsOn('2025-06-01', { rows: split, now, snapshot }).lines).toEqual(['10 1010 1000 10 2025-01-10']);
    expect(gainsOn('2025-06-02', { rows: split, now, snapshot }).lines).toEqual(['40  1000  2025-01-10']);
    expect(gainsOn('2025-06-01', { rows: split, now }).lines).toEqual(['10  1000  2025-01-10']);
  });

  it('is named where it cannot be told, and is never what is held now', () => {
    const unseen: readonly Row[] = [...rows, ['2026-03-02', 'asset_transfer', null, A, null]];
    expect(gainsOn('2025-02-28', { rows: unseen })).toMatchObject({ lines: [], unknown: [{ code: 'units_effect_unknown', accountId: 'a', asset: A, from: '2025-02-28' }] });
    expect(gainsOn('2025-02-28', { now: [{ asset: A, quantity: '15' }] })).toMatchObject({ lines: [], unknown: [{ code: 'discrepancy', asset: A }] });
    expect(gainsOn('2025-02-28', { beyond: { code: 'no_history', detail: 'its history begins later' } })).toEqual({ lines: [], unknown: [{ code: 'no_history', detail: 'its history begins later', accountId: 'a', from: '2025-02-28', to: '2025-02-28' }] });
  });
});
