import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { levelFor } from './comparison/tolerance.js';
import { reconciliationConfig } from './config.js';

const ENV = {
  RECONCILIATION_PG_URL: 'postgres://s@127.0.0.1/r', AUDIT_KEY: Buffer.alloc(32, 1).toString('base64'), CREDENTIALS_PG_URL: 'postgres://s@127.0.0.1/c', CREDENTIALS_KEY: Buffer.alloc(32, 2).toString('base64'),
  PLAID_ENABLED: 'false', SNAPTRADE_ENABLED: 'false', COINBASE_ENABLED: 'false', DYDX_ENABLED: 'false',
};
const problems = (env: Record<string, string | undefined>): string => {
  try {
    reconciliationConfig({ ...ENV, ...env });
  } catch (error) {
    return String(error);
  }
  return 'accepted';
};

describe('the configuration', () => {
  it('has a default for everything but addresses and keys', () => {
    const { runs, tolerance } = reconciliationConfig(ENV);
    expect(runs).toEqual({ intervalMs: 86_400_000, scheduleEveryMs: 15_000, concurrency: 8, providerConcurrency: 4, lockMs: 30_000, pollMs: 1_000, timeoutMs: 120_000, attempts: 3, backoffMs: 5_000, backoffMaxMs: 300_000, overlapDays: 14, perMinute: 12, retentionMs: 365 * 86_400_000 });
    expect(levelFor(tolerance, 'currency:USD')).toEqual({ absolute: '0.01', relative: '0', dust: '0' });
    expect(levelFor(tolerance, 'crypto:BTC')).toEqual({ absolute: '0.00000001', relative: '0', dust: '0.00000001' });
  });

  it('takes a tolerance for what it names, and leaves the rest as it is', () => {
    const { tolerance } = reconciliationConfig({ ...ENV, RECONCILIATION_TOLERANCE: '{"classes":{"equity":{"relative":"0.001"}}}' });
    expect(levelFor(tolerance, 'equity:AAPL')).toEqual({ absolute: '0.000001', relative: '0.001', dust: '0' });
    expect(levelFor(tolerance, 'currency:EUR')).toMatchObject({ absolute: '0.01' });
  });

  it('reads the tolerance from a file as well', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-config-'));
    const file = join(folder, 'tolerance.json');
    writeFileSync(file, '{"absolute":"5"}\n');
    expect(reconciliationConfig({ ...ENV, RECONCILIATION_TOLERANCE_FILE: file }).tolerance).toMatchObject({ absolute: '5' });
    rmSync(folder, { recursive: true });
    expect(problems({ RECONCILIATION_TOLERANCE_FILE: file })).toContain('RECONCILIATION_TOLERANCE_FILE names a file that cannot be read');
  });

  it.each([
    ['not json', 'RECONCILIATION_TOLERANCE must be JSON such as {"absolute"'],
    ['[]', 'it is no JSON object'],
    ['{"absolute":"-1"}', 'RECONCILIATION_TOLERANCE: absolute must be a decimal string that is not negative'],
    ['{"absolute":1}', 'RECONCILIATION_TOLERANCE: absolute must be a decimal string'],
    ['{"relative":"1"}', 'RECONCILIATION_TOLERANCE: relative must be a share below 1'],
    ['{"classes":{"stocks":{}}}', 'RECONCILIATION_TOLERANCE: classes.stocks is not known here; known are cash, equity'],
    ['{"classes":{"cash":{"dust":"x"}}}', 'RECONCILIATION_TOLERANCE: classes.cash.dust must be'],
  ])('refuses the tolerance %s at the start, and names the field', (given, said) => {
    expect(problems({ RECONCILIATION_TOLERANCE: given })).toContain(said);
  });

  it('names everything that is wrong at once', () => {
    const said = problems({ AUDIT_KEY: 'short', RECONCILIATION_INTERVAL: 'daily', RECONCILIATION_CONCURRENCY: '0', PLAID_ENABLED: 'true' });
    for (const part of ['AUDIT_KEY must be 32 bytes in base64', 'RECONCILIATION_INTERVAL must be a length of time', 'RECONCILIATION_CONCURRENCY must be a whole number from 1', 'PLAID_CLIENT_ID must be']) expect(said).toContain(part);
    expect(said).not.toContain('short');
    expect(problems({ RECONCILIATION_INTERVAL: '1s', RECONCILIATION_LOCK: '1ms' })).toContain('RECONCILIATION_LOCK must be at least 500ms');
  });

  it('keeps no key in an error', () => {
    expect(problems({ CREDENTIALS_KEY: undefined })).toContain('CREDENTIALS_KEY is required');
    const said = problems({ AUDIT_KEY: undefined });
    expect(said).toContain('AUDIT_KEY is required: set it to 32 bytes in base64, or AUDIT_KEY_FILE');
    expect(said).not.toContain(ENV.CREDENTIALS_KEY);
  });
});
