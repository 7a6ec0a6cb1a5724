import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor } from './cursor.js';

const logs = ['connections', 'sync'];

describe('the cursor of an event stream', () => {
  it('comes back as it was', () => {
    const at = { connections: { epoch: 2, position: 7 }, sync: { epoch: 1, position: 123_456_789 } };
    expect(decodeCursor(encodeCursor(at), logs)).toEqual(at);
    expect(decodeCursor(encodeCursor({}), logs)).toEqual({});
  });

  it('refuses whatever it did not make', () => {
    const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const bad of ['', '%', 'x', 'a'.repeat(2_000), raw(null), raw({}), raw([1]), raw([['sync']]), raw([['other', 1, 1]]), raw([['sync', -1, 1]]), raw([['sync', 1, 1.5]]), raw([['sync', 1, '1']]), raw([['__proto__', 1, 1]])]) {
      expect(decodeCursor(bad, logs)).toBeNull();
    }
  });
});
