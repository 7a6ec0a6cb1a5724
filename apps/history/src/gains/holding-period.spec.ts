import { describe, expect, it } from '@jest/globals';
import { isLongTerm, longTermFrom } from './holding-period.js';

describe('held for more than one year', () => {
  it('not on the same day of the next year, but on the day after', () => {
    expect(isLongTerm('2025-05-10', '2026-05-10')).toBe(false);
    expect(isLongTerm('2025-05-10', '2026-05-11')).toBe(true);
  });

  it.each([
    ['2024-02-29', '2025-03-01'],
    ['2024-02-28', '2025-03-01'],
    ['2023-02-28', '2024-03-01'],
    ['2025-12-31', '2027-01-01'],
    ['2026-04-30', '2027-05-01'],
  ])('what was bought on %s is long-term from %s', (acquired, from) => {
    expect(longTermFrom(acquired)).toBe(from);
  });
});
