import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor } from './page-cursor.js';

const cursor = { capturedAt: '2026-11-20T21:00:00.000Z', epoch: 2, position: 123456 };

describe('a cursor', () => {
  it('comes back as it was given', () => {
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
    expect(encodeCursor(cursor)).toMatch(/^[\w-]+$/);
  });

  it.each(['', 'x', '====', '{}', 'a'.repeat(300), btoa('2026-11-20T21:00:00.000Z 1'), btoa('2026-13-20T21:00:00.000Z 1 1'), btoa('2026-11-20T21:00:00.000Z 1 -1'), btoa('2026-11-20T21:00:00.000Z 1 1 1')].map((text) => text.replaceAll('=', '')))('made by anybody else is refused: %s', (text) => {
    expect(decodeCursor(text)).toBeNull();
  });
});
