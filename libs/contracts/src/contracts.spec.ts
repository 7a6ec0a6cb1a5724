import { describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { dataSchemaOf, schemaVersion } from './envelope.js';
import { CATALOGUE, eventProblems, upcast } from './events/catalogue.js';
import { decodePositions, encodePositions } from './position.js';
import type { performance } from './rpc/history.rpc.js';
import type { RequestOf } from './rpc/rpc.js';
import { oneOf } from './schema.js';

describe('the event catalogue', () => {
  it('has a schema that refuses unknown fields for every type, and says what a type is for', () => {
    for (const [type, entry] of Object.entries(CATALOGUE)) {
      expect(eventProblems(type, { unknownField: 1 })).not.toBeNull();
      expect(entry.summary.length).toBeGreaterThan(10);
      expect((entry.schema as { additionalProperties?: boolean }).additionalProperties).toBe(false);
    }
  });

  it('names what is wrong with an event', () => {
    expect(eventProblems('UserSettingsChanged', { userId: 'a', baseCurrency: 'dollars', timeZone: 'UTC' })).toMatch(/baseCurrency/);
    expect(eventProblems('UserSettingsChanged', { userId: 'a', baseCurrency: 'USD', timeZone: 'UTC' })).toBeNull();
    expect(eventProblems('Nonsense', {})).toBe('unknown event type Nonsense');
  });

  it('leaves unknown types and later versions as they are', () => {
    expect(upcast('Nonsense', 1, { a: 1 })).toEqual({ a: 1 });
    expect(upcast('UserSettingsChanged', 9, { a: 1 })).toEqual({ a: 1 });
  });
});

describe('positions', () => {
  it('survive the header', () => {
    const at = [{ log: 'sync', epoch: 1, partition: 3, position: 42 }, { log: 'connections', epoch: 2, partition: 0, position: 7 }];
    expect(decodePositions(encodePositions(at))).toEqual(at);
  });

  it.each(['', 'sync', 'sync:1:2', 'sync:1:2:x', 'SYNC:1:2:3', 'sync:1:2:3;drop', 'sync:1:2:99999999999999999'])('refuses %j', (text) => {
    expect(decodePositions(text)).toBeNull();
  });
});

describe('one of some texts', () => {
  it('is their union in types, and nothing else is taken', () => {
    const period: RequestOf<typeof performance>['period'] = '1M';
    // @ts-expect-error there is no such period
    const nonsense: RequestOf<typeof performance>['period'] = '13M';
    expect([period, nonsense].map((one) => Compile(oneOf(['1D', '1M'])).Check(one))).toEqual([true, false]);
  });
});

describe('schema names', () => {
  it('carry type and version', () => {
    expect(dataSchemaOf('SyncStarted', 2)).toBe('urn:tidemark:SyncStarted:2');
    expect([schemaVersion('urn:tidemark:SyncStarted:2'), schemaVersion('urn:other')]).toEqual([2, null]);
  });
});
