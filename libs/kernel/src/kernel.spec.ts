import { describe, expect, it } from '@jest/globals';
import { assert, BrokenInvariant, unreachable } from './assert.js';
import { canonicalJson } from './canonical-json.js';
import { instant } from './clock.js';
import { accountIdOf, isUuid, NAMESPACE, uuidV5, uuidV7 } from './ids.js';
import { ok, refuse } from './result.js';

const bytes = new Uint8Array(16).fill(7);

describe('ids', () => {
  it('of version 7 are a function of time and randomness, and sort by time', () => {
    expect(uuidV7(1_700_000_000_000, bytes)).toBe(uuidV7(1_700_000_000_000, bytes));
    expect(uuidV7(1_700_000_000_000, bytes) < uuidV7(1_700_000_000_001, bytes)).toBe(true);
    expect(uuidV7(1, bytes)[14]).toBe('7');
  });

  it('of version 5 are the same for the same cause, and an account has one however often it is seen', () => {
    expect(uuidV5(NAMESPACE.reaction, 'rule/cause')).toBe(uuidV5(NAMESPACE.reaction, 'rule/cause'));
    expect(accountIdOf('c', 'a')).toBe(accountIdOf('c', 'a'));
    expect(accountIdOf('c', 'a')).not.toBe(accountIdOf('c', 'b'));
  });

  it('never change: stored events rest on them', () => {
    expect(accountIdOf('0190c9a0-0000-7000-8000-000000000000', 'acc_1')).toMatchInlineSnapshot(`"8b5e5392-a87a-5269-a571-60ad90384707"`);
  });

  it('are recognised', () => {
    expect([isUuid(uuidV7(1, bytes)), isUuid('x'), isUuid(null)]).toEqual([true, false, false]);
  });
});

describe('canonical JSON', () => {
  it('is the same text for the same value, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { z: null, a: 'ü' }], a: true, gone: undefined })).toBe('{"a":true,"b":[1,{"a":"ü","z":null}]}');
  });
});

describe('results and invariants', () => {
  it('a refusal is a value, a broken invariant throws and names itself', () => {
    expect([ok(1), refuse('no')]).toEqual([{ ok: true, value: 1 }, { ok: false, error: 'no' }]);
    expect(() => assert(false, 'the sum must hold')).toThrow(new BrokenInvariant('the sum must hold'));
    expect(() => unreachable('x' as never, 'kind')).toThrow(/unexpected kind/);
    expect(instant(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});
