import { describe, expect, it } from '@jest/globals';
import { VerifiedTokens } from './verified-tokens.js';

const NOW = Date.parse('2026-11-21T09:36:00Z');
const seconds = NOW / 1_000;
const ann = { userId: 'ann', scopes: [], expiresAt: seconds + 600 };

describe('tokens that were checked', () => {
  it('are known for a minute, each for its own caller', () => {
    const verified = new VerifiedTokens(5);
    verified.keep('token of ann', ann, NOW);
    expect(verified.callerOf('token of ann', NOW + 59_999)).toEqual(ann);
    expect(verified.callerOf('token of anna', NOW)).toBeNull();
    expect(verified.callerOf('token of ann', NOW + 60_000)).toBeNull();
    expect(verified.callerOf('token of ann', NOW - 1)).toBeNull();
  });

  it('end when the token does, to the second at which a check would refuse it', () => {
    const verified = new VerifiedTokens(5);
    verified.keep('short', { ...ann, expiresAt: seconds + 10 }, NOW);
    expect(verified.callerOf('short', NOW + 14_999)).toMatchObject({ userId: 'ann' });
    expect(verified.callerOf('short', NOW + 15_000)).toBeNull();
  });

  it('are only so many', () => {
    const verified = new VerifiedTokens(5, 2);
    for (const token of ['first', 'second', 'third']) verified.keep(token, ann, NOW);
    expect(['first', 'second', 'third'].map((token) => verified.callerOf(token, NOW) !== null)).toEqual([false, true, true]);
  });
});
