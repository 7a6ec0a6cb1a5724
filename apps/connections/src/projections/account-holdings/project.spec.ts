import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@tidemark/contracts';
import { foldHoldings } from './project.js';
import type { HoldingsRow } from './project.js';

const T = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, '0')}:00.000Z`;
const envelope = (source: string, type: string, position: number, data: object): EventEnvelope => ({
  specversion: '1.0', id: '0196f3a0-0000-7000-8000-000000000001', type, source, subject: 's', time: T(0), dataschema: `urn:tidemark:${type}:1`, datacontenttype: 'application/json',
  userid: 'ada', epoch: 1, partition: 0, position, streamversion: position, recordedtime: T(0), data,
});
const captured = (position: number, minute: number, quantity: string) =>
  envelope('sync', 'BalanceSnapshotCaptured', position, { accountId: 'a', capturedAt: T(minute), balances: [{ asset: 'equity:AAPL', quantity }, { asset: 'equity:AAPL', quantity: '0.1' }, { asset: 'currency:USD', quantity: '0' }] });
const erased = envelope('connections', 'ConnectionRemoved', 1, { accountIds: ['a'], erased: true });
const fold = (events: EventEnvelope[]) => events.reduce<HoldingsRow | null>((row, event) => foldHoldings(row, 'a', event), null);

describe('what an account holds', () => {
  it('is every asset of the newest snapshot, lines of one asset added exactly', () => {
    expect(fold([captured(1, 1, '0.2')])).toMatchObject({ as_of: T(1), holdings: { 'equity:AAPL': '0.3', 'currency:USD': '0' } });
  });
  it('is not changed by a late, older snapshot, nor by the same one again', () => {
    const once = fold([captured(1, 5, '7')]);
    expect(fold([captured(1, 5, '7'), captured(2, 1, '9'), captured(1, 5, '7')])).toEqual(once);
  });
  it('of two snapshots of one instant is the later in the log', () => expect(fold([captured(1, 5, '7'), captured(2, 5, '8')])?.holdings['equity:AAPL']).toBe('8.1'));
  it('is gone after erasure, in whichever order the two logs are read', () => {
    expect(fold([captured(1, 5, '7'), erased])).toEqual(fold([erased, captured(1, 5, '7')]));
    expect(fold([erased, captured(1, 5, '7')])).toMatchObject({ erased: true, holdings: {}, as_of: null });
  });
});
