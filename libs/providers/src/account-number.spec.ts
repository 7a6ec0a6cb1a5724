import { describe, expect, it } from '@jest/globals';
import { formsOfNumber, markOfNumber } from './account-number.js';

describe('account numbers', () => {
  it('leave a mask and a keyed hash that forgets how they were written', () => {
    const mark = markOfNumber('Q654-213 8443', 'key');
    expect(mark).toEqual({ mask: '8443', hash: markOfNumber('q6542138443', 'key').hash });
    expect(mark.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(markOfNumber('Q6542138443', 'another key').hash).not.toBe(mark.hash);
  });

  it.each(['*****4315', 'xxxx4315', '4315', '••••4315'])('have no hash where %s is no whole number', (number) => {
    expect(markOfNumber(number, 'key')).toEqual({ mask: '4315', hash: null });
  });

  it('are unknown where there are none', () => {
    expect(markOfNumber(null, 'key')).toEqual({ mask: null, hash: null });
    expect(formsOfNumber('12-34567')).toEqual(['12-34567', '1234567']);
    expect(formsOfNumber('1234')).toEqual([]);
  });
});
