import { describe, expect, it } from '@jest/globals';
import { inPages } from './pages.js';

describe('pages of transactions', () => {
  it('are none for nothing', () => expect(inPages([])).toEqual([]));

  it('hold at most 200 each, in order, and lose none', () => {
    const items = Array.from({ length: 401 }, (_, index) => index);
    expect(inPages(items).map((page) => page.length)).toEqual([200, 200, 1]);
    expect(inPages(items).flat()).toEqual(items);
  });

  it('stay under the bytes they may have', () => {
    const pages = inPages(Array.from({ length: 10 }, () => 'x'.repeat(40)), { maxBytes: 100 });
    expect(pages.every((page) => page.reduce((sum, item) => sum + item.length + 2, 0) <= 100)).toBe(true);
    expect(pages.flat()).toHaveLength(10);
  });

  it('count what is not ASCII for more', () => {
    expect(inPages(['éé', 'éé'], { maxBytes: 10 })).toHaveLength(2);
    expect(inPages(['ee', 'ee'], { maxBytes: 10 })).toHaveLength(1);
  });

  it('give a giant a page of its own', () => {
    expect(inPages(['a', 'b'.repeat(500), 'c'], { maxBytes: 100 }).map((page) => page.length)).toEqual([1, 1, 1]);
  });
});
