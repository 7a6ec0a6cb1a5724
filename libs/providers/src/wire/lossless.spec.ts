import { describe, expect, it } from '@jest/globals';
import { parseLossless } from './lossless.js';

describe('lossless parsing', () => {
  it.each([
    ['1373.6865', '1373.6865'],
    ['1e-18', '0.000000000000000001'],
    ['123456789012345678901234.5', '123456789012345678901234.5'],
    ['-1.50E+3', '-1500'],
    ['0.1', '0.1'],
    ['-0', '0'],
    ['1e999999999', '1e999999999'],
  ])('keeps every digit of %s', (written, kept) => {
    expect(parseLossless(`{"n":${written}}`)).toEqual({ ok: true, value: { n: kept } });
  });

  it.each(['', '  ', '{"a":', '<html>502 Bad Gateway</html>', '{"a":1}trailing', 'undefined'])('refuses %j without quoting it', (text) => {
    const result = parseLossless(text);
    expect(result.ok).toBe(false);
    if (!result.ok && text.length > 3) expect(result.error).not.toContain(text);
  });
});
