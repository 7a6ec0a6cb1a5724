import { describe, expect, it } from '@jest/globals';
import { firstDay } from './range.js';

describe('the first day of which transactions are asked for', () => {
  it('is 24 months back the first time', () => expect(firstDay('2026-11-21', null, 14)).toBe('2024-11-21'));
  it('is the end of February for a leap day', () => expect(firstDay('2028-02-29', null, 14)).toBe('2026-02-28'));
  it('overlaps what is known', () => expect(firstDay('2026-11-21', '2026-11-21', 14)).toBe('2026-11-07'));
  it('reaches back over a long pause, and never further than at first', () => {
    expect(firstDay('2026-11-21', '2026-06-10', 14)).toBe('2026-05-27');
    expect(firstDay('2026-11-21', '2020-06-10', 14)).toBe('2024-11-21');
  });
  it('is never after the last, even where a clock was set back', () => expect(firstDay('2026-11-21', '2026-12-31', 14)).toBe('2026-11-21'));
});
