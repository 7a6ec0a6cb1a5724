import { describe, expect, it } from '@jest/globals';
import { accountResult, reportStatus } from './status.js';

const result = (...outcomes: Parameters<typeof accountResult>[0][number]['outcome'][]) => accountResult(outcomes.map((outcome) => ({ outcome })));

describe('status classification', () => {
  it('of an account: what differs, then what is stale, else matched', () => {
    expect([result(), result('matched', 'within_tolerance'), result('matched', 'stale'), result('stale', 'mismatch'), result('missing_local'), result('missing_remote')]).toEqual(['matched', 'matched', 'stale', 'discrepant', 'discrepant', 'discrepant']);
  });

  it('of a report: matched where every account agrees', () => {
    expect([reportStatus(['matched', 'matched']), reportStatus(['matched', 'skipped'])]).toEqual(['matched', 'matched']);
  });

  it('of a report: partial where nothing was compared, since nobody knows that it agrees', () => {
    expect([reportStatus([]), reportStatus(['skipped'])]).toEqual(['partial', 'partial']);
  });

  it('of a report: discrepant where one account is, and every account could be judged', () => {
    expect(reportStatus(['matched', 'discrepant', 'skipped'])).toBe('discrepant');
  });

  it('of a report: partial where an account could not be asked about or judged, whatever the others say', () => {
    expect([reportStatus(['matched', 'failed']), reportStatus(['discrepant', 'failed']), reportStatus(['stale', 'matched']), reportStatus(['stale'])]).toEqual(['partial', 'partial', 'partial', 'partial']);
  });

  it('of a report: failed where no account could be asked about', () => {
    expect([reportStatus(['failed', 'failed']), reportStatus(['failed', 'skipped'])]).toEqual(['failed', 'failed']);
  });
});
